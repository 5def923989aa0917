/** Fakes of what setting a camera up needs: a serial line with a console behind it, and Wi-Fi with a few networks. */
import type {
  FoundNetwork,
  PageAnswer,
  SerialLine,
  SetupPorts,
  SetupWifi,
} from "../../device/ports.ts";
import type { FakeClock } from "./fakes.ts";

/** The line as the host sees it: `send` types, `said` hears. The console answers each line with a mistake in it. */
export class FakeLine implements SerialLine {
  /** What reached the console as typed. */
  typed = "";
  /** Bytes to the host. */
  onSaid: (bytes: string) => void = () => {};
  isOpen = false;
  isHandedOver = false;
  #onData: (bytes: string) => void = () => {};

  open = (onData: (bytes: string) => void): void => {
    this.isOpen = true;
    this.#onData = onData;
  };
  write = (bytes: string): void => this.onSaid(bytes);
  pass = (text: string): void => this.#type(text);
  handOver = (text: string): void => {
    this.isHandedOver = true;
    this.#type(text);
  };
  takeBack = (): void => {
    this.isHandedOver = false;
  };
  close = (): void => {
    this.isOpen = false;
  };
  /** Bytes from the host; they come to a program in pieces of 64. */
  send(bytes: string): void {
    const isHeard = this.isOpen && !this.isHandedOver;
    if (!isHeard) this.#type(bytes);
    for (let at = 0; isHeard && at < bytes.length; at += 64) {
      this.#onData(bytes.slice(at, at + 64));
    }
  }
  #type(text: string): void {
    this.typed += text;
    for (const char of text) if (char === "\n") this.onSaid("Uncaught SyntaxError\r\n>");
  }
}

const JOINED_MS = 2000;
const REFUSED_MS = 7200;
const SCAN_MS = 2200;

export class FakeWifi implements SetupWifi {
  /** Name to password. */
  networks: Record<string, string> = { woods: "twelve-trees", "caf\xc3\xa9": "" };
  hostname = "";
  /** Its own network; undefined: none. */
  own: { ssid: string; password: string } | undefined;
  answer: PageAnswer | undefined;
  joins = 0;
  readonly #clock: FakeClock;

  constructor(clock: FakeClock) {
    this.#clock = clock;
  }
  scan = (done: (found: FoundNetwork[]) => void): void => {
    const found = Object.entries(this.networks).map(([ssid, password], index) => ({
      ...{ ssid, rssiDbm: -50 - index, isOpen: password === "" },
    }));
    this.#clock.after(SCAN_MS, () => done(found));
  };
  join = (
    ssid: string,
    password: string,
    done: (problem: string, address: string) => void,
  ): void => {
    this.joins += 1;
    const isRight = this.networks[ssid] === password;
    this.#clock.after(isRight ? JOINED_MS : REFUSED_MS, () =>
      isRight ? done("", "10.0.0.9") : done("Wi-Fi: 4WAY_HANDSHAKE_TIMEOUT", ""),
    );
  };
  setHostname = (name: string): void => {
    this.hostname = name;
  };
  openAccessPoint = (ssid: string, password: string): void => {
    this.own = { ssid, password };
  };
  closeAccessPoint = (): void => {
    this.own = undefined;
  };
  serve = (answer: PageAnswer): (() => void) => {
    this.answer = answer;
    return () => {
      this.answer = undefined;
    };
  };
}

export interface FakeSetup extends SetupPorts {
  line: FakeLine;
  wifi: FakeWifi;
}

export const fakeSetup = (clock: FakeClock): FakeSetup => ({
  ...{ line: new FakeLine(), wifi: new FakeWifi(clock), chip: "ESP32S3", tag: "beef" },
  accessPointPassword: "",
});
