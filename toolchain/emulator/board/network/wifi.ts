/**
 * require("Wifi"): joining and leaving one simulated network, its events, status and saved settings. The radio is
 * hardware: it stays connected over a reset of the program. Times are fixed virtual latencies (estimates).
 * Source: libs/network/esp32/jswrap_esp32_network.c, Espruino 2v29.
 */
import { EspObject, type Value } from "../../engine/engine.ts";
import { isString } from "../../engine/value.ts";
import { notModelled } from "../interactive.ts";
import { queueCall, queueListeners } from "../listeners.ts";
import type { Machine } from "../machine.ts";
import { type Functions, library } from "../natives.ts";

const CONFIG_FILE = ".wificfg";
const ASSOCIATE_MS = 1500;
const ADDRESS_MS = 500;
const GIVE_UP_MS = 7000;
const LEAVE_MS = 20;
const RSSI_DBM = -60;
const CHANNEL = 6;
const ACCESS_POINT_MAC = "02:00:5e:00:53:01";
const ADDRESS = { ip: "192.168.4.2", netmask: "255.255.255.0", gw: "192.168.4.1" };
const NO_ADDRESS = { ip: "0.0.0.0", netmask: "0.0.0.0", gw: "0.0.0.0" };
const REASONS: Record<number, string> = {
  8: "ASSOC_LEAVE",
  15: "4WAY_HANDSHAKE_TIMEOUT",
  201: "NO_AP_FOUND",
};
const NOT_MODELLED = [
  "stopAP",
  "scan",
  "startAP",
  "getAPDetails",
  "getAPIP",
  "getHostByName",
  "setSNTP",
  "setIP",
  "setAPIP",
  "ping",
  "turbo",
];

export class Wifi {
  isConnected = false;
  private readonly machine: Machine;
  private ssid = "";
  private password = "";
  private hostname = "espressif";
  private powersave = "min_modem";
  private lastReason = 0;
  private onAddress: Value;
  private onDisconnect: Value;
  /** Counts attempts, so that a newer connect or disconnect cancels what was under way. */
  private attempt = 0;

  constructor(machine: Machine) {
    this.machine = machine;
  }

  library(): EspObject {
    const { engine } = this.machine;
    const answer = (make: () => Value, prefix: Value[]) => (callback: Value) => {
      const details = make();
      if (engine.isFunction(callback)) queueCall(this.machine, callback, [...prefix, details]);
      return details;
    };
    const functions: Functions = {
      connect: (_self, [ssid, options, callback]) => this.connect(ssid, options, callback),
      disconnect: (_self, [callback]) => this.disconnect(callback),
      getStatus: () => this.status(),
      getDetails: (_self, [callback]) => answer(() => this.details(), [])(callback),
      getIP: (_self, [callback]) => answer(() => this.address(), [null])(callback),
      getHostname: () => this.hostname,
      setHostname: (_self, [name, callback]) => {
        this.hostname = engine.text(name);
        if (engine.isFunction(callback)) queueCall(this.machine, callback, []);
        return undefined;
      },
      setConfig: (_self, [settings]) => this.setConfig(settings),
      save: (_self, [what]) => this.save(what),
      restore: () => {
        this.restore();
        return undefined;
      },
    };
    for (const name of NOT_MODELLED) {
      functions[name] = () => notModelled(this.machine, `Wifi.${name}()`);
    }
    return library("Wifi", functions);
  }

  /** Power-on: nothing joined. */
  reset(): void {
    this.attempt++;
    this.isConnected = false;
    this.lastReason = 0;
  }

  /** A new program: its callbacks are gone, the connection is not. */
  forgetCallbacks(): void {
    this.onAddress = undefined;
    this.onDisconnect = undefined;
  }

  /** Join the saved network, as the firmware does at power-on. */
  restore(): void {
    const text = this.machine.store.read(CONFIG_FILE);
    if (text === undefined) return;
    const config = JSON.parse(text) as { mode?: number; ssid?: string; password?: string };
    if (config.mode !== 1 || !config.ssid) return;
    this.ssid = config.ssid;
    this.password = config.password ?? "";
    this.join();
  }

  private connect(ssid: Value, options: Value, callback: Value): Value {
    const { machine } = this;
    const { engine } = machine;
    if (!isString(ssid)) throw machine.error("No SSID provided");
    if (options !== undefined && !(options instanceof EspObject)) {
      throw machine.error(`Expecting options object but got ${engine.typeName(options)}`);
    }
    if (callback !== undefined && callback !== null && !engine.isFunction(callback)) {
      throw machine.error(`Expecting callback function but got ${engine.typeName(callback)}`);
    }
    const password = options === undefined ? undefined : engine.get(options, "password");
    this.ssid = engine.text(ssid).slice(0, 32);
    this.password = isString(password) ? engine.text(password) : "";
    this.onDisconnect = undefined;
    this.onAddress = callback;
    engine.roots.add(callback);
    this.isConnected = false;
    this.join();
    return undefined;
  }

