// Patches of require("vault"), as Espruino's generated table calls them.
#ifndef JSWRAP_VAULT_PATCH_H
#define JSWRAP_VAULT_PATCH_H

#include "jsvar.h"

JsVar *jswrap_vault_patch(JsVar *kind, JsVar *index, JsVar *state, JsVar *piece);
JsVar *jswrap_vault_patchOffset(JsVar *state);

#endif
