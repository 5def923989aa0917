/**
 * Virtual time. It advances by the operations that the program executes and by jumps to the next event; never by
 * itself. `upUs` counts from power-on and only grows; wall time is that plus an offset which setTime changes.
 */

export class Clock {
  private readonly microsecondsPerOperation: number;
  private readonly operations: () => number;
  private sleptUs = 0;
  private wallOffsetMs: number;

  constructor(startMs: number, microsecondsPerOperation: number, operations: () => number) {
    this.wallOffsetMs = startMs;
    this.microsecondsPerOperation = microsecondsPerOperation;
    this.operations = operations;
  }

  /** Microseconds since power-on. */
  get upUs(): number {
    return Math.floor(this.sleptUs + this.operations() * this.microsecondsPerOperation);
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
