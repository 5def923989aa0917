/** What the Wifi module tells of itself and keeps in flash. Source: jswrap_esp32_network.c, Espruino 2v29. */
import type { Engine } from "../../engine/engine.ts";
import { isString, type Value } from "../../engine/value.ts";
import type { Machine } from "../machine.ts";
import { reasonName } from "./radio.ts";
import type { Station } from "./station.ts";

const CONFIG_FILE = ".wificfg";
const MODES = { NULL: 0, STA: 1, AP: 2, APSTA: 3 } as const;
export type Mode = keyof typeof MODES;
const AUTH_NUMBERS: Record<string, number> = { open: 0, wep: 1, wpa: 2, wpa2: 3, wpa_wpa2: 4 };
const STATIONS_MAX = 4;

/** Wifi.getStatus() */
export function statusOf(engine: Engine, station: Station, mode: Mode, powersave: string): Value {
  const { accessPoint, own, lastReason } = station;
  const status: Record<string, Value> = { station: "connected" };
  if (!accessPoint) status.station = reasonName(lastReason);
  else {
    const { ssid, bssid, channel, rssiDbm, authMode } = accessPoint;
    Object.assign(status, { ssid, bssid, channel, rssi: rssiDbm, htMode: "HT20", authMode });
  }
  status.mode = accessPoint || own ? mode : "NULL";
  return engine.object({ ...status, powersave });
}

/** Wifi.getDetails() */
export function detailsOf(engine: Engine, station: Station): Value {
  const { accessPoint, ssid, password, lastReason } = station;
  if (!accessPoint) return engine.object({ status: reasonName(lastReason) });
  return engine.object({ ssid, password, status: "connected", authMode: accessPoint.authMode });
}

/** Wifi.getAPDetails() */
export function ownDetailsOf(engine: Engine, station: Station): Value {
  const { own } = station;
  const { authMode = "open", ssid = "", password = "" } = own ?? {};
  return engine.object({
    ...{ authMode, hidden: false, maxConn: own ? STATIONS_MAX : 0 },
    ...{ ssid, password },
  });
}

/** Wifi.save() */
export function saveSettings(
  machine: Machine,
  what: Value,
  { ssid, password, own }: Station,
  mode: Mode,
  hostname: string,
): void {
  const { store, engine } = machine;
  store.erase(CONFIG_FILE);
  if (isString(what) && engine.text(what) === "clear") return;
  const config = {
    ...{ ssid, password, mode: MODES[mode], sleepType: 1 },
    ...{ ssidAP: own?.ssid ?? "", passwordAP: own?.password ?? "" },
    ...{ authmodeAP: AUTH_NUMBERS[own?.authMode ?? "open"], hiddenAP: 0 },
    ...{ channelAP: own?.channel ?? 1, hostname },
  };
  store.write(CONFIG_FILE, Buffer.from(JSON.stringify(config), "latin1"));
}

/**
 * The network to join, as Wifi.restore() reads it. Of an access point the firmware reads the settings and then sets
 * up an empty one, so it does not come back.
 */
export function savedSettings(machine: Machine): { ssid: string; password: string } | undefined {
  const text = machine.store.read(CONFIG_FILE);
  if (text === undefined) return undefined;
  const saved = JSON.parse(text) as { mode?: number; ssid?: string; password?: string };
  if (!((saved.mode ?? 0) & MODES.STA) || !saved.ssid) return undefined;
  return { ssid: saved.ssid, password: saved.password ?? "" };
}
