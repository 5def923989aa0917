/** A pin as a program holds it: a number to typeof and arithmetic, shown by its name. */
import { EspObject } from "../engine/engine.ts";

export class EspPin extends EspObject {
  readonly pin: number;

  constructor(pin: number, proto: EspObject | null) {
    super(proto);
    this.pin = pin;
  }

  get name(): string {
    return `D${this.pin}`;
  }
}
