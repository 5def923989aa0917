// Image slots of require("vault"), as Espruino's generated table calls them.
#ifndef JSWRAP_VAULT_SLOTS_H
#define JSWRAP_VAULT_SLOTS_H

#include "jsvar.h"

JsVar *jswrap_vault_slot(JsVar *kind, JsVar *index);
void jswrap_vault_begin(JsVar *kind, JsVar *index);
void jswrap_vault_writeSlot(JsVar *kind, JsVar *index, JsVar *offset, JsVar *data);
void jswrap_vault_stage(JsVar *args);
void jswrap_vault_switchTo(JsVar *kind, JsVar *index);
void jswrap_vault_confirm(JsVar *kind, JsVar *index);
void jswrap_vault_rollBack(JsVar *kind, JsVar *index);
JsVar *jswrap_vault_choose(JsVar *kind);
JsVar *jswrap_vault_image(JsVar *kind, JsVar *index);

#endif
