/** The parts of the chip's flash that are modelled, each a Flash of its own: they lose power together. */
import type { Flash } from "./flash.ts";

export class FlashParts {
  readonly all: Flash[] = [];
  /** Told of the microseconds that an operation of any of them took. */
  onBusy: (microseconds: number) => void = () => {};

  constructor(first: Flash) {
    this.add(first);
  }

  add(flash: Flash): void {
    flash.onBusy = (microseconds) => this.onBusy(microseconds);
    this.all.push(flash);
  }

  get isCut(): boolean {
    return this.all.some((flash) => flash.isCut);
  }

  powerOn(): void {
    for (const flash of this.all) flash.powerOn();
  }
}
