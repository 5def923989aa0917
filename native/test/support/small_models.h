// One small model per operator, for the fuzzer: quick enough to run after every mutation.
#ifndef THICKET_TEST_SMALL_MODELS_H
#define THICKET_TEST_SMALL_MODELS_H

#include "support/files.h"

// Model number `index` and its name, or {NULL, 0} past the last one. The caller frees the data.
struct bytes small_model(int index, const char **name);

#endif
