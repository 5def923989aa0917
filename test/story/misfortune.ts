/**
 * The bad luck of one camera: its power goes fifty times, now and then in the middle of a flash operation, and comes back
 * seconds or minutes later. Drawn from dice, so that a story can be told again.
 */
import type { TornWrite } from "../../toolchain/emulator/emulator.ts";
import type { Dice } from "../fuzz/dice.ts";
import type { StoryCamera } from "./crew.ts";

const TORN: TornWrite[] = ["none", "prefix", { kind: "random", seed: 7 }, "half-erase"];
/** Flash operations ahead at which it is cut: a contact makes a few, an update about a thousand. */
const AHEAD_MAX = [5, 30, 250];
const OFF_MS_MAX = 180_000;
/** A release on trial has three starts: that it takes no more is the promise, so no more are taken from it. */
const CUTS_PER_TRIAL = 2;

export class Misfortune {
  /** Times that the power went; those of them that tore a flash operation. */
  cuts = 0;
  torn = 0;
  readonly wanted: number;
  private readonly camera: StoryCamera;
  private readonly dice: Dice;
  private trial = "";
  private inTrial = 0;
  private backMs = 0;
  private isArmed = false;

  constructor(camera: StoryCamera, dice: Dice, wanted: number) {
    this.camera = camera;
    this.dice = dice;
    this.wanted = wanted;
  }

  /** Before each step. @param perMille how likely the power goes in it */
  strike(nowMs: number, perMille: number): void {
    const { emulator } = this.camera;
    if (!emulator.isOn) this.restore(nowMs);
    else if (this.cuts < this.wanted && this.maySuffer()) this.plan(nowMs, perMille);
  }

  private restore(nowMs: number): void {
    if (this.isArmed && this.camera.emulator.flash.isCut) {
      this.isArmed = false;
      this.count(true);
    }
    this.backMs ||= nowMs + this.dice.below(OFF_MS_MAX);
    if (nowMs < this.backMs) return;
    this.backMs = 0;
    this.camera.emulator.powerCycle();
  }

  private plan(nowMs: number, perMille: number): void {
    if (this.dice.below(1000) >= perMille) return;
    const { emulator } = this.camera;
    if (!this.isArmed && this.dice.chance(60)) {
      this.isArmed = true;
      const ahead = 1 + this.dice.below(this.dice.pick(AHEAD_MAX));
      emulator.flash.cutAt(ahead, this.dice.pick(TORN));
      return;
    }
    emulator.pins.at(nowMs + this.dice.below(30_000), () => {
      if (!emulator.isOn) return;
      this.count(false);
      emulator.power.cut();
    });
  }

  private count(isTorn: boolean): void {
    this.cuts++;
    if (isTorn) this.torn++;
    if (this.onTrial()) this.inTrial++;
  }

  private maySuffer(): boolean {
    const trial = this.onTrial();
    if (trial !== this.trial) this.inTrial = 0;
    this.trial = trial;
    return !trial || this.inTrial < CUTS_PER_TRIAL;
  }

  /** The release that was staged last and has not come to its end, "" for none. */
  private onTrial(): string {
    const staged = this.camera.lines(/release (\d+) staged/).at(-1);
    const ended = this.camera.lines(/release (\d+)(: confirmed| not kept)/).at(-1);
    return staged && (ended?.index ?? -1) < (staged.index ?? 0) ? (staged[1] as string) : "";
  }
}
