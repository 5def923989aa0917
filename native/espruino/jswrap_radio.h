// Functions of require("radio"), as Espruino's generated table calls them.
#ifndef JSWRAP_RADIO_H
#define JSWRAP_RADIO_H

#include "jsvar.h"

void jswrap_radio_open(JsVar *channel);
JsVar *jswrap_radio_address(void);
void jswrap_radio_addPeer(JsVar *address, JsVar *key);
void jswrap_radio_removePeer(JsVar *address);
void jswrap_radio_send(JsVar *address, JsVar *data, JsVar *done);
void jswrap_radio_onReceive(JsVar *run);
void jswrap_radio_close(void);
void jswrap_radio_kill(void);
bool jswrap_radio_idle(void);

#endif
