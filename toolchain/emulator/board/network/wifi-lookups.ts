/**
 * What the Wifi module asks the network: ping, names, the time.
 * Source: libs/network/esp32/jswrap_esp32_network.c, Espruino 2v29; ESP-IDF's ping and SNTP clients.
 */
import { isString, type Value } from "../../engine/value.ts";
import { queueCall } from "../listeners.ts";
import type { Machine } from "../machine.ts";
import type { Functions } from "../natives.ts";
import type { Radio } from "./radio.ts";
import { isAbsent, isAddress } from "./wifi-checks.ts";

/** As the firmware sets ESP-IDF's ping up. */
const PING_COUNT = 5;
const PING_EVERY_MS = 500;
const PING_TIMEOUT_MS = 1000;
const PING_BYTES = 32;
/** ESP-IDF asks a time server once an hour. */
const SNTP_EVERY_MS = 3_600_000;

export class WifiLookups {
  private readonly machine: Machine;
  private readonly radio: Radio;
  private onPing: Value;
  /** Counts setSNTP calls: a newer one replaces what was going on. */
  private timeServer = 0;

  constructor(machine: Machine, radio: Radio) {
    this.machine = machine;
    this.radio = radio;
  }

  functions(): Functions {
    return {
      ping: (_self, [address, callback]) => this.ping(address, callback),
      getHostByName: (_self, [name, callback]) => this.getHostByName(name, callback),
      setSNTP: (_self, [server, zone]) => this.setSntp(server, zone),
    };
  }

  reset(): void {
    this.timeServer++;
  }

  forgetCallbacks(): void {
    this.onPing = undefined;
  }

  private ping(address: Value, callback: Value): undefined {
    const { machine } = this;
    const { engine } = machine;
    if (!isString(address) && typeof address !== "number") {
      throw machine.error("IP address must be string or integer");
    }
    const target = isString(address) ? engine.text(address) : addressOf(address);
    if (!isAddress(target)) throw machine.error("Not a valid IP address");
    if (!isAbsent(callback) && !engine.isFunction(callback)) {
      throw machine.error("Callback is not a function");
    }
    engine.roots.delete(this.onPing);
    this.onPing = isAbsent(callback) ? undefined : callback;
    engine.roots.add(this.onPing);
    const so = { sent: 0, answered: 0, totalMs: 0, timeouts: 0 };
    const next = (): void => {
      const tookMs = this.radio.ping(target);
      const isAnswered = tookMs !== undefined && tookMs <= PING_TIMEOUT_MS;
      const waitMs = isAnswered ? tookMs : PING_TIMEOUT_MS;
      this.after(waitMs, () => {
        so.sent++;
        if (isAnswered) {
          so.answered++;
          so.totalMs += Math.round(waitMs);
        } else so.timeouts++;
        this.report(so, isAnswered ? Math.round(waitMs) : 0);
        if (so.sent < PING_COUNT) this.after(Math.max(0, PING_EVERY_MS - waitMs), next);
      });
    };
    next();
    return undefined;
  }

  private report(
    so: { sent: number; answered: number; totalMs: number; timeouts: number },
    tookMs: number,
  ): void {
    const { machine } = this;
    if (this.onPing === undefined) return;
    const answer = machine.engine.object({
      ...{ totalCount: so.sent, totalBytes: so.answered * PING_BYTES, totalTime: so.totalMs },
      ...{ respTime: tookMs, seqNo: so.sent, timeoutCount: so.timeouts },
      ...{ bytes: PING_BYTES, error: 0 },
    });
    queueCall(machine, this.onPing, [answer]);
  }

  private getHostByName(name: Value, callback: Value): undefined {
    const { machine } = this;
    const { engine } = machine;
    if (!isString(name)) throw machine.error("Hostname parameter is not a string");
    if (!engine.isFunction(callback)) throw machine.error("Callback is not a function");
    const text = engine.text(name);
    const tookMs = isAddress(text) ? 0 : this.radio.lookupMs(text);
    engine.roots.add(callback);
    this.after(tookMs, () => {
      engine.roots.delete(callback);
      queueCall(machine, callback, [machine.network.stack.resolve(text) ?? null]);
    });
    return undefined;
  }

  private setSntp(server: Value, zone: Value): undefined {
    const { machine } = this;
    if (!isString(zone)) throw machine.error("Zone is not a string");
    if (!isString(server)) throw machine.error("Server is not a string");
    const name = machine.engine.text(server);
    const turn = ++this.timeServer;
    const ask = (): void => {
      if (turn !== this.timeServer) return;
      const tookMs = this.radio.timeMs(name);
      const schedule = (ms: number, run: () => void) =>
        machine.schedule.at(machine.clock.upUs + Math.round(ms * 1000), run);
      if (tookMs !== undefined) {
        schedule(tookMs, () => {
          if (turn === this.timeServer) machine.clock.setWall(machine.clock.trueMs);
        });
      }
      schedule(SNTP_EVERY_MS, ask);
    };
    ask();
    return undefined;
  }

  /** Unless another program runs by then. */
  private after(ms: number, run: () => void): void {
    const { machine } = this;
    const { engine } = machine;
    machine.schedule.at(machine.clock.upUs + Math.round(ms * 1000), () => {
      if (machine.engine === engine) run();
    });
  }
}

/** A number as the chip holds it: the first part in the lowest byte. */
const addressOf = (value: number): string =>
  [0, 8, 16, 24].map((shift) => (value >>> shift) & 255).join(".");
