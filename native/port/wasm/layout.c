// The struct offsets that thicket.ts reads are those of the headers.
#include "thicket_model.h"

#include <stddef.h>

_Static_assert(sizeof(thicket_detail) == 16 && offsetof(thicket_detail, field) == 12,
               "thicket_detail");
_Static_assert(sizeof(thicket_tensor) == 56 && offsetof(thicket_tensor, scale) == 40,
               "thicket_tensor");
_Static_assert(sizeof(thicket_op) == 48 && offsetof(thicket_op, macs) == 40, "thicket_op");
_Static_assert(sizeof(thicket_model_info) == 32 && offsetof(thicket_model_info, macs) == 24,
               "thicket_model_info");