  private join(): void {
    const attempt = ++this.attempt;
    const reason = this.refusal();
    const after = (ms: number, run: () => void) =>
      this.machine.schedule.at(this.machine.clock.upUs + ms * 1000, () => {
        if (attempt === this.attempt) run();
      });
    if (reason !== 0) {
      after(GIVE_UP_MS, () => this.lost(reason));
      return;
    }
    after(ASSOCIATE_MS, () => {
      this.isConnected = true;
      this.raise("associated", { ssid: this.ssid, mac: ACCESS_POINT_MAC, channel: `${CHANNEL}` });
    });
    after(ASSOCIATE_MS + ADDRESS_MS, () => {
      this.complete(null);
      this.raise("connected", ADDRESS);
    });
  }

  /** 0 when the network lets us in, else the reason code. */
  private refusal(): number {
    const { network } = this.machine.options;
    if (!network || (network.wifi && network.wifi.ssid !== this.ssid)) return 201;
    return network.wifi?.password !== undefined && network.wifi.password !== this.password ? 15 : 0;
  }

  private disconnect(callback: Value): Value {
    const { engine } = this.machine;
    if (callback !== undefined && callback !== null && !engine.isFunction(callback)) {
      throw this.machine.error(`Expecting callback function but got ${engine.typeName(callback)}`);
    }
    const attempt = ++this.attempt;
    this.onDisconnect = callback;
    if (this.isConnected) {
      this.machine.schedule.at(this.machine.clock.upUs + LEAVE_MS * 1000, () => {
        if (attempt === this.attempt) this.lost(8);
      });
    }
    if (engine.isFunction(callback)) queueCall(this.machine, callback, []);
    return undefined;
  }

  private lost(reason: number): void {
    this.isConnected = false;
    this.lastReason = reason;
    if (this.onDisconnect !== undefined) queueCall(this.machine, this.onDisconnect, []);
    this.onDisconnect = undefined;
    const msg = REASONS[reason] ?? "Unknown reason";
    const mac = reason === 201 ? "00:00:00:00:00:00" : ACCESS_POINT_MAC;
    this.raise("disconnected", { ssid: this.ssid, mac, reason: `${reason}`, msg });
    this.complete(msg);
  }

  private complete(problem: string | null): void {
    if (this.onAddress !== undefined && this.onAddress !== null) {
      queueCall(this.machine, this.onAddress, [problem]);
    }
    this.machine.engine.roots.delete(this.onAddress);
    this.onAddress = undefined;
  }

  private raise(event: string, details: Record<string, string>): void {
    const { machine } = this;
    const object = machine.engine.object(details);
    queueListeners(machine, machine.modules.require("Wifi"), event, [object]);
  }

  private status(): Value {
    const { engine } = this.machine;
    const status: Record<string, Value> = this.isConnected
      ? {
          station: "connected",
          ssid: this.ssid,
          bssid: ACCESS_POINT_MAC,
          channel: CHANNEL,
          rssi: RSSI_DBM,
          htMode: "HT20",
          authMode: "wpa2",
          mode: "STA",
        }
      : { station: REASONS[this.lastReason] ?? "Unknown reason", mode: "NULL" };
    return engine.object({ ...status, powersave: this.powersave });
  }

  private details(): Value {
    const { engine } = this.machine;
    if (!this.isConnected) {
      return engine.object({ status: REASONS[this.lastReason] ?? "Unknown reason" });
    }
    const { ssid, password } = this;
    return engine.object({ ssid, password, status: "connected", authMode: "wpa2" });
  }

  private address(): Value {
    const seed = (this.machine.options.seed >>> 0) & 0xffff;
    const mac = `24:0a:c4:00:${hexByte(seed >> 8)}:${hexByte(seed)}`;
    return this.machine.engine.object({ ...(this.isConnected ? ADDRESS : NO_ADDRESS), mac });
  }

  private setConfig(settings: Value): Value {
    const { engine } = this.machine;
    if (!(settings instanceof EspObject)) {
      throw this.machine.error(`Expecting options object but got ${engine.typeName(settings)}`);
    }
    const powersave = engine.get(settings, "powersave");
    if (!isString(powersave)) return undefined;
    const shown = { none: "none", min: "min_modem", max: "max_modem" }[engine.text(powersave)];
    if (!shown) throw this.machine.error("Unknown powersave mode");
    this.powersave = shown;
    return undefined;
  }

  private save(what: Value): Value {
    const { store, engine } = this.machine;
    store.erase(CONFIG_FILE);
    if (isString(what) && engine.text(what) === "clear") return undefined;
    const config = {
      ...{ ssid: this.ssid, password: this.password, mode: this.ssid === "" ? 0 : 1 },
      ...{ sleepType: 1, ssidAP: "", passwordAP: "", authmodeAP: 0, hiddenAP: 0, channelAP: 1 },
      hostname: this.hostname,
    };
    store.write(CONFIG_FILE, Buffer.from(JSON.stringify(config), "latin1"));
    return undefined;
  }
}

const hexByte = (value: number): string => (value & 0xff).toString(16).padStart(2, "0");
