/**
 * What the wind moves close to the lens: clumps of tall grass and an overhanging branch. Drawn anew for every frame;
 * in strong gusts this is what sets a heat sensor off without an animal.
 */
import {
  blob,
  type Canvas,
  type Colour,
  groundRow,
  HEIGHT,
  mix,
  scaleAt,
  scaled,
  stroke,
  WIDTH,
} from "./canvas.ts";
import { type Light, lampAt } from "./light.ts";
import { between, createRandom } from "./random.ts";

interface Blade {
  x: number;
  distanceM: number;
  lengthM: number;
  lean: number;
  phase: number;
  colour: Colour;
}

interface Leaf {
  x: number;
  y: number;
  radius: number;
  colour: Colour;
  phase: number;
}

export interface Foreground {
  blades: Blade[];
  leaves: Leaf[];
}

const STRAW: Colour = [188, 168, 112];
const GREEN: Colour = [104, 120, 58];
/** The branch hangs this far away. */
const BRANCH_M = 1.6;

export function createForeground(seed: number): Foreground {
  const random = createRandom(seed);
  const blades: Blade[] = [];
  const clumps = 5 + Math.floor(random() * 6);
  for (let clump = 0; clump < clumps; clump++) {
    const distanceM = between(random, 1.25, 2.6);
    const middle = random() * WIDTH;
    for (let i = 0; i < 26; i++)
      blades.push({
        x: middle + between(random, -0.16, 0.16) * scaleAt(distanceM),
        distanceM: distanceM + between(random, -0.1, 0.1),
        lengthM: between(random, 0.15, 0.42),
        lean: between(random, -0.12, 0.12),
        phase: random() * 2,
        colour: scaled(mix(STRAW, GREEN, random()), between(random, 0.65, 1.15)),
      });
  }
  blades.sort((a, b) => b.distanceM - a.distanceM);
  const hasBranch = random() < 0.6;
  const side = random() < 0.5 ? 0 : 1;
  const leaves: Leaf[] = Array.from({ length: hasBranch ? 42 : 0 }, () => {
    const along = random();
    return {
      x: side * WIDTH + (side ? -1 : 1) * along * 105,
      y: 4 + along * 34 + between(random, -9, 12),
      radius: between(random, 3, 6.5),
      colour: scaled(mix([70, 92, 44], [122, 132, 70], random()), between(random, 0.6, 1.1)),
      phase: random() * 6,
    };
  });
  return { blades, leaves };
}

function lit(colour: Colour, light: Light, distanceM: number): Colour {
  if (!light.isInfrared)
    return [colour[0] * light.gain[0], colour[1] * light.gain[1], colour[2] * light.gain[2]];
  const grey = (0.3 * colour[0] + 0.6 * colour[1] + 0.1 * colour[2]) * lampAt(distanceM);
  return [grey, grey, grey];
}

/** @param wind 0 calm .. 1 strong gust */
export function drawForeground(
  canvas: Canvas,
  { blades, leaves }: Foreground,
  light: Light,
  wind: number,
  nowMs: number,
): void {
  // Whole hours are dropped so that sines keep their precision.
  const seconds = (nowMs % 3_600_000) / 1000;
  for (const blade of blades) {
    const scale = scaleAt(blade.distanceM);
    const sway = wind * (0.1 + 0.16 * Math.sin(seconds * 4.2 + blade.phase + blade.x * 0.02));
    stroke(
      canvas,
      { x: blade.x, y: Math.min(HEIGHT + 30, groundRow(blade.distanceM)) },
      blade.lengthM * scale,
      (blade.lean + sway) * scale,
      scale * 0.011,
      lit(blade.colour, light, blade.distanceM),
      blade.distanceM,
    );
  }
  for (const leaf of leaves) {
    const swing = wind * 9 * Math.sin(seconds * 3.1 + leaf.phase * 0.4);
    const flutter = wind * 2.5 * Math.sin(seconds * 9 + leaf.phase);
    const centre = { x: leaf.x + swing, y: leaf.y + flutter + Math.abs(swing) * 0.3 };
    blob(
      canvas,
      centre,
      leaf.radius,
      leaf.radius * 0.55,
      lit(leaf.colour, light, BRANCH_M),
      BRANCH_M,
    );
  }
}
