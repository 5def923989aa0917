/** Adds to a fresh engine everything that is the board's: globals, objects, libraries. */
import { Attachments } from "./bus/attachments.ts";
import { installI2c } from "./bus/i2c.ts";
import { installLoopback } from "./bus/loopback.ts";
import { installSerial } from "./bus/serial.ts";
import { installSpi } from "./bus/spi.ts";
import { makeHeatshrink } from "./compression.ts";
import { makeCrypto } from "./crypto.ts";
import { installResets, makeEsp32 } from "./esp32.ts";
import { installEspruino } from "./espruino.ts";
import { makeFlash } from "./flash-module.ts";
import { installInteractive } from "./interactive.ts";
import { installIo } from "./io.ts";
import type { Machine } from "./machine.ts";
import { defineGlobalValue } from "./natives.ts";
import { installNetwork } from "./network/libraries.ts";
import { installProcess } from "./process.ts";
import { installPwm } from "./pwm.ts";
import { installStorage } from "./storage/module.ts";

export function installBoard(machine: Machine): void {
  installInteractive(machine);
  installIo(machine);
  installProcess(machine);
  installEspruino(machine);
  installResets(machine);
  installPwm(machine);
  const attached = machine.options.attached ?? new Attachments();
  installI2c(machine, attached);
  installSpi(machine, attached);
  installSerial(machine, attached);
  installLoopback(machine);
  machine.modules.install();
  installStorage(machine);
  if (machine.board.modules.includes("crypto")) {
    machine.modules.define("crypto", () => makeCrypto(machine));
  }
  machine.modules.define("heatshrink", () => makeHeatshrink(machine));
  machine.modules.define("Flash", () => makeFlash(machine));
  machine.modules.define("ESP32", () => makeEsp32(machine));
  machine.modules.define("Wifi", () => machine.network.wifi.library());
  installNetwork(machine);
  defineGlobalValue(machine.engine, "ESP32", () => machine.modules.require("ESP32"));
}
