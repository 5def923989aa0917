/**
 * Virtual time. It advances by the operations that the program executes and by jumps to the next event; never by
 * itself. `upUs` counts the board's oscillator from the emulator's start and only grows, in deep sleep too. True time
 * follows from it by the oscillator's drift; the board's own idea of the time is an offset which setTime changes.
 */

export class Clock {
  private readonly microsecondsPerOperation: number;
  private readonly operations: () => number;
  private sleptUs = 0;
  private readonly startMs: number;
  private wallOffsetMs: number;
  /** Time of the board's oscillator for each unit of true time. */
  readonly rate: number;

  constructor(
    startMs: number,
    microsecondsPerOperation: number,
    operations: () => number,
    driftPpm = 0,
  ) {
    this.startMs = startMs;
    this.rate = 1 + driftPpm / 1e6;
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
    return this.startMs + this.upUs / 1000 / this.rate;
  }

  /** The moment on the board's oscillator of a virtual UTC time, in microseconds since power-on. */
  upUsAt(trueMs: number): number {
    return Math.round((trueMs - this.startMs) * 1000 * this.rate);
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
