/** A fresh interpreter wired to a board: its clock, console, random numbers and event queue. */
import { Engine } from "../engine/engine.ts";
import type { EventQueue } from "./event-queue.ts";
import type { Machine } from "./machine.ts";

/** `events` is the queue of the program that this engine will run. */
export function createEngine(machine: Machine, events: EventQueue): Engine {
  const engine = new Engine({
    layout: machine.board.layout,
    strict: machine.options.isStrict ?? true,
    host: {
      nowMs: () => machine.clock.nowMs,
      output: (text) => machine.print(text),
      random: () => machine.random.next(),
      missing: (what) => machine.missing.add(what),
    },
  });
  engine.queueEvent = (run) => {
    events.push(() => machine.faults.protectEvent(() => machine.runCode(run)));
  };
  machine.running.hurry = () => {
    engine.nextCheck = 0;
  };
  machine.profile.attach(engine);
  engine.operationHook = () => machine.running.check();
  return engine;
}
