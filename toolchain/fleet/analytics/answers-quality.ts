/** Answers on the data themselves: latency, accuracy of machine labels, deviations from a protocol. */
import { agreement, classAccuracy, labelPairs } from "./accuracy.ts";
import { type Answer, answer, type Estimate, interval, tooFew } from "./answer.ts";
import { latency } from "./latency.ts";
import type { Prepared } from "./prepare.ts";
import { deviations, PROTOCOLS } from "./protocol-rules.ts";

export function latencyAnswers(data: Prepared): Answer[] {
  const receptions = data.rows.receptions ?? [];
  const { level } = data.options;
  const base = {
    ...{ analysis: "latency", of: "", n: receptions.length, nOf: "receptions" },
    effortDays: data.effortDays,
    assumptions: [
      "both clocks are right; what never arrived has no latency and is not in here",
      "a Camtrap DP package does not say when something was received: the fleet server does",
    ],
  };
  return [
    answer(base, tooFew("receptions", receptions.length), () => {
      const result = latency(receptions, level);
      return {
        ...Object.fromEntries(
          result.quantiles.map(({ p, seconds, interval: ends }): [string, Estimate] => [
            p === 0.5 ? "median" : `quantile${100 * p}`,
            { value: seconds, unit: "s", interval: interval(ends, level, "order statistics") },
          ]),
        ),
        beforeTrigger: { value: result.negative, unit: "receptions" },
      };
    }),
  ];
}

export function accuracyAnswers(data: Prepared): Answer[] {
  const { level } = data.options;
  const pairs = labelPairs(data.rows.observations);
  const classes = classAccuracy(pairs, level);
  const base = {
    ...{ analysis: "accuracy", of: "", n: pairs.length, nOf: "subjects with both labels" },
    effortDays: data.effortDays,
    assumptions: [
      "the human label is right; a subject is one medium, or one event where no medium is named",
      "precision and recall hold for pictures like those labelled; if people only looked at some, they are not a sample of all",
      "intervals are Wilson's",
    ],
    table: {
      columns: [
        "label",
        "true +",
        "false +",
        "false −",
        "precision",
        "low",
        "high",
        "recall",
        "low",
        "high",
      ],
      rows: classes.map((c) => [
        ...[c.label, c.truePositives, c.falsePositives, c.falseNegatives],
        ...[c.precision, c.precisionInterval?.[0] ?? null, c.precisionInterval?.[1] ?? null],
        ...[c.recall, c.recallInterval?.[0] ?? null, c.recallInterval?.[1] ?? null],
      ]),
    },
  };
  return [
    answer(base, tooFew("labelledPairs", pairs.length), (): Record<string, Estimate> => {
      const result = agreement(pairs, level);
      return {
        agreement: {
          ...{ value: result.share, unit: "share of subjects" },
          interval: interval(result.interval, level, "Wilson"),
        },
        ...(result.kappa !== null && { kappa: { value: result.kappa, unit: "" } }),
      };
    }),
  ];
}

export function protocolAnswers(data: Prepared): Answer[] {
  const { deployments } = data.rows;
  const protocol = PROTOCOLS[data.options.protocol];
  const found = protocol ? deviations(deployments, protocol) : [];
  const base = {
    ...{ analysis: "protocol", of: protocol?.title ?? data.options.protocol },
    ...{ n: deployments.length, nOf: "deployments", effortDays: data.effortDays },
    assumptions: [
      "all deployments are one array; places as recorded, which may be generalised",
      "no interval: every deployment is looked at",
    ],
    table: {
      columns: ["deploymentID", "rule", "found", "wanted"],
      rows: found.map((d) => [d.deploymentID || "(all)", d.rule, d.found, d.wanted]),
    },
  };
  const names = Object.keys(PROTOCOLS).join(", ");
  const refusal = protocol
    ? deployments.length === 0
      ? "no deployment"
      : undefined
    : `no protocol of this name; there is ${names}`;
  return [
    answer(base, refusal, () => ({
      deviations: { value: found.filter((d) => !d.isMissing).length, unit: "" },
      notRecorded: { value: found.filter((d) => d.isMissing).length, unit: "" },
      deploymentsThatDeviate: {
        value: new Set(
          found.filter((d) => d.deploymentID && !d.isMissing).map((d) => d.deploymentID),
        ).size,
        unit: "deployments",
      },
    })),
  ];
}
