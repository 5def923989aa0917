/**
 * Virtual time. It advances by the operations that the program executes and by jumps to the next event; never by
 * itself. `upUs` counts from the emulator's start and only grows. True time is that plus a fixed start; the board's
 * own idea of the time is an offset which setTime changes.
 */

export class Clock {
  private readonly microsecondsPerOperation: number;
  private readonly operations: () => number;
  private sleptUs = 0;
  private readonly startMs: number;
  private wallOffsetMs: number;

  constructor(startMs: number, microsecondsPerOperation: number, operations: () => number) {
    this.startMs = startMs;
    this.wallOffsetMs = startMs;
    this.microsecondsPerOperation = microsecondsPerOperation;
    this.operations = operations;
  }

  /** Microseconds since power-on. */
  get upUs(): number {
    return Math.floor(this.sleptUs + this.operations() * this.microsecondsPerOperation);
  }

  /** Virtual UTC, milliseconds since 1970: what the world goes by. */
  get trueMs(): number {
    return this.startMs + this.upUs / 1000;
  }

  /** Milliseconds since 1970 as the program sees them. */
  get nowMs(): number {
    return this.wallOffsetMs + this.upUs / 1000;
  }

  setWall(ms: number): void {
    this.wallOffsetMs = ms - this.upUs / 1000;
  }

  /** Wall time of a moment given in microseconds since power-on. */
  wallMsAt(upUs: number): number {
    return this.wallOffsetMs + upUs / 1000;
  }

  /** Sleep until a moment; moments in the past leave the clock alone. */
  jumpTo(upUs: number): void {
    if (upUs > this.upUs) this.sleptUs += upUs - this.upUs;
  }
}
