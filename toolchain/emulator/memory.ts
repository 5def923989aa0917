/** Interpreter memory (JsVars) as a test sees it: what is in use, the most that was, and who holds it. */
import type { Machine } from "./board/machine.ts";
import { type Holder, holdersOf } from "./engine/holders.ts";

export type { Holder };

export class Memory {
  private readonly machine: Machine;
  private highest = 0;
  private atHighest: Holder[] = [];

  constructor(machine: Machine) {
    this.machine = machine;
  }

  /** JsVars in use now, everything reachable counted. */
  get usage(): number {
    return this.look().usage;
  }

  /** JsVars not in use. */
  get free(): number {
    return this.look().free;
  }

  /** JsVars of the board: 16383, or 4095 on the ESP32-C3. */
  get total(): number {
    return this.machine.board.layout.variables;
  }

  /**
   * Highest use seen at any look since the first power-on. The interpreter looks by itself when half as much again
   * has been made, `usage` looks now, and after `lookEvery` it looks that often.
   */
  get peak(): number {
    this.look();
    return this.highest;
  }

  /** Who holds the JsVars in use now, largest first; their sum is `usage`. */
  holders(): Holder[] {
    return holdersOf(this.machine.engine);
  }

  /** Who held them at the highest use seen since `lookEvery`, or when it was called; empty without it. */
  get holdersAtPeak(): Holder[] {
    return this.atHighest;
  }

  /** From now on look after so many operations, also inside calls, and keep who held what at the peak. Costs time. */
  lookEvery(operations: number): void {
    const keep = () => {
      const { memoryPeak } = this.machine.engine;
      if (memoryPeak <= this.highest) return;
      this.highest = memoryPeak;
      this.atHighest = this.holders();
    };
    this.machine.profile.watchMemory(operations, keep);
    this.look();
    if (this.atHighest.length === 0) this.atHighest = this.holders();
  }

  private look(): { usage: number; free: number } {
    const { usage, free, peak } = this.machine.engine.memory();
    this.highest = Math.max(this.highest, peak);
    return { usage, free };
  }
}
