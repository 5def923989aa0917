// Functions of require("firmware"), as Espruino's generated table calls them.
#ifndef JSWRAP_FIRMWARE_H
#define JSWRAP_FIRMWARE_H

#include "jsvar.h"

JsVar *jswrap_firmware_info(void);
void jswrap_firmware_begin(JsVar *bytes);
void jswrap_firmware_write(JsVar *data);
void jswrap_firmware_end(JsVar *sha256);
void jswrap_firmware_abort(void);
void jswrap_firmware_activate(void);
void jswrap_firmware_confirm(void);
void jswrap_firmware_rollback(void);

#endif
