/** Work that runs after the current code, in order: queued `emit`, promise reactions, callbacks of the radio. */

export class EventQueue {
  private readonly queue: (() => void)[] = [];

  get isEmpty(): boolean {
    return this.queue.length === 0;
  }

  push(run: () => void): void {
    this.queue.push(run);
  }

  /** Run everything, also what is queued meanwhile, until `isStopped` says so. Returns whether anything ran. */
  drain(run: (work: () => void) => void, isStopped: () => boolean): boolean {
    let hasRun = false;
    for (let work = this.queue.shift(); work; work = isStopped() ? undefined : this.queue.shift()) {
      hasRun = true;
      run(work);
    }
    return hasRun;
  }

  clear(): void {
    this.queue.length = 0;
  }
}
