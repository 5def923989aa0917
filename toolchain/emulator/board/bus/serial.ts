/** Serial ports. The console's port writes to the console; the others reach what a test attached. Source: jswrap_serial.c. */
import type { Value } from "../../engine/engine.ts";
import { notModelled } from "../interactive.ts";
import type { Machine } from "../machine.ts";
import { pushData, streamMethods } from "../network/stream.ts";
import type { Attachments } from "./attachments.ts";
import { busClass, busObject, bytesOfAll, nothingAttached } from "./common.ts";

const DEFAULT_BAUD = 9600;
/** Start bit, eight data bits, stop bit. */
const BITS_PER_BYTE = 10;
/** Of one event in the interpreter's buffer. */
const EVENT_BYTES = 64;
const NOT_MODELLED = ["unsetup", "isConnected"];

export function installSerial(machine: Machine, attached: Attachments): void {
  busClass(machine, "Serial");
  for (const name of Object.keys(machine.board.serial)) installPort(machine, attached, name);
}

function installPort(machine: Machine, attached: Attachments, name: string): void {
  const { engine, schedule, clock } = machine;
  /** The host is connected to it. */
  const isHost = name === machine.board.console;
  let baud: number | undefined;
  /** When the last byte from outside will have come in. */
  let arrivedUs = 0;

  const receive = (bytes: string): void => {
    if (baud === undefined) return;
    const tookUs = ((bytes.length * BITS_PER_BYTE) / baud) * 1e6;
    arrivedUs = Math.max(arrivedUs, clock.upUs) + Math.ceil(tookUs);
    schedule.at(arrivedUs, () => {
      // After a restart nobody waits for them.
      if (machine.engine === engine) machine.port.receive(name, bytes);
    });
  };
  const send = (bytes: string): undefined => {
    if (isHost) {
      machine.onOutput(bytes);
      return undefined;
    }
    if (baud === undefined) return notModelled(machine, `${name} before setup()`);
    const device = attached.serial(name);
    if (!device) return nothingAttached(machine, name);
    device.receive(bytes);
    return undefined;
  };
  const text = (args: Value[]) => Buffer.from(bytesOfAll(machine, args)).toString("latin1");
  const refused = NOT_MODELLED.map((method) => [
    method,
    () => notModelled(machine, `${name}.${method}()`),
  ]);
  const object = busObject(machine, "Serial", name, {
    ...Object.fromEntries(refused),
    ...streamMethods(machine),
    setup: (_self, [rate]) => {
      const wanted = engine.number(rate);
      baud = wanted > 0 ? wanted : DEFAULT_BAUD;
      return undefined;
    },
    print: (_self, [value]) => send(engine.text(value)),
    println: (_self, [value]) => send(`${engine.text(value)}\r\n`),
    write: (_self, args) => send(text(args)),
    inject: (_self, args) => {
      if (isHost) machine.receive(text(args));
      else receive(text(args));
      return undefined;
    },
    flush: () => undefined,
    setConsole: () => {
      machine.port.move(name);
      return undefined;
    },
  });
  machine.port.ports.set(name, {
    send: (bytes) => {
      baud ??= DEFAULT_BAUD;
      attached.serial(name)?.receive(bytes);
    },
    received: (bytes) => {
      for (let at = 0; at < bytes.length; at += EVENT_BYTES) {
        pushData(machine, object(), bytes.slice(at, at + EVENT_BYTES));
      }
    },
  });
  attached.listen(name, receive);
}
