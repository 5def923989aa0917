/**
 * The board's supply: on, off after a cut, on again. While it is off nothing runs, nothing is heard or said, and the
 * flash stays as the cut left it. Flash operations take virtual time, in which the world goes on.
 */
import type { Machine } from "./machine.ts";
import { PowerCut } from "./power-cut.ts";

export class Supply {
  private readonly machine: Machine;
  /** Of a microsecond: flash times that the clock has not been told of yet. */
  private restUs = 0;
  /** The power went outside a flash operation. */
  private isOff = false;
  /** The board is doing something right now. */
  private isAtWork = false;
  /** Told before each turn. */
  onTurn: () => void = () => {};

  constructor(machine: Machine) {
    this.machine = machine;
    machine.chip.flashParts.onBusy = (microseconds) => {
      this.restUs += microseconds;
      const wholeUs = Math.floor(this.restUs);
      this.restUs -= wholeUs;
      this.passTo(machine.clock.upUs + wholeUs);
    };
    machine.chip.isPowered = () => this.isOn;
    machine.flash.mustStop = () => machine.running.mustStop;
  }

  get isOn(): boolean {
    return !this.isOff && !this.machine.chip.flashParts.isCut;
  }

  /** The power goes now. When the board is at work, whatever it does ends here. */
  cut(): void {
    if (!this.isOn) return;
    this.isOff = true;
    this.machine.hostOperations.abandon();
    if (this.isAtWork) throw new PowerCut();
  }

  /** Work that a cut may end: undefined then, and when there is no power. */
  attempt<T>(work: () => T): T | undefined {
    if (!this.isOn) return undefined;
    const wasAtWork = this.isAtWork;
    this.isAtWork = true;
    try {
      return work();
    } catch (error) {
      if (error instanceof PowerCut) return undefined;
      throw error;
    } finally {
      this.isAtWork = wasAtWork;
    }
  }

  /** One turn of the idle loop; false when there was nothing to do. */
  turn(): boolean {
    this.onTurn();
    return this.attempt(() => this.machine.turn()) ?? false;
  }

  /** Off and on again. The boot that follows may be cut, too. */
  cycle(): void {
    this.isOff = false;
    this.machine.chip.flashParts.powerOn();
    this.attempt(() => this.machine.powerCycle());
  }

  /** Time in which no code runs; what happens outside the board happens. */
  passTo(upUs: number): void {
    const { clock, schedule } = this.machine;
    if (upUs !== Number.POSITIVE_INFINITY) clock.jumpTo(upUs);
    schedule.runHardware(clock.upUs);
  }
}
