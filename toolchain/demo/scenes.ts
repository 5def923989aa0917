/**
 * What stands before each camera of the demo: a drawn world with its own day, or a share of a folder of photographs
 * spread over the day.
 */
import type { Emulator, FrameSource } from "../emulator/emulator.ts";
import { PhotographSource } from "../emulator/native/photographs.ts";
import { drivePir } from "../emulator/world/pir.ts";
import { createWorld } from "../emulator/world/world.ts";
import type { Place } from "./places.ts";

export interface Scene {
  frameSource: FrameSource;
  analog: (pin: string, nowMs: number) => number;
  /** Pulses of the motion sensor over the day. */
  triggers: number;
  /** Schedule those pulses. */
  drive(emulator: Emulator): void;
}

export interface SceneOptions {
  place: Place;
  seed: number;
  startMs: number;
  hours: number;
}

export function drawnScene({ place, ...options }: SceneOptions): Scene {
  const world = createWorld({ ...place, ...options });
  return {
    frameSource: world.frameSource,
    analog: world.analog,
    triggers: world.events.length,
    drive: (emulator) => drivePir(emulator.pins, world.events),
  };
}

const SETTLE_MS = 500;
/** A camera before its share of the photographs, one every so often. */
export function photographScene(folder: string, names: string[], options: SceneOptions): Scene {
  const source = new PhotographSource(folder);
  const stepMs = (options.hours * 3_600_000) / (names.length + 1);
  const events = names.map((name, index) => ({
    name,
    atMs: options.startMs + (index + 1) * stepMs,
  }));
  return {
    frameSource: source,
    analog: drawnScene(options).analog,
    triggers: events.length,
    drive(emulator) {
      for (const { name, atMs } of events) {
        emulator.pins.at(atMs, () => {
          source.show(name);
          // Each photograph is a scene of its own: what the one before looked like is no background for it.
          emulator.evaluate('require("vision").reset()');
        });
      }
      // A little later, so that the photograph hangs there before the sensor sees it.
      drivePir(
        emulator.pins,
        events.map(({ atMs }) => ({ atMs: atMs + SETTLE_MS })),
      );
    },
  };
}
