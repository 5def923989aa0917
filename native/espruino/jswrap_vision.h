// Functions of require("vision"), as Espruino's generated table calls them.
#ifndef JSWRAP_VISION_H
#define JSWRAP_VISION_H

#include "jsvar.h"

JsVar *jswrap_vision_motion(JsVar *handle);
JsVar *jswrap_vision_regions(void);
JsVar *jswrap_vision_follow(JsVar *since_ms);
JsVar *jswrap_vision_tracks(void);
JsVar *jswrap_vision_statistics(JsVar *handle);
void jswrap_vision_learn(JsVar *handle);
void jswrap_vision_crop(JsVar *args);
void jswrap_vision_reset(void);

#endif
