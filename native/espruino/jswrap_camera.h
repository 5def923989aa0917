// Functions of require("camera"), as Espruino's generated table calls them.
#ifndef JSWRAP_CAMERA_H
#define JSWRAP_CAMERA_H

#include "jsvar.h"

void jswrap_camera_open(JsVar *options);
void jswrap_camera_capture(JsVar *done);
void jswrap_camera_release(JsVar *handle);
JsVar *jswrap_camera_jpeg(JsVar *handle, JsVar *quality_pct);
void jswrap_camera_close(void);
bool jswrap_camera_idle(void);
void jswrap_camera_kill(void);

#endif
