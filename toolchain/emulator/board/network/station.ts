/**
 * The Wi-Fi radio of a board: as a station on somebody's network and as an access point of its own. It is hardware:
 * it stays as it is over a reset of the program. Times are fixed virtual latencies (estimates).
 * Source: libs/network/esp32/jswrap_esp32_network.c, Espruino 2v29.
 */
import type { Machine } from "../machine.ts";
import { type AccessPoint, type Lease, type Radio, REASON } from "./radio.ts";

const ASSOCIATE_MS = 1500;
const ADDRESS_MS = 500;
/** Until a try that finds nothing or is refused is over. */
const TRY_MS = 2400;
/** The firmware asks ESP-IDF so many times in all before it reports a loss. */
export const CONNECT_TRIES = 3;
const LEAVE_MS = 20;
/** ESP-IDF: the access point was not heard for that long. */
const BEACON_TIMEOUT_MS = 6000;
export const NO_LEASE: Lease = { ip: "0.0.0.0", netmask: "0.0.0.0", gw: "0.0.0.0" };
const NO_BSSID = "00:00:00:00:00:00";
const OWN_LEASE: Lease = { ip: "192.168.4.1", netmask: "255.255.255.0", gw: "192.168.4.1" };

export interface StationEvents {
  associated(accessPoint: AccessPoint): void;
  connected(lease: Lease): void;
  disconnected(reason: number, bssid: string): void;
}

export class Station {
  /** Listens; the library of the running program. */
  events!: StationEvents;
  ssid = "";
  password = "";
  /** Reason code of the last disconnection; 0: none yet. */
  lastReason = 0;
  /** The network it is on; undefined while not associated. */
  accessPoint: AccessPoint | undefined;
  /** Its own network, while it gives one. */
  own: AccessPoint | undefined;
  ownLease: Lease = OWN_LEASE;
  private lease: Lease | undefined;
  private fixedLease: Lease | undefined;
  private readonly machine: Machine;
  private readonly radio: Radio;
  /** Counts attempts, so that a newer join or leave cancels what was under way. */
  private attempt = 0;
  private triesLeft = 0;
  /** Out of reach of everything. */
  private isOutOfReach = false;

  constructor(machine: Machine, radio: Radio) {
    this.machine = machine;
    this.radio = radio;
  }

  get isConnected(): boolean {
    return this.accessPoint !== undefined;
  }

  get address(): Lease {
    return this.lease ?? NO_LEASE;
  }

  /** Power-on: nothing joined, nothing given. */
  reset(): void {
    this.attempt++;
    this.drop();
    this.stopAccessPoint();
    this.lastReason = 0;
    this.fixedLease = undefined;
    this.ownLease = OWN_LEASE;
  }

  /** Join the network of `ssid`; it may be tried so many times, later losses included. */
  join(tries: number): void {
    this.drop();
    this.triesLeft = tries;
    this.try();
  }

  private try(): void {
    const attempt = ++this.attempt;
    const found = this.isOutOfReach ? REASON.noApFound : this.radio.find(this.ssid, this.password);
    if (typeof found === "number") {
      this.after(TRY_MS, attempt, () => this.lose(found));
      return;
    }
    this.after(ASSOCIATE_MS, attempt, () => {
      this.accessPoint = found;
      this.events.associated(found);
    });
    this.after(ASSOCIATE_MS + ADDRESS_MS, attempt, () => {
      const lease = this.radio.join(found);
      if (this.fixedLease) this.radio.setAddress(this.fixedLease.ip);
      this.lease = this.fixedLease ?? lease;
      this.events.connected(this.lease);
    });
  }

  leave(): void {
    this.triesLeft = 0;
    const attempt = ++this.attempt;
    if (this.isConnected) this.after(LEAVE_MS, attempt, () => this.lose(REASON.assocLeave));
  }

  /** All networks go out of reach, or come back. */
  setReach(isInReach: boolean): void {
    this.isOutOfReach = !isInReach;
    if (!isInReach) this.missBeacons(() => this.isOutOfReach);
  }

  /** The board notices only after a while that its access point is silent. */
  missBeacons(isStillSilent: () => boolean): void {
    if (!this.isConnected) return;
    this.after(BEACON_TIMEOUT_MS, this.attempt, () => {
      if (isStillSilent()) this.lose(REASON.beaconTimeout);
    });
  }

  get hasReach(): boolean {
    return !this.isOutOfReach;
  }

  /** The access point is gone or does not let it in: try again, or report it. */
  lose(reason: number): void {
    if (--this.triesLeft > 0) {
      this.radio.leave();
      this.try();
      return;
    }
    const bssid = this.accessPoint?.bssid ?? NO_BSSID;
    this.attempt++;
    this.drop();
    this.lastReason = reason;
    this.events.disconnected(reason, bssid);
  }

  setLease(lease: Lease): void {
    this.radio.setAddress(lease.ip);
    this.fixedLease = lease;
    if (this.lease) this.lease = lease;
  }

  startAccessPoint(accessPoint: AccessPoint): void {
    this.radio.startAccessPoint(accessPoint, this.ownLease.ip);
    this.own = accessPoint;
  }

  stopAccessPoint(): void {
    if (this.own) this.radio.stopAccessPoint();
    this.own = undefined;
  }

  private drop(): void {
    if (this.accessPoint) this.radio.leave();
    this.accessPoint = undefined;
    this.lease = undefined;
  }

  private after(ms: number, attempt: number, run: () => void): void {
    this.machine.schedule.at(this.machine.clock.upUs + ms * 1000, () => {
      if (attempt === this.attempt) run();
    });
  }
}
