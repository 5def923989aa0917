/** Answers on the time of day: activity, overlap of pairs, moonlight. */
import { activity, levelInterval } from "./activity.ts";
import { type Answer, answer, type Estimate, firstRefusal, interval, tooFew } from "./answer.ts";
import { perTaxon } from "./answers-rates.ts";
import { grid, hoursOf } from "./circular.ts";
import { MOON_CLASSES, nightRecords, nightsOf } from "./moon-use.ts";
import { poissonInterval } from "./numerics/distributions.ts";
import { estimatorFor, overlap, overlapIntervals } from "./overlap.ts";
import { type Prepared, placed } from "./prepare.ts";
import { type Entry, recordsOf } from "./rows.ts";
import { type DielTime, dielAngles } from "./solar-time.ts";

const TOLD: Record<DielTime, string> = {
  solarMean: "times are mean solar times at the camera's longitude",
  average: "times are stretched to the average sunrise and sunset of the records",
  equinoctial: "times are stretched to a sunrise at 6 h and a sunset at 18 h",
};

function dielOf(data: Prepared, entries: readonly Entry[]) {
  const { angles, polar } = dielAngles(placed(data, entries), data.options.time);
  // What is drawn from them by chance is then the same in whatever order they came.
  angles.sort((a, b) => a - b);
  const isAll = angles.length === entries.length;
  // Entries that were read stand for those that were not.
  const n = isAll ? recordsOf(entries) : angles.length;
  const assumptions = [
    ...data.assumptions,
    TOLD[data.options.time],
    ...(isAll && n > angles.length
      ? [`times of day from every ${Math.round(n / angles.length)}th of ${n} records`]
      : []),
    ...(polar > 0 ? [`left out: ${polar} × record in polar day or night`] : []),
    "cameras watch all day alike, and records are independent",
  ];
  return { angles, assumptions, n };
}

/** Every fourth point of the fit: enough for a line. */
const thin = (values: number[]): number[] => values.filter((_, i) => i % 4 === 0);

export const activityAnswers = (data: Prepared): Answer[] =>
  perTaxon(data, "activity", (taxon, entries) => {
    const { angles, assumptions, n } = dielOf(data, entries);
    const refusal = tooFew("dielRecords", n);
    const fit = refusal === undefined ? activity(angles) : undefined;
    const base = {
      ...{ analysis: "activity", of: taxon, n, nOf: "records", assumptions },
      effortDays: data.effortDays,
      ...(fit && {
        plot: {
          ...{ kind: "line" as const, xLabel: "hour of the day", yLabel: "density per radian" },
          x: thin(grid(fit.density.length)).map(hoursOf),
          series: [{ label: taxon, y: thin(fit.density) }],
        },
      }),
    };
    return answer(base, refusal, (): Record<string, Estimate> | string => {
      if (!fit) return "no fit";
      const levelRefusal = tooFew("activityLevelRecords", n);
      if (levelRefusal) assumptions.push(`no activity level: ${levelRefusal}`);
      else assumptions.push("at the peak of the day every animal is active (activity level)");
      return {
        ...(!levelRefusal && {
          activityLevel: {
            ...{ value: fit.level, unit: "share of the day" },
            interval: levelInterval(angles, fit.bandwidth, data.options),
          },
        }),
        peakHour: { value: fit.peakHour, unit: "h" },
        meanHour: { value: hoursOf(fit.meanRad), unit: "h" },
        concentration: { value: fit.concentration, unit: "" },
        rayleighP: { value: fit.rayleighP, unit: "" },
        bandwidth: { value: fit.bandwidth, unit: "concentration" },
      };
    });
  });

export function overlapAnswers(data: Prepared): Answer[] {
  const taxa = [...data.byTaxon].filter(
    ([, entries]) =>
      data.options.taxa.length > 0 || tooFew("overlapRecords", recordsOf(entries)) === undefined,
  );
  const pairs = taxa.flatMap((a, i) => taxa.slice(i + 1).map((b) => [a, b] as const));
  if (pairs.length > 0) return pairs.map(([a, b]) => pairAnswer(data, a, b));
  const base = { analysis: "overlap", of: "", n: recordsOf(data.entries), nOf: "records" };
  return [
    answer(
      { ...base, effortDays: data.effortDays, assumptions: data.assumptions },
      "needs two species with at least 10 records each",
      () => "",
    ),
  ];
}

function pairAnswer(
  data: Prepared,
  [a, entriesA]: [string, Entry[]],
  [b, entriesB]: [string, Entry[]],
): Answer {
  const [one, other] = [dielOf(data, entriesA), dielOf(data, entriesB)];
  const least = Math.min(one.n, other.n);
  const estimator = estimatorFor(one.angles, other.angles);
  const base = {
    ...{ analysis: "overlap", of: `${a} and ${b}`, n: least, nOf: "records of the rarer" },
    effortDays: data.effortDays,
    assumptions: [
      ...one.assumptions,
      `${estimator}, because the smaller sample has ${least < 50 ? "under" : "at least"} 50 records`,
    ],
    table: {
      columns: ["species", "records"],
      rows: [
        [a, one.n],
        [b, other.n],
      ],
    },
  };
  return answer(base, firstRefusal(tooFew("overlapRecords", least)), () => {
    const { level } = data.options;
    const ends = overlapIntervals(one.angles, other.angles, data.options);
    const method = (kind: string) => `smoothed bootstrap, ${kind}`;
    const value = overlap(one.angles, other.angles);
    return {
      overlap: {
        ...{ value, unit: "", standardError: ends.standardError },
        interval: interval(ends.norm0, level, method("norm0")),
      },
      overlapBasic: { value, unit: "", interval: interval(ends.basic0, level, method("basic0")) },
    };
  });
}

export const moonAnswers = (data: Prepared): Answer[] =>
  perTaxon(data, "moon", (taxon, entries) => {
    const { night, day } = nightRecords(placed(data, entries));
    const n = night.reduce((sum, v) => sum + v, 0);
    const nights = [0, 0, 0, 0];
    for (const [id, spans] of data.operating) {
      nightsOf(spans, data.byID.get(id)!.longitude).forEach((v, i) => {
        nights[i]! += v;
      });
    }
    const { level } = data.options;
    const rates = MOON_CLASSES.map((label, i) => {
      const scale = 100 / nights[i]!;
      const [low, high] = poissonInterval(night[i]!, level);
      return { label, rate: night[i]! * scale, low: low * scale, high: high * scale };
    });
    const base = {
      ...{ analysis: "moon", of: taxon, n, nOf: "night records", effortDays: data.effortDays },
      assumptions: [
        ...data.assumptions,
        `left out: ${day} × record by day`,
        "the lit disc at local midnight stands for the night; clouds, and whether the moon was up, are not known",
        "intervals are exact Poisson",
      ],
      table: {
        columns: ["lit disc", "night records", "nights"],
        rows: MOON_CLASSES.map((label, i) => [label, night[i]!, nights[i]!]),
      },
    };
    const refusal = firstRefusal(
      tooFew("dielRecords", n),
      nights.includes(0) ? "the cameras did not work through all phases of the moon" : undefined,
    );
    return answer(base, refusal, () =>
      Object.fromEntries(
        rates.map(({ label, rate, low, high }): [string, Estimate] => [
          `lit ${label}`,
          {
            ...{ value: rate, unit: "records per 100 nights" },
            interval: interval([low, high], level, "exact Poisson"),
          },
        ]),
      ),
    );
  });
