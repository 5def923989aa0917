// The boot guard, device/boot as built. Made by: npx toolchain build --guard-header FILE
#ifndef THICKET_BOOT_GUARD_H
#define THICKET_BOOT_GUARD_H

static const char thicket_boot_guard[] =
    "!function(){function u(t){var n=function(){return t.vault.write(e,\"0\")},i=Number(t.vault.r"
    "ead(e)||0)+1;return i>=r?(n(),t.after(a,t.restart),t.log(\"boot: safe mode, nothing was sta"
    "rted. Restart in 10 min; clearTimeout() stops that\"),!0):(t.vault.write(e,\"\"+i),t.after(o,"
    "n),!1)}function f(r){r.log(\"boot: Ctrl-C now for the console\");for(var e=r.now()+t;r.now()"
    "<e;);}function s(t){var r=t.vault,e=r.choose(\"app\"),o=e<0?void 0:r.image(\"app\",e);if(o){va"
    "r a=function(){return\"pending\"===r.slot(\"app\",e).state};return a()&&(t.watchdog(n),t.after"
    "(i,function(){a()&&t.restart()})),{program:o,isSafe:!1,failed:function(){a()&&(r.rollBack("
    "\"app\",e),t.restart())}}}}var t=2,r=3,e=\"boot-starts\",o=1e4,a=600000,n=60,i=20*6e4;global.b"
    "oot=function(t){var r={program:\"\",isSafe:!1,failed:function(){}};try{if(t.vault.open(),t.i"
    "sPowerOn){if(u(t))return{program:\"\",isSafe:!0,failed:r.failed};f(t)}return t.hasOwnProgram"
    "?r:s(t)||r}catch(e){return t.log(\"boot: \"+e.message),r}}({vault:require(\"vault\"),isPowerOn"
    ":global.boot.isFirst&&(\"undefined\"==typeof ESP32||0===ESP32.getWakeupCause()),hasOwnProgra"
    "m:void 0!==require(\"Storage\").read(\".bootcde\"),now:getTime,after:function(t,r){setTimeout("
    "r,t)},watchdog:function(t){return E.enableWatchdog(t,!0)},restart:function(){return E.rebo"
    "ot()},log:print})}();\n//# sourceMappingURL=main.js.map\n";

#endif
