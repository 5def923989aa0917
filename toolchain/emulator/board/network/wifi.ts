/**
 * require("Wifi"): what programs ask of the radio, its events, status and saved settings.
 * Source: libs/network/esp32/jswrap_esp32_network.c, Espruino 2v29.
 */
import { type EspObject, isString, type Value } from "../../engine/value.ts";
import { notModelled } from "../interactive.ts";
import { queueCall, queueListeners } from "../listeners.ts";
import type { Machine } from "../machine.ts";
import { type Functions, library } from "../natives.ts";
import { type AccessPoint, type Lease, type Radio, REASON, reasonName } from "./radio.ts";
import { CONNECT_TRIES, Station } from "./station.ts";
import {
  accessPointSettings,
  checkCallback,
  checkObject,
  leaseOf,
  powersaveOf,
  setting,
} from "./wifi-checks.ts";
import {
  detailsOf,
  type Mode,
  ownDetailsOf,
  savedSettings,
  saveSettings,
  statusOf,
} from "./wifi-details.ts";
import { WifiLookups } from "./wifi-lookups.ts";

const SCAN_MS = 2200;
const START_AP_MS = 100;

export class Wifi {
  readonly station: Station;
  private readonly machine: Machine;
  private readonly radio: Radio;
  private readonly lookups: WifiLookups;
  private hostname = "espressif";
  private powersave = "min_modem";
  private mode: Mode = "NULL";
  private onAddress: Value;
  private onDisconnect: Value;
  private onScan: Value;

  constructor(machine: Machine, radio: Radio) {
    this.machine = machine;
    this.radio = radio;
    this.station = new Station(machine, radio);
    this.lookups = new WifiLookups(machine, radio);
    this.station.events = {
      associated: ({ ssid, bssid, channel }) =>
        this.raise("associated", { ssid, mac: bssid, channel: `${channel}` }),
      connected: ({ ip, netmask, gw }) => {
        this.complete(null);
        this.raise("connected", { ip, netmask, gw });
      },
      disconnected: (reason, bssid) => this.disconnected(reason, bssid),
    };
  }

  /** On some network with an address, or giving one. */
  get isUp(): boolean {
    return this.station.address.ip !== "0.0.0.0" || this.station.own !== undefined;
  }

  isOwnAddress(address: string): boolean {
    const { station } = this;
    return address === station.address.ip || (!!station.own && address === station.ownLease.ip);
  }

  get name(): string {
    return this.hostname;
  }

  /** Address of the chip's radio; that of its access point is the next. */
  mac(isAccessPoint = false): string {
    const seed = ((this.machine.options.seed >>> 0) + (isAccessPoint ? 1 : 0)) & 0xffff;
    return `24:0a:c4:00:${hexByte(seed >> 8)}:${hexByte(seed)}`;
  }

  library(): EspObject {
    return library("Wifi", {
      ...this.joining(),
      ...this.asking(),
      ...this.lookups.functions(),
      turbo: () => notModelled(this.machine, "Wifi.turbo()"),
    });
  }

  /** Power-on. */
  reset(): void {
    this.station.reset();
    this.lookups.reset();
    this.mode = "NULL";
  }

  /** A new program: its callbacks are gone, the radio stays as it is. */
  forgetCallbacks(): void {
    this.onAddress = undefined;
    this.onDisconnect = undefined;
    this.onScan = undefined;
    this.lookups.forgetCallbacks();
  }

  /** Join or give the saved network, as the firmware does at power-on. */
  restore(): void {
    const saved = savedSettings(this.machine);
    if (!saved) return;
    this.mode = "STA";
    this.station.ssid = saved.ssid;
    this.station.password = saved.password;
    this.station.join(1);
  }

  /** A station came to the board's own network, or went. */
  stationEvent(event: "sta_joined" | "sta_left", mac: string): void {
    this.raise(event, { mac });
  }

  private joining(): Functions {
    const nothing = (run: (args: Value[]) => void) => (_self: Value, args: Value[]) => {
      run(args);
      return undefined;
    };
    return {
      connect: nothing(([ssid, options, callback]) => this.connect(ssid, options, callback)),
      disconnect: nothing(([callback]) => this.disconnect(callback)),
      startAP: nothing(([ssid, options, callback]) => this.startAp(ssid, options, callback)),
      stopAP: nothing(([callback]) => this.stopAp(callback)),
      scan: nothing(([callback]) => this.scan(callback)),
      setConfig: nothing(([settings]) => {
        this.powersave = powersaveOf(this.machine, settings) ?? this.powersave;
      }),
      setIP: nothing(([settings, callback]) => this.setAddress(settings, callback, false)),
      setAPIP: nothing(([settings, callback]) => this.setAddress(settings, callback, true)),
      save: nothing(([what]) =>
        saveSettings(this.machine, what, this.station, this.mode, this.hostname),
      ),
      restore: nothing(() => this.restore()),
      setHostname: nothing(([name, callback]) => {
        this.hostname = this.machine.engine.text(name);
        this.queue(callback, []);
      }),
    };
  }

