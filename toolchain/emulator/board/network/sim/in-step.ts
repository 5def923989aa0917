/**
 * Several emulators in one virtual time: each in turn runs up to a moment before which nothing of the others can reach
 * it (the next thing that any of them has to do, and the shortest way over the network), then all go on from there.
 */

/** One emulator. Times are virtual UTC milliseconds. */
export interface Stepped {
  nowMs(): number;
  /** When it next has something to do. */
  nextMs(): number;
  run(until: { untilMs: number; until?: () => boolean }): Promise<void>;
}

export class InStep {
  private readonly emulators = new Set<Stepped>();

  /** Returns how to take it out again. */
  add(emulator: Stepped): () => void {
    this.emulators.add(emulator);
    return () => void this.emulators.delete(emulator);
  }

  async run(
    { ms, untilMs, until }: { ms?: number; untilMs?: number; until?: () => boolean },
    lookaheadMs: number,
  ): Promise<void> {
    const startMs = Math.min(...this.list().map((each) => each.nowMs()));
    const openEndMs = until ? Number.POSITIVE_INFINITY : startMs;
    const endMs = ms === undefined ? (untilMs ?? openEndMs) : startMs + ms;
    const isDone = () => until?.() === true;
    while (!isDone()) {
      const nextMs = Math.min(...this.list().map((each) => Math.max(each.nextMs(), each.nowMs())));
      const stepMs = Math.min(endMs, nextMs + lookaheadMs);
      if (stepMs === Number.POSITIVE_INFINITY) return;
      for (const emulator of this.list()) {
        if (isDone()) return;
        // It was busy for longer than that; the others have to catch up.
        if (emulator.nowMs() > stepMs) continue;
        await emulator.run({ untilMs: stepMs, until: isDone });
      }
      if (stepMs >= endMs) return;
    }
  }

  private list(): Stepped[] {
    if (this.emulators.size === 0) throw new Error("boot an emulator on this network first");
    return [...this.emulators];
  }
}
