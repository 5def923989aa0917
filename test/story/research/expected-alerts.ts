/** Which alerts the month must raise, counted from the ledger: what was seen, when cameras were heard of, what their batteries had. */
import type { LightCamera } from "./cameras.ts";
import {
  END_S,
  INTERVAL_S,
  type Month,
  NIGHT_BELOW,
  NO_GO,
  type Seen,
  sunAltitude,
} from "./month.ts";

export const RULES = {
  people: {
    ...{ name: "people at the gate by night", severity: "P1", capPerHour: 1000 },
    when: {
      ...{ observationTypes: ["human", "vehicle"], inside: NO_GO, sunBelow: NIGHT_BELOW },
      probabilityMin: 0.6,
    },
  },
  leopard: {
    ...{ name: "a leopard", severity: "P2", capPerHour: 1000, dedupMinutes: 120 },
    when: { scientificNames: ["Panthera pardus"], probabilityMin: 0.5 },
  },
  herd: {
    ...{ name: "a herd at the gate", severity: "P3", capPerHour: 1000, dedupMinutes: 600 },
    when: { scientificNames: ["Elephant"], countMin: 4, sites: ["gate"] },
  },
  trouble: {
    ...{ name: "cameras in need", severity: "P4", capPerHour: 1000 },
    when: { troubles: ["silent", "batteryLow"] },
  },
};
type Rule = keyof typeof RULES;

/** "rule camera subject count first last", times in seconds; those of troubles are the server's and left out. */
export function expectedAlerts(month: Month, crew: LightCamera[], ticks: number[]): string[] {
  const found: string[] = [];
  const sightings = (rule: Rule, dedupMinutes: number, isWanted: (seen: Seen) => boolean) => {
    const groups = new Map<string, Seen[][]>();
    for (const seen of month.seen.filter(isWanted)) {
      const subject = seen.name ? `${seen.kind} ${seen.name}` : seen.kind;
      const key = `${RULES[rule].name} | ${month.cameras[seen.camera]?.name} | ${subject}`;
      const runs = groups.get(key) ?? [];
      groups.set(key, runs);
      const last = runs.at(-1);
      const isNear = last && seen.startS - (last.at(-1)?.startS ?? 0) <= dedupMinutes * 60;
      if (isNear) last.push(seen);
      else runs.push([seen]);
    }
    for (const [key, runs] of groups) {
      for (const run of runs) {
        found.push(`${key} | ${run.length} | ${run[0]?.startS} | ${run.at(-1)?.startS}`);
      }
    }
  };
  const siteOf = ({ camera }: Seen) => month.cameras[camera]?.site.name;
  sightings("people", 10, (seen) => {
    const place = month.cameras[seen.camera];
    const isPerson = seen.kind === "human" || seen.kind === "vehicle";
    if (!place || !isPerson || siteOf(seen) !== "gate" || seen.probability < 0.6) return false;
    return sunAltitude(seen.startS, place) < NIGHT_BELOW;
  });
  sightings("leopard", 120, ({ name, probability }) => {
    return name === "Panthera pardus" && probability >= 0.5;
  });
  sightings("herd", 600, (seen) => {
    return seen.name === "elephant" && seen.count >= 4 && siteOf(seen) === "gate";
  });
  const trouble = (camera: LightCamera, name: string) => {
    found.push(`${RULES.trouble.name} | ${camera.plan.name} | trouble ${name} | 1`);
  };
  for (const camera of crew) {
    for (let n = silences(camera, ticks); n > 0; n--) trouble(camera, "silent");
    if (camera.plan.lowBattery) trouble(camera, "batteryLow");
  }
  return found.sort();
}

/** How often the server, looking at these times, finds that a camera missed two of its intervals. */
function silences({ contacts }: LightCamera, ticks: number[]): number {
  let count = 0;
  contacts.forEach(({ timeS }, n) => {
    const nextS = contacts[n + 1]?.timeS ?? END_S;
    if (ticks.some((tickS) => tickS < nextS && tickS > timeS + 2 * INTERVAL_S)) count++;
  });
  return count;
}