  private asking(): Functions {
    const { station } = this;
    const answer = (make: () => Value, prefix: Value[]) => (_self: Value, args: Value[]) => {
      checkCallback(this.machine, args[0]);
      const details = make();
      this.queue(args[0], [...prefix, details]);
      return details;
    };
    const address = (lease: () => Lease, isAccessPoint: boolean) =>
      answer(
        () => this.machine.engine.object({ ...lease(), mac: this.mac(isAccessPoint) }),
        [null],
      );
    return {
      getStatus: () => statusOf(this.machine.engine, station, this.mode, this.powersave),
      getDetails: answer(() => detailsOf(this.machine.engine, station), []),
      getAPDetails: answer(() => ownDetailsOf(this.machine.engine, station), []),
      getIP: address(() => station.address, false),
      getAPIP: address(() => station.ownLease, true),
      getHostname: () => this.hostname,
    };
  }

  private connect(ssid: Value, options: Value, callback: Value): void {
    const { machine, station } = this;
    const { engine } = machine;
    if (!isString(ssid)) throw machine.error("No SSID provided");
    if (options !== undefined) checkObject(machine, options);
    checkCallback(machine, callback);
    const password = setting(options, "password");
    if (password !== undefined && !isString(password)) {
      const found = engine.typeName(password);
      throw machine.error(`Expecting options.password to be a string but got ${found}`);
    }
    station.ssid = engine.text(ssid).slice(0, 32);
    station.password = password === undefined ? "" : engine.text(password);
    this.onDisconnect = undefined;
    this.onAddress = callback;
    engine.roots.add(callback);
    this.mode = this.mode === "AP" || this.mode === "APSTA" ? this.both("STA") : "STA";
    station.join(CONNECT_TRIES);
  }

  private disconnect(callback: Value): void {
    checkCallback(this.machine, callback);
    this.onDisconnect = callback;
    this.station.leave();
    this.queue(callback, []);
  }

  private startAp(ssid: Value, options: Value, callback: Value): void {
    const { machine } = this;
    checkCallback(machine, callback);
    const settings = accessPointSettings(machine, ssid, options);
    const mode = this.mode === "STA" || this.mode === "APSTA" ? this.both("AP") : "AP";
    this.station.startAccessPoint({ ...settings, bssid: this.mac(true), rssiDbm: -50 });
    if (mode === "AP" && this.station.isConnected) this.station.lose(REASON.assocLeave);
    this.mode = mode;
    this.later(START_AP_MS, () => this.queue(callback, [null]));
  }

  private stopAp(callback: Value): void {
    checkCallback(this.machine, callback);
    this.station.stopAccessPoint();
    if (this.mode === "AP") this.mode = "NULL";
    if (this.mode === "APSTA") this.mode = "STA";
    this.queue(callback, []);
  }

  /** The C3 cannot be both. */
  private both(wanted: Mode): Mode {
    return this.machine.board.name === "esp32c3" ? wanted : "APSTA";
  }

  private scan(callback: Value): void {
    const { machine } = this;
    const { engine } = machine;
    if (this.onScan !== undefined) throw machine.error("A scan is already in progress");
    if (!engine.isFunction(callback)) {
      throw machine.error(`Expecting callback function but got ${engine.text(callback)}`);
    }
    const found = this.radio.scan();
    this.onScan = callback;
    engine.roots.add(callback);
    if (this.mode === "NULL") this.mode = "STA";
    this.later(SCAN_MS, () => {
      if (this.onScan !== callback) return;
      this.onScan = undefined;
      engine.roots.delete(callback);
      this.queue(callback, [engine.array(found.map((entry) => this.scanEntry(entry)))]);
    });
  }

  private scanEntry({ rssiDbm, authMode, ssid, bssid, channel }: AccessPoint): Value {
    const { engine } = this.machine;
    return engine.object({ rssi: rssiDbm, authMode, ssid, mac: bssid, channel: `${channel}` });
  }

  private setAddress(settings: Value, callback: Value, isAccessPoint: boolean): void {
    const { machine, station } = this;
    const lease = leaseOf(machine, settings);
    if (isAccessPoint) {
      station.ownLease = lease;
      if (station.own) station.startAccessPoint(station.own);
    } else station.setLease(lease);
    if (!machine.engine.isFunction(callback)) throw machine.error("Callback is not a function");
    // The firmware mixes them up: success says "Failure".
    this.queue(callback, ["Failure"]);
  }

  private disconnected(reason: number, mac: string): void {
    const { ssid } = this.station;
    if (this.onDisconnect !== undefined) this.queue(this.onDisconnect, []);
    this.onDisconnect = undefined;
    const msg = reasonName(reason);
    this.raise("disconnected", { ssid, mac, reason: `${reason}`, msg });
    this.complete(msg);
  }

  private complete(problem: string | null): void {
    this.queue(this.onAddress, [problem]);
    this.machine.engine.roots.delete(this.onAddress);
    this.onAddress = undefined;
  }

  private raise(event: string, details: Record<string, string>): void {
    const { machine } = this;
    const object = machine.engine.object(details);
    queueListeners(machine, machine.modules.require("Wifi"), event, [object]);
  }

  private queue(callback: Value, args: Value[]): void {
    if (this.machine.engine.isFunction(callback)) queueCall(this.machine, callback, args);
  }

  /** Unless another program runs by then. */
  private later(ms: number, run: () => void): void {
    const { machine } = this;
    const { engine } = machine;
    machine.schedule.at(machine.clock.upUs + ms * 1000, () => {
      if (machine.engine === engine) run();
    });
  }
}

const hexByte = (value: number): string => (value & 0xff).toString(16).padStart(2, "0");
