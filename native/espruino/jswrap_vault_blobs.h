// Pictures of require("vault"), as Espruino's generated table calls them.
#ifndef JSWRAP_VAULT_BLOBS_H
#define JSWRAP_VAULT_BLOBS_H

#include "jsvar.h"

JsVar *jswrap_vault_putBlob(JsVar *value, JsVar *note, JsVar *data);
JsVar *jswrap_vault_nextBlob(JsVar *after);
JsVar *jswrap_vault_blob(JsVar *id);
JsVar *jswrap_vault_blobNote(JsVar *id);
bool jswrap_vault_dropBlob(JsVar *id);
JsVar *jswrap_vault_blobs(void);
JsVar *jswrap_vault_evictedBlobs(void);

#endif
