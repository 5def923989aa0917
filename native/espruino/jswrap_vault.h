// Cells and records of require("vault"), as Espruino's generated table calls them.
#ifndef JSWRAP_VAULT_H
#define JSWRAP_VAULT_H

#include "jsvar.h"

JsVar *jswrap_vault_open(void);
void jswrap_vault_close(void);
JsVar *jswrap_vault_read(JsVar *name);
JsVar *jswrap_vault_readOlder(JsVar *name);
void jswrap_vault_write(JsVar *name, JsVar *text);
bool jswrap_vault_erase(JsVar *name);
JsVar *jswrap_vault_append(JsVar *stream, JsVar *value, JsVar *data);
JsVar *jswrap_vault_next(JsVar *stream, JsVar *after);
JsVar *jswrap_vault_record(JsVar *key);
bool jswrap_vault_acknowledge(JsVar *key);
JsVar *jswrap_vault_waiting(JsVar *stream);
JsVar *jswrap_vault_evicted(JsVar *stream);

#endif
