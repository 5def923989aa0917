// Names and meanings of error codes, made from the table in thicket_error.h.
#include "thicket_error.h"

const char *thicket_error_name(int32_t code) {
  if (code >= 0) return "OK";
  switch (code) {
#define ROW(name, value, text) \
  case value:                  \
    return #name;
    THICKET_ERRORS(ROW)
#undef ROW
    default:
      return "UNKNOWN";
  }
}

const char *thicket_error_text(int32_t code) {
  switch (code) {
#define ROW(name, value, text) \
  case value:                  \
    return text;
    THICKET_ERRORS(ROW)
#undef ROW
    default:
      return "";
  }
}
