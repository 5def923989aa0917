// Functions of require("model"), as Espruino's generated table calls them.
#ifndef JSWRAP_MODEL_H
#define JSWRAP_MODEL_H

#include "jsvar.h"

JsVar *jswrap_model_open(JsVar *bytes);
JsVar *jswrap_model_invoke(void);
JsVar *jswrap_model_output(JsVar *index);
JsVar *jswrap_model_outputBytes(JsVar *index);
int jswrap_model_lastMs(void);
void jswrap_model_close(void);
// Outputs lent as native strings become null: their memory is about to change.
void jswrap_model_forget_view(void);

#endif
