/**
 * Everything that will happen at a known virtual time besides the program's timers: scripted hardware events, radio
 * events, answers of host operations. And the host operations still under way, ahead of which time may not run.
 */

interface Entry {
  atUs: number;
  run: () => void;
  /** Happens even while code runs, as an interrupt would. */
  isHardware: boolean;
}

export class Schedule {
  private readonly entries: Entry[] = [];

  /** Entries of the same time run in the order they were added. */
  at(atUs: number, run: () => void, isHardware = false): void {
    const entry = { atUs, run, isHardware };
    let place = this.entries.length;
    while (place > 0 && (this.entries[place - 1] as Entry).atUs > atUs) place--;
    this.entries.splice(place, 0, entry);
  }

  nextUs(): number {
    return this.entries[0]?.atUs ?? Number.POSITIVE_INFINITY;
  }

  /** When hardware next does something. */
  nextHardwareUs(): number {
    return this.entries.find(({ isHardware }) => isHardware)?.atUs ?? Number.POSITIVE_INFINITY;
  }

  /** Run what is due. Returns whether anything ran. */
  runDue(nowUs: number): boolean {
    let hasRun = false;
    while (this.nextUs() <= nowUs) {
      hasRun = true;
      this.entries.shift()?.run();
    }
    return hasRun;
  }

  /** The same for hardware events alone; used while code runs. */
  runHardware(nowUs: number): void {
    for (let i = 0; i < this.entries.length; ) {
      const entry = this.entries[i] as Entry;
      if (entry.atUs > nowUs) return;
      if (entry.isHardware) {
        this.entries.splice(i, 1);
        entry.run();
      } else i++;
    }
  }
}

export type Outcome<T> = { value: T; error?: undefined } | { value?: undefined; error: unknown };

/** Work of the host (a frame being drawn, a request on a socket) whose result reaches the program later. */
export class HostOperations {
  private readonly schedule: Schedule;
  private readonly nowUs: () => number;
  /** Called when the host has something for the board that nobody waited for. */
  onEvent: () => void = () => {};
  private readonly running = new Set<Promise<void>>();
  private generation = 0;

  constructor(schedule: Schedule, nowUs: () => number) {
    this.schedule = schedule;
    this.nowUs = nowUs;
  }

  get isPending(): boolean {
    return this.running.size > 0;
  }

  /** Deliver the outcome `latencyMs` of virtual time after this call, once the promise is settled. */
  pending<T>(promise: Promise<T>, latencyMs: number, deliver: (outcome: Outcome<T>) => void): void {
    const dueUs = this.nowUs() + Math.round(latencyMs * 1000);
    const { generation } = this;
    const finish = (outcome: Outcome<T>) => {
      this.running.delete(tracked);
      // What was asked for before a reset must not reach the program after it.
      this.schedule.at(dueUs, () => {
        if (generation === this.generation) deliver(outcome);
      });
    };
    const tracked: Promise<void> = promise.then(
      (value) => finish({ value }),
      (error) => finish({ error }),
    );
    this.running.add(tracked);
  }

  /** Resolves when one of them has settled. */
  async settled(): Promise<void> {
    await Promise.race(this.running);
  }

  /** Forget them all: a reset or power cut. */
  abandon(): void {
    this.generation++;
    this.running.clear();
  }
}
