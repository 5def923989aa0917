/** What a step of the wizard is, and what it gets to work with. */
import type { ConsoleStatus } from "../../device/protocol/provisioning.ts";
import type { FleetClient } from "../fleet/client.ts";
import type { Console } from "../link/console.ts";
import type { Io } from "../log.ts";
import type { Asker } from "./asker.ts";

export interface Outcome {
  state: "passed" | "skipped" | "failed";
  /** What was found, in words. */
  value: string;
  /** What to do when it failed. */
  hint?: string;
}

export const passed = (value: string): Outcome => ({ state: "passed", value });
export const skipped = (value: string): Outcome => ({ state: "skipped", value });
export const failed = (value: string, hint?: string): Outcome => ({ state: "failed", value, hint });

export interface Step {
  name: string;
  /** One line that says what is done now. */
  title: string;
  /** Without it nothing that follows can work. */
  isNeeded?: boolean;
  /** Looked at by a person in the field: once passed it need not be done again. */
  isKept?: boolean;
  /** It ends by itself when interrupted, and must be let: something would be left half-done. */
  isWhole?: boolean;
  /** Errors count as failed. */
  run(setup: Setup): Promise<Outcome>;
}

export interface Place {
  latitude: number;
  longitude: number;
}

/** What one camera is to be. */
export interface Wish {
  name: string;
  site: string;
  group?: string;
  latitude?: number;
  longitude?: number;
  wifiSsid: string;
  wifiPassword: string;
  /** First list of trusted keys, base64; "" for the one that the server hands out. */
  trust: string;
}

export interface Setup {
  io: Io;
  ask: Asker;
  fleet: FleetClient;
  /** --firmware. */
  firmware: string | undefined;
  /** What could be found out about the place, for the card. */
  position?: Place;
  /** Files of pictures that were taken. */
  pictures: string[];
  /** Say something to the person; not a result. */
  say(line: string): void;
  /** The port, found and asked for when it is not known yet. */
  port(): Promise<string>;
  /** The console, opened when it is not. **Errors:** those of openPort and openConsole */
  console(): Promise<Console>;
  /** Let go of the port: the bootloader needs it, or the console went away. */
  closeConsole(): Promise<void>;
  /** **Errors:** NO_PROGRAM */
  status(): Promise<ConsoleStatus>;
  /** Make it known to the server, with a claim that is taken back when that fails. */
  provision(console: Console, wish: Wish, before: ConsoleStatus): Promise<ConsoleStatus>;
  /** **Errors:** INTERRUPTED */
  pause(ms: number): Promise<void>;
}
