// A TensorFlow Lite model as the runtime sees it: the first subgraph's tensors and operators, read
// from the file on demand. Nothing is copied but numbers; checks that concern one tensor alone are
// made here. Source: TensorFlow Lite schema.fbs, version 3 (field numbers are in graph.c).
#ifndef THICKET_INFER_GRAPH_H
#define THICKET_INFER_GRAPH_H

#include "infer/flatbuffer.h"
#include "thicket_model.h"

#define OP_INPUTS_MAX 4

struct graph {
  struct fb_file file;
  struct fb_vector codes;
  struct fb_vector buffers;
  struct fb_vector tensors;
  struct fb_vector inputs;
  struct fb_vector outputs;
  struct fb_vector operators;
  thicket_detail detail;  // the operator and tensor being looked at
};

struct tensor {
  int32_t index;  // -1: an optional operand that is not given
  int32_t type;
  uint32_t rank;
  uint32_t dims[THICKET_RANK_MAX];
  uint32_t elements;
  uint32_t bytes;
  const uint8_t *constant;  // data in the file, or null
  uint8_t *data;            // where to read or write: the constant or its place in the arena
  struct fb_vector scales;
  struct fb_vector zero_points;
  int32_t channel_dim;  // dimension that `scales` runs along when there is more than one
  float scale;
  int32_t zero_point;
};

// Read the header and the tables of the first subgraph. Returns THICKET_OK or an error; details in
// graph->detail.
int32_t graph_open(struct graph *graph, const uint8_t *file, uint32_t bytes);

// Read tensor `index`, or an absent one for -1.
int32_t graph_tensor(struct graph *graph, int32_t index, struct tensor *tensor);

// Position of operator `index`; its builtin code goes to graph->detail.builtin.
int32_t graph_operator(struct graph *graph, uint32_t index, struct fb_table *op);

// Remember an error of the model; returns it. `tensor` may be null.
int32_t graph_fail(struct graph *graph, int32_t error, const struct tensor *tensor,
                   const char *field);

// Is the tensor written at run time (true), or constant or absent (false)?
int32_t graph_is_activation(struct graph *graph, int32_t index, uint32_t *bytes);

#endif
