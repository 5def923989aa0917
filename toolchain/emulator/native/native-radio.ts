/**
 * The radio half of the native extension: ESP-NOW with its limits on an Air (ESP-IDF 4.4.7, esp_now.h). Knows nothing of
 * the interpreter.
 */
import { Air, type AirFrame, type AirStation, EVERYBODY, type Place } from "./air.ts";
import { NativeError } from "./native-error.ts";

const BYTES_MAX = 250;
const PEERS_MAX = 20;
const KEY_PEERS_MAX = 6;
const KEY_BYTES = 16;
const CHANNEL_MAX = 14;

export interface NativeRadioOptions {
  air: Air;
  place: Place;
  /** This board's, "aa:bb:cc:dd:ee:ff". */
  address: string;
  /** True virtual UTC. */
  nowMs: () => number;
  isPowered: () => boolean;
  /** Channel on which Wi-Fi is connected; the radio has only one at a time. */
  wifiChannel: () => number | undefined;
  /** A frame arrives in so many milliseconds. */
  onFrame: (from: string, data: Uint8Array, rssiDbm: number, inMs: number) => void;
}

export class NativeRadio {
  private readonly options: NativeRadioOptions;
  private readonly station: AirStation;
  /** Keys by address; "" for none. */
  private readonly peers = new Map<string, string>();
  private channel = 0;
  private isSending = false;

  constructor(options: NativeRadioOptions) {
    this.options = options;
    this.station = {
      address: options.address,
      place: options.place,
      channel: () => (options.isPowered() ? this.channel : 0),
      hear: (frame, rssiDbm, endMs) => this.hear(frame, rssiDbm, endMs),
    };
  }

  /** **Errors:** RADIO_BUSY, RADIO_ARGUMENT, RADIO_CHANNEL. */
  open(channel: number): void {
    if (this.channel) throw new NativeError("RADIO_BUSY", "the radio is open already");
    if (channel < 1 || channel > CHANNEL_MAX)
      throw new NativeError("RADIO_ARGUMENT", `channel must be 1..${CHANNEL_MAX}`);
    const held = this.options.wifiChannel();
    if (held !== undefined && held !== channel)
      throw new NativeError("RADIO_CHANNEL", `Wi-Fi is connected on channel ${held}`);
    this.channel = channel;
    this.options.air.join(this.station);
  }

  close(): void {
    this.options.air.leave(this.station);
    this.channel = 0;
    this.isSending = false;
    this.peers.clear();
  }

  /** **Errors:** RADIO_CLOSED. */
  requireOpen(): void {
    if (!this.channel) throw new NativeError("RADIO_CLOSED", "call open first");
  }

  /** **Errors:** RADIO_ARGUMENT, RADIO_CLOSED, RADIO_PEERS. */
  addPeer(address: string, key: string | undefined): void {
    if (key !== undefined && key.length !== KEY_BYTES)
      throw new NativeError("RADIO_ARGUMENT", `key must have ${KEY_BYTES} bytes`);
    this.requireOpen();
    if (key !== undefined && address === EVERYBODY)
      throw new NativeError("RADIO_ARGUMENT", "what everybody hears cannot have a key");
    const others = [...this.peers].filter(([peer]) => peer !== address);
    const withKey = others.filter(([, secret]) => secret).length;
    if (others.length >= PEERS_MAX || (key && withKey >= KEY_PEERS_MAX))
      throw new NativeError(
        "RADIO_PEERS",
        `at most ${PEERS_MAX} peers, ${KEY_PEERS_MAX} with a key`,
      );
    this.peers.set(address, key ?? "");
  }

  /** **Errors:** RADIO_CLOSED, RADIO_PEER. */
  removePeer(address: string): void {
    this.requireOpen();
    if (!this.peers.delete(address)) throw notPeer(address);
  }

  /**
   * Send now; until `sent` is called nothing else can be.
   * @returns whether it was delivered, and the milliseconds after which the radio knows
   *
   * **Errors:** RADIO_SIZE, RADIO_CLOSED, RADIO_BUSY, RADIO_PEER.
   */
  send(address: string, data: Uint8Array): { isDelivered: boolean; tookMs: number } {
    if (data.length < 1 || data.length > BYTES_MAX)
      throw new NativeError("RADIO_SIZE", `a frame has 1..${BYTES_MAX} bytes`);
    this.requireOpen();
    if (this.isSending) throw new NativeError("RADIO_BUSY", "the last frame is still being sent");
    const key = this.peers.get(address);
    if (key === undefined) throw notPeer(address);
    this.isSending = true;
    const frame: AirFrame = {
      from: this.options.address,
      to: address,
      data: data.slice(),
      atMs: this.options.nowMs(),
      key: key || undefined,
    };
    const { isDelivered, attempts } = this.options.air.send(this.station, frame);
    return { isDelivered, tookMs: attempts * Air.frameMs(data.length) };
  }

  /** The frame that was being sent is done with. */
  sent(): void {
    this.isSending = false;
  }

  private hear(frame: AirFrame, rssiDbm: number, endMs: number): boolean {
    // An encrypted frame needs the same key on both sides; a plain one is heard from anybody.
    if (frame.key !== undefined && this.peers.get(frame.from) !== frame.key) return false;
    const inMs = Math.max(0, endMs - this.options.nowMs());
    this.options.onFrame(frame.from, frame.data, rssiDbm, inMs);
    return true;
  }
}

const notPeer = (address: string) =>
  new NativeError("RADIO_PEER", `${address} is not one of the peers`);
