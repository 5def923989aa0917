/**
 * Protocols as data, and where deployments deviate from one. A field that was not recorded is said to be missing, not wrong.
 * Source: SNAPSHOT USA (Kays et al. 2022; Shamon et al. 2024): unbaited, about 50 cm high, at least 8 cameras an array, 200 m to
 * 5 km apart, September and October with two weeks to either side. The ±20 cm about the height are ours.
 */
import type { Deployment } from "../research/camtrap-dp.ts";

type Rule =
  | {
      kind: "range";
      field: "cameraHeight" | "cameraTilt" | "cameraDelay" | "detectionDistance";
      minimum: number;
      maximum: number;
      unit: string;
    }
  | { kind: "equal"; field: "baitUse"; value: boolean }
  /** MM-DD, both days included, may wrap around the year. */
  | { kind: "season"; from: string; to: string; toleranceDays: number }
  /** Distance to the nearest other location. */
  | { kind: "spacing"; minimumM: number; maximumM: number }
  | { kind: "cameras"; least: number };

export interface Protocol {
  title: string;
  rules: readonly Rule[];
}

export const PROTOCOLS: Record<string, Protocol> = {
  "snapshot-usa": {
    title: "SNAPSHOT USA",
    rules: [
      { kind: "range", field: "cameraHeight", minimum: 0.3, maximum: 0.7, unit: "m" },
      { kind: "equal", field: "baitUse", value: false },
      { kind: "season", from: "09-01", to: "10-31", toleranceDays: 14 },
      { kind: "spacing", minimumM: 200, maximumM: 5000 },
      { kind: "cameras", least: 8 },
    ],
  },
};

export interface Deviation {
  /** "" for the whole array. */
  deploymentID: string;
  rule: Rule["kind"] | string;
  found: string;
  wanted: string;
  /** Not recorded rather than wrong. */
  isMissing: boolean;
}

type Finding = Omit<Deviation, "deploymentID" | "rule"> | undefined;
type Check<K extends Rule["kind"]> = (
  rule: Extract<Rule, { kind: K }>,
  deployment: Deployment,
  all: readonly Deployment[],
) => Finding;

const wrong = (found: string, wanted: string): Finding => ({ found, wanted, isMissing: false });
const missing = (wanted: string): Finding => ({ found: "not recorded", wanted, isMissing: true });

const CHECKS: { [K in Exclude<Rule["kind"], "cameras">]: Check<K> } = {
  range({ field, minimum, maximum, unit }, deployment) {
    const wanted = `${minimum} to ${maximum} ${unit}`;
    const value = deployment[field];
    if (value === undefined) return missing(wanted);
    return value < minimum || value > maximum ? wrong(`${value} ${unit}`, wanted) : undefined;
  },
  equal({ field, value }, deployment) {
    const found = deployment[field];
    if (found === undefined) return missing(String(value));
    return found === value ? undefined : wrong(String(found), String(value));
  },
  season({ from, to, toleranceDays }, deployment) {
    const wanted = `${from} to ${to}, ${toleranceDays} days to either side`;
    const outside = [deployment.deploymentStart, deployment.deploymentEnd].filter(
      (time) => !isInSeason(Date.parse(time), from, to, toleranceDays),
    );
    const lengthMs = Date.parse(deployment.deploymentEnd) - Date.parse(deployment.deploymentStart);
    // From one season into the next, both ends are inside and most of it is not.
    if (outside.length === 0 && lengthMs < 300 * DAY_MS) return undefined;
    return wrong(
      `${deployment.deploymentStart.slice(0, 10)} to ${deployment.deploymentEnd.slice(0, 10)}`,
      wanted,
    );
  },
  spacing({ minimumM, maximumM }, deployment, all) {
    const wanted = `${minimumM} to ${maximumM} m to the nearest`;
    const nearest = Math.min(
      ...all.filter((other) => isElsewhere(other, deployment)).map((o) => distanceM(o, deployment)),
    );
    if (nearest === Number.POSITIVE_INFINITY) return undefined;
    return nearest < minimumM || nearest > maximumM
      ? wrong(`${Math.round(nearest)} m`, wanted)
      : undefined;
  },
};

const DAY_MS = 86_400_000;

function isInSeason(ms: number, from: string, to: string, toleranceDays: number): boolean {
  const year = new Date(ms).getUTCFullYear();
  const day = (y: number, monthDay: string) => Date.parse(`${y}-${monthDay}T00:00:00Z`);
  const wraps = to < from ? 1 : 0;
  return [year - 1, year, year + 1].some(
    (y) =>
      ms >= day(y, from) - toleranceDays * DAY_MS &&
      ms < day(y + wraps, to) + (toleranceDays + 1) * DAY_MS,
  );
}

const siteOf = ({ locationID, latitude, longitude }: Deployment): string =>
  locationID ?? `${latitude},${longitude}`;

const isElsewhere = (a: Deployment, b: Deployment): boolean => siteOf(a) !== siteOf(b);

/** Great-circle distance on a sphere of 6371 km, metres. */
export function distanceM(
  a: { latitude: number; longitude: number },
  b: { latitude: number; longitude: number },
): number {
  const rad = Math.PI / 180;
  const s = (angle: number) => Math.sin((angle * rad) / 2) ** 2;
  const h =
    s(b.latitude - a.latitude) +
    Math.cos(a.latitude * rad) * Math.cos(b.latitude * rad) * s(b.longitude - a.longitude);
  return 2 * 6_371_000 * Math.asin(Math.sqrt(h));
}

/** All deviations of one array of deployments, in the order of deployments and rules. */
export function deviations(deployments: readonly Deployment[], protocol: Protocol): Deviation[] {
  const sites = new Set(deployments.map(siteOf)).size;
  const ofArray = protocol.rules.flatMap((rule): Deviation[] =>
    rule.kind === "cameras" && sites < rule.least
      ? [
          {
            ...{ deploymentID: "", rule: "cameras", found: `${sites} locations` },
            ...{ wanted: `at least ${rule.least}`, isMissing: false },
          },
        ]
      : [],
  );
  const ofEach = deployments.flatMap((deployment) =>
    protocol.rules.flatMap((rule): Deviation[] => {
      if (rule.kind === "cameras") return [];
      const check = CHECKS[rule.kind] as Check<Rule["kind"]>;
      const finding = check(rule, deployment, deployments);
      const name = "field" in rule ? rule.field : rule.kind;
      return finding ? [{ deploymentID: deployment.deploymentID, rule: name, ...finding }] : [];
    }),
  );
  return [...ofArray, ...ofEach];
}
