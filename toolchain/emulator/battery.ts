/**
 * A lithium cell under an emulated board: charge goes by stated currents, voltage follows from what is left. Typical
 * figures of such cells and chips, labelled as estimates: nothing here was measured on a board.
 */

export interface BatteryOptions {
  /** Default 2600. */
  capacityMah?: number;
  /** Charge at power-on, percent; default 80. */
  chargePct?: number;
  /** Pin at which the program can measure the cell, behind a divider; "" for none. Default the board's own. */
  pin?: string;
  /** Cell voltage over pin voltage; default 2. */
  divider?: number;
  /** What the board draws; default `CURRENTS_MA`. */
  currentsMa?: Partial<Currents>;
}

/** Milliamperes by what the board does. */
export interface Currents {
  /** Code runs. */
  active: number;
  /** The interpreter waits for a timer or an edge, radio off. */
  idle: number;
  /** On top of those while it is on a Wi-Fi network. */
  wifi: number;
  /** Deep sleep, board and sensor included. */
  asleep: number;
}

/** Orders of magnitude of ESP32 boards; a board of your own may differ by far. */
export const CURRENTS_MA: Readonly<Currents> = { active: 50, idle: 25, wifi: 80, asleep: 0.1 };

/** Open-circuit millivolts by percent of charge: the usual curve of a 3.7 V cell. */
const CURVE: readonly (readonly [pct: number, mv: number])[] = [
  [0, 3000],
  [5, 3450],
  [10, 3680],
  [20, 3740],
  [30, 3770],
  [40, 3790],
  [50, 3820],
  [60, 3870],
  [70, 3920],
  [80, 3980],
  [90, 4060],
  [100, 4200],
];

/** Full scale of the chip's analog input. */
const PIN_MV_MAX = 3300;
const HOUR_US = 3.6e9;

export class Battery {
  readonly pin: string;
  readonly currentsMa: Readonly<Currents>;
  readonly capacityMah: number;
  /** Charge in the cell. */
  chargeMah: number;
  /** Drawn by the board so far. */
  drawnMah = 0;
  private readonly divider: number;

  constructor(options: BatteryOptions, boardPin: string) {
    this.capacityMah = options.capacityMah ?? 2600;
    this.chargeMah = (this.capacityMah * (options.chargePct ?? 80)) / 100;
    this.pin = options.pin ?? boardPin;
    this.divider = options.divider ?? 2;
    this.currentsMa = { ...CURRENTS_MA, ...options.currentsMa };
  }

  /** Draw a current for so long. */
  draw(ma: number, us: number): void {
    const mah = Math.min(this.chargeMah, (ma * us) / HOUR_US);
    this.chargeMah -= mah;
    this.drawnMah += mah;
  }

  /** Put charge in, or with a negative number take it out; full is full, empty is empty. */
  charge(mah: number): void {
    this.chargeMah = Math.min(this.capacityMah, Math.max(0, this.chargeMah + mah));
  }

  get isEmpty(): boolean {
    return this.chargeMah <= 0;
  }

  /** Millivolts of the cell. */
  get mv(): number {
    const pct = (100 * this.chargeMah) / this.capacityMah;
    const above = Math.max(
      1,
      CURVE.findIndex(([at]) => at >= pct),
    );
    const [fromPct, fromMv] = CURVE[above - 1] as readonly [number, number];
    const [toPct, toMv] = CURVE[above] as readonly [number, number];
    return Math.round(fromMv + ((pct - fromPct) / (toPct - fromPct)) * (toMv - fromMv));
  }

  /** What an analog input behind the divider reads, 0..1. */
  get level(): number {
    return this.mv / this.divider / PIN_MV_MAX;
  }
}
