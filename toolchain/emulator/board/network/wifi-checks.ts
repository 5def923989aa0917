/** How the Wifi module checks its arguments. Source: jswrap_esp32_network.c, Espruino 2v29. */
import { EspObject, isString, type Value } from "../../engine/value.ts";
import type { Machine } from "../machine.ts";
import type { AccessPoint, AuthMode, Lease } from "./radio.ts";

const AUTH_MODES: readonly AuthMode[] = ["open", "wpa2", "wpa", "wpa_wpa2"];
const PHY_MODES = ["11b", "11g", "11n"];
/** What setConfig calls them, and getStatus. */
const POWERSAVE: Record<string, string> = { none: "none", min: "min_modem", max: "max_modem" };
const PASSWORD_MIN = 8;
const CHANNEL_MAX = 13;

export const isAbsent = (value: Value): boolean => value === undefined || value === null;

/** A name in the settings; undefined of settings that are none. */
export const setting = (settings: Value, name: string): Value =>
  settings instanceof EspObject ? settings.props?.get(name) : undefined;

export function checkCallback(machine: Machine, callback: Value): void {
  if (isAbsent(callback) || machine.engine.isFunction(callback)) return;
  throw machine.error(`Expecting callback function but got ${machine.engine.text(callback)}`);
}

export function checkObject(machine: Machine, value: Value): void {
  if (value instanceof EspObject) return;
  throw machine.error(`Expecting Object, got ${machine.engine.typeName(value)}`);
}

/** Settings of startAP, checked in the firmware's order. */
export function accessPointSettings(
  machine: Machine,
  ssid: Value,
  options: Value,
): Pick<AccessPoint, "ssid" | "password" | "channel" | "authMode"> {
  const { engine } = machine;
  if (!isString(ssid)) throw machine.error("No SSID");
  if (!isAbsent(options)) checkObject(machine, options);
  const wanted = setting(options, "channel");
  const isChannel = typeof wanted === "number" && wanted >= 1 && wanted <= CHANNEL_MAX;
  const channel = isChannel ? engine.int(wanted) : 1;
  const given = setting(options, "password");
  const password = isString(given) ? engine.text(given) : "";
  if (given !== undefined && password.length < PASSWORD_MIN) {
    throw machine.error("Password must be string of at least 8 characters");
  }
  const name = setting(options, "authMode");
  let authMode: AuthMode = password === "" ? "open" : "wpa2";
  if (isString(name)) {
    const known = AUTH_MODES.find((mode) => mode === engine.text(name));
    if (!known) throw machine.error("Unknown authMode value");
    authMode = known;
  }
  if (authMode !== "open" && password === "") {
    throw machine.error("Password not set but authMode not open");
  }
  if (authMode === "open" && password !== "") {
    throw machine.error("Auth mode set to open but password supplied");
  }
  return { ssid: engine.text(ssid).slice(0, 32), password, channel, authMode };
}

/** Settings of setConfig: how getStatus shows the power saving they ask for, undefined when they do not. */
export function powersaveOf(machine: Machine, settings: Value): string | undefined {
  checkObject(machine, settings);
  const phy = setting(settings, "phy");
  if (isString(phy) && !PHY_MODES.includes(machine.engine.text(phy))) {
    throw machine.error("Unknown phy mode");
  }
  const powersave = setting(settings, "powersave");
  if (!isString(powersave)) return undefined;
  const shown = POWERSAVE[machine.engine.text(powersave)];
  if (!shown) throw machine.error("Unknown powersave mode");
  return shown;
}

/** Addresses of setIP and setAPIP. */
export function leaseOf(machine: Machine, settings: Value): Lease {
  checkObject(machine, settings);
  const read = (name: string, problem: string): string => {
    const value = setting(settings, name);
    if (value !== undefined && !isString(value)) checkObject(machine, value);
    const text = machine.engine.text(value);
    if (!isAddress(text)) throw machine.error(problem);
    return text;
  };
  return {
    ip: read("ip", "Not a valid IP address"),
    gw: read("gw", "Not a valid Gateway address"),
    netmask: read("netmask", "Not a valid Netmask"),
  };
}

/** An IPv4 address other than 0.0.0.0. */
export const isAddress = (text: string): boolean =>
  /^\d+(\.\d+){3}$/.test(text) && text.split(".").some((part) => Number(part) !== 0);
