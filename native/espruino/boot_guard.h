// The boot guard, device/boot as built. Made by: npx toolchain build --guard-header FILE
#ifndef THICKET_BOOT_GUARD_H
#define THICKET_BOOT_GUARD_H

static const char thicket_boot_guard[] =
    "!function(){function K(S){var D=function(){return S.vault.write(a,\"0\")},y=Number(S.vault.r"
    "ead(a)||0)+1;return y>=3?(D(),S.after(T,S.restart),S.log(\"boot: safe mode, nothing was sta"
    "rted. Restart in 10 min; clearTimeout() stops that\"),!0):(S.vault.write(a,\"\"+y),S.after(1e"
    "4,D),!1)}function $(S){S.log(\"boot: Ctrl-C now for the console\");for(var z=S.now()+2;S.now"
    "()<z;);}function F(S){var o=S.vault,f=o.choose(\"app\"),n=f<0?void 0:o.image(\"app\",f);if(n){"
    "var V=function(){return\"pending\"===o.slot(\"app\",f).state};return V()&&(S.watchdog(60),S.af"
    "ter(e,function(){V()&&S.restart()})),{program:n,slot:f,isSafe:!1,failed:function(){V()&&(o"
    ".rollBack(\"app\",f),S.restart())}}}}var a=\"boot-starts\",T=600000,e=20*6e4;var b=function(S)"
    "{var C={program:\"\",slot:-1,isSafe:!1,failed:function(){}};try{if(S.vault.open(),S.isPowerO"
    "n){if(K(S))return{program:\"\",slot:-1,isSafe:!0,failed:C.failed};$(S)}return S.hasOwnProgra"
    "m?C:F(S)||C}catch(t){return S.log(\"boot: \"+t.message),C}}({vault:require(\"vault\"),isPowerO"
    "n:global.boot.isFirst&&(\"undefined\"==typeof ESP32||0===ESP32.getWakeupCause()),hasOwnProgr"
    "am:void 0!==require(\"Storage\").read(\".bootcde\"),now:getTime,after:function(E,K){setTimeout"
    "(K,E)},watchdog:function(_){return E.enableWatchdog(_,!0)},restart:function(){return E.reb"
    "oot()},log:print});global.boot=b,global.bootSlot=b.slot;T=e=K=$=F=b=0}();\n//# sourceMappin"
    "gURL=main.js.map\n";

#endif
