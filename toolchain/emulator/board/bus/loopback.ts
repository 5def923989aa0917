/**
 * LoopbackA and LoopbackB: what is written to one comes in at the other, through the interpreter's buffer of events. A
 * console moved to one is read and answered by the program through the other. Sources: jsdevices.c (jshTransmit,
 * jshPushIOCharEvents), jswrap_serial.c.
 */
import type { Value } from "../../engine/engine.ts";
import { notModelled } from "../interactive.ts";
import type { Machine } from "../machine.ts";
import { pushData, streamMethods } from "../network/stream.ts";
import { busObject, bytesOfAll } from "./common.ts";

const OTHER = { LoopbackA: "LoopbackB", LoopbackB: "LoopbackA" } as const;
type Name = keyof typeof OTHER;
/** The buffer holds the bytes of all events, and two more for each. */
const BUFFER_BYTES = 4096;
const EVENT_BYTES = 64;
const HEAD_BYTES = 2;

export function installLoopback(machine: Machine): void {
  const { engine, port, schedule, clock } = machine;
  /** Written and not yet come in, and how much of the buffer that takes. */
  let waiting: { to: Name; bytes: string }[] = [];
  let usedBytes = 0;
  const objects = new Map<Name, () => ReturnType<ReturnType<typeof busObject>>>();

  const arrive = (): void => {
    const arrived = waiting;
    waiting = [];
    usedBytes = 0;
    for (const { to, bytes } of arrived) {
      // Ctrl-C took effect when it was written.
      if (port.device === to) port.queue(bytes);
      else pushData(machine, (objects.get(to) as () => never)(), bytes);
    }
  };

  /** One character: it joins the last event or begins one; without room it is lost. */
  const push = (to: Name, char: string): void => {
    const last = waiting.at(-1);
    const joins = last?.to === to && last.bytes.length < EVENT_BYTES - 1;
    const needed = joins ? 1 : 1 + HEAD_BYTES;
    if (usedBytes + needed >= BUFFER_BYTES) {
      engine.errorFlags.add("FIFO_FULL");
      return;
    }
    usedBytes += needed;
    if (joins) last.bytes += char;
    else waiting.push({ to, bytes: char });
  };

  const send = (to: Name, bytes: string): undefined => {
    if (bytes === "") return undefined;
    if (port.device === to) port.noticeCtrlC(bytes);
    if (waiting.length === 0) {
      schedule.at(clock.upUs, () => {
        // A new program has devices of its own.
        if (machine.engine === engine) arrive();
      });
    }
    for (const char of bytes) push(to, char);
    return undefined;
  };

  for (const name of Object.keys(OTHER) as Name[]) {
    const to = OTHER[name];
    const text = (args: Value[]) => Buffer.from(bytesOfAll(machine, args)).toString("latin1");
    const refused = ["unsetup", "isConnected"].map((method) => [
      method,
      () => notModelled(machine, `${name}.${method}()`),
    ]);
    objects.set(
      name,
      busObject(machine, "Serial", name, {
        ...Object.fromEntries(refused),
        ...streamMethods(machine),
        setup: () => undefined,
        print: (_self, [value]) => send(to, engine.text(value)),
        println: (_self, [value]) => send(to, `${engine.text(value)}\r\n`),
        write: (_self, args) => send(to, text(args)),
        inject: (_self, args) => send(name, text(args)),
        flush: () => undefined,
        setConsole: () => {
          port.move(name);
          return undefined;
        },
      }),
    );
    port.ports.set(name, { send: (bytes) => send(to, bytes), received: () => {} });
  }
}
