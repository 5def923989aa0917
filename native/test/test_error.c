// Every error code has a name and a meaning of its own.
#include "check.h"
#include "thicket.h"

#include <string.h>

int main(void) {
#define ROW(name, code, text)                          \
  CHECK(THICKET_E_##name == (code) && (code) < 0);     \
  CHECK(strcmp(thicket_error_name(code), #name) == 0); \
  CHECK(strcmp(thicket_error_text(code), text) == 0);
  THICKET_ERRORS(ROW)
#undef ROW
  CHECK(strcmp(thicket_error_name(0), "OK") == 0);
  CHECK(strcmp(thicket_error_name(-9999), "UNKNOWN") == 0);
  return check_report("error");
}
