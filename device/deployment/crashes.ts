/**
 * The crash ring: the last crashes with what preceded them, in a stream of the vault that survives power loss and is not
 * emptied by the server. For a person at the console; the server hears of a crash by a fault record, of a restart by its reason.
 */
import type { Ports, Vault } from "../ports.ts";
import type { Health } from "./health.ts";

const QUEUE = "crashes";

export interface Crash {
  /** UTC seconds, before 1700000000 by a clock that was not set. */
  time: number;
  uptimeS: number;
  bootCount: number;
  bootReason: string;
  text: string;
  /** The camera's last lines before it; "" when they were lost with the memory. */
  before: string;
}

/** Keep the last 100 characters of what the camera says. */
export function overhear(ports: Ports, health: Health): void {
  const log = ports.log;
  ports.log = (line) => {
    health.before = (health.before ? health.before + " / " + line : line).substr(-100);
    log(line);
  };
}

/** Keep a crash, and no more than eight. @param uptimeS when the memory was lost: how long that boot had run; 0 for now */
export function keepCrash(ports: Ports, health: Health, text: string, uptimeS: number): void {
  const { vault, clock } = ports;
  while (vault.count(QUEUE) >= 8) vault.remove(QUEUE, vault.next(QUEUE, 0));
  const crash: Crash = {
    time: Math.round(clock.now()),
    uptimeS: Math.round(uptimeS || clock.uptime()),
    bootCount: health.bootCount,
    bootReason: health.bootReason,
    text: text,
    before: uptimeS ? "" : health.before,
  };
  vault.append(QUEUE, JSON.stringify(crash), "crash");
}

/** Oldest first. */
export function listCrashes(vault: Vault): Crash[] {
  const found: Crash[] = [];
  for (let key = vault.next(QUEUE, 0); key; key = vault.next(QUEUE, key)) {
    const text = vault.item(QUEUE, key);
    if (text) found.push(JSON.parse(text) as Crash);
  }
  return found;
}
