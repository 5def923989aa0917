// The boot guard, device/boot as built. Made by: npx toolchain build --guard-header FILE
#ifndef THICKET_BOOT_GUARD_H
#define THICKET_BOOT_GUARD_H

static const char thicket_boot_guard[] =
    "!function(){function u(t){var n=function(){return t.vault.write(r,\"0\")},i=Number(t.vault.r"
    "ead(r)||0)+1;return i>=o?(n(),t.after(a,t.restart),t.log(\"boot: safe mode, nothing was sta"
    "rted. Restart in 10 min; clearTimeout() stops that\"),!0):(t.vault.write(r,\"\"+i),t.after(e,"
    "n),!1)}function l(o){o.log(\"boot: Ctrl-C now for the console\");for(var r=o.now()+t;o.now()"
    "<r;);}function s(t){var o=t.vault,r=o.choose(\"app\"),e=r<0?void 0:o.image(\"app\",r);if(e){va"
    "r a=function(){return\"pending\"===o.slot(\"app\",r).state};return a()&&(t.watchdog(n),t.after"
    "(i,function(){a()&&t.restart()})),{program:e,slot:r,isSafe:!1,failed:function(){a()&&(o.ro"
    "llBack(\"app\",r),t.restart())}}}}var t=2,o=3,r=\"boot-starts\",e=1e4,a=600000,n=60,i=20*6e4;v"
    "ar f=function(t){var o={program:\"\",slot:-1,isSafe:!1,failed:function(){}};try{if(t.vault.o"
    "pen(),t.isPowerOn){if(u(t))return{program:\"\",slot:-1,isSafe:!0,failed:o.failed};l(t)}retur"
    "n t.hasOwnProgram?o:s(t)||o}catch(r){return t.log(\"boot: \"+r.message),o}}({vault:require(\""
    "vault\"),isPowerOn:global.boot.isFirst&&(\"undefined\"==typeof ESP32||0===ESP32.getWakeupCaus"
    "e()),hasOwnProgram:void 0!==require(\"Storage\").read(\".bootcde\"),now:getTime,after:function"
    "(t,o){setTimeout(o,t)},watchdog:function(t){return E.enableWatchdog(t,!0)},restart:functio"
    "n(){return E.reboot()},log:print});global.boot=f,global.bootSlot=f.slot}();\n//# sourceMapp"
    "ingURL=main.js.map\n";

#endif
