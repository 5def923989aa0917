/**
 * The board's supply as a test sees it: on, cut, on again, and with `battery` what it runs on: a cell whose voltage the
 * program may measure, which loses charge to what the board does, can be charged and drained, and runs flat.
 */
import { Battery, type BatteryOptions } from "./battery.ts";
import type { Machine } from "./board/machine.ts";
import type { ResetReason } from "./board/power-down.ts";
import type { Supply } from "./board/supply.ts";
import { WIRING } from "./wiring.ts";

export class Power {
  private readonly machine: Machine;
  private readonly supply: Supply;
  private readonly cell: Battery | undefined;
  private settledUs: number;
  private settledOperations: number;

  constructor(machine: Machine, supply: Supply, options: BatteryOptions | undefined) {
    this.machine = machine;
    this.supply = supply;
    this.settledUs = machine.clock.upUs;
    this.settledOperations = machine.operations;
    if (!options) return;
    supply.onTurn = () => this.settle();
    this.cell = new Battery(options, WIRING[machine.board.name].batteryPin);
  }

  /** False after a cut, and with an empty cell. */
  get isOn(): boolean {
    this.settle();
    return this.supply.isOn;
  }

  /** In deep sleep. */
  get isAsleep(): boolean {
    return this.machine.chip.isAsleep;
  }

  /** Why the board last started. */
  get resetReason(): ResetReason {
    return this.machine.chip.resetReason;
  }

  /** The power goes now, whatever the board is doing; flash stays as it is. `flash.cutAt` cuts inside a flash operation. */
  cut(): void {
    this.settle();
    this.supply.cut();
  }

  /** Power on, after switching it off if it is on: RAM is lost, flash stays. An empty cell gives none. */
  restore(): void {
    this.settle();
    if (this.cell?.isEmpty) throw new Error("the battery is empty: charge it first");
    this.supply.cycle();
  }

  /** Millivolts of the cell, 3000 to 4200. Throws without `battery`. */
  get batteryMv(): number {
    return this.battery().mv;
  }

  /** Charge in the cell, percent of its capacity. */
  get chargePct(): number {
    const { chargeMah, capacityMah } = this.battery();
    return (100 * chargeMah) / capacityMah;
  }

  /** What the board has drawn from the cell so far, by the stated currents: an estimate. */
  get drawnMah(): number {
    return this.battery().drawnMah;
  }

  /** Put charge into the cell, at most until it is full. */
  charge(mah: number): void {
    this.battery().charge(mah);
  }

  /** Take charge out of the cell. The board goes off when it is empty. */
  drain(mah: number): void {
    this.battery().charge(-mah);
    this.settle();
  }

  /** What the chip's input reads at a pin, 0..1; undefined at any but the battery's. */
  level(pin: string): number | undefined {
    return this.cell && pin === this.cell.pin ? this.battery().level : undefined;
  }

  private battery(): Battery {
    if (!this.cell) throw new Error("boot the emulator with a battery: { battery: {} }");
    this.settle();
    return this.cell;
  }

  /** Draw what the board has used since the last time. What it is doing now it did all the while. */
  private settle(): void {
    const { cell, machine } = this;
    if (!cell) return;
    const { active, idle, wifi, asleep } = cell.currentsMa;
    const passedUs = machine.clock.upUs - this.settledUs;
    const operations = machine.operations - this.settledOperations;
    this.settledUs += passedUs;
    this.settledOperations += operations;
    if (!this.supply.isOn) return;
    if (this.isAsleep) cell.draw(asleep, passedUs);
    else {
      cell.draw(idle + (machine.network.wifi.station.isConnected ? wifi : 0), passedUs);
      cell.draw(active - idle, operations * machine.board.microsecondsPerOperation);
    }
    if (cell.isEmpty) this.supply.cut();
  }
}
