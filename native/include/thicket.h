// Thicket's native library, all of it. Portable C11: no allocation, no input or output, nothing from the C library
// but three functions of string.h. The caller owns all memory; functions are not re-entrant on the same memory.
#ifndef THICKET_H
#define THICKET_H

#include "thicket_api.h"
#include "thicket_crypto.h"
#include "thicket_error.h"
#include "thicket_jpeg.h"
#include "thicket_model.h"
#include "thicket_vault.h"
#include "thicket_vision.h"

#endif
