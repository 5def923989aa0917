/**
 * The table of analyses: what each needs and assumes, and its function. Pure: rows in, answers out; no file, no database.
 * Everything that shows or serves analyses reads this table.
 */
import { type Answer, answer } from "./answer.ts";
import { activityAnswers, moonAnswers, overlapAnswers } from "./answers-diel.ts";
import { abundanceAnswers, diversityAnswers, occupancyAnswers } from "./answers-models.ts";
import { accuracyAnswers, latencyAnswers, protocolAnswers } from "./answers-quality.ts";
import { effortAnswers, raiAnswers, siteAnswers, trendAnswers } from "./answers-rates.ts";
import { OPTIONS, type Options, type Prepared, prepare } from "./prepare.ts";
import type { Rows } from "./rows.ts";

/**
 * What an analysis must know of observations: nothing, when some came, how many, how many by year, times of a sample, in which occasions
 * there were some, all times, how many and who the known individuals were, or whole rows.
 */
export type Reads =
  | "nothing"
  | "receptions"
  | "counts"
  | "years"
  | "sample"
  | "occasions"
  | "moments"
  | "individuals"
  | "rows";

export interface Analysis {
  name: string;
  summary: string;
  /** Which rows, and which of their fields. */
  needs: string;
  /** The assumption that fails first. */
  assumes: string;
  reads: Reads;
  /** One answer per taxon, pair or data set. */
  run: (data: Prepared) => Answer[];
}

export const ANALYSES: readonly Analysis[] = [
  {
    name: "effort",
    summary: "trap-nights by deployment, failures taken out",
    needs: "deployments; failures where known",
    assumes: "cameras worked whenever no failure is noted",
    reads: "nothing",
    run: effortAnswers,
  },
  {
    name: "rai",
    summary: "records per 100 trap-nights",
    needs: "deployments, observations of animals",
    assumes: "animals are as visible and as mobile at each camera",
    reads: "counts",
    run: raiAnswers,
  },
  {
    name: "sites",
    summary: "rates of sites side by side, and whether they differ",
    needs: "two sites or more (locationID)",
    assumes: "records are independent (Poisson)",
    reads: "counts",
    run: siteAnswers,
  },
  {
    name: "trend",
    summary: "change per year, corrected for effort",
    needs: "5 years with effort, 10 records",
    assumes: "sites and seasons are sampled alike each year",
    reads: "years",
    run: trendAnswers,
  },
  {
    name: "activity",
    summary: "activity over the day and activity level",
    needs: "10 records of a species (20 for the level)",
    assumes: "all animals are active at the peak",
    reads: "sample",
    run: activityAnswers,
  },
  {
    name: "overlap",
    summary: "overlap of two species' days",
    needs: "10 records of each species",
    assumes: "both are seen equally well at all hours",
    reads: "sample",
    run: overlapAnswers,
  },
  {
    name: "moon",
    summary: "night records by how much of the moon is lit",
    needs: "10 night records, cameras at work in all phases",
    assumes: "the disc at midnight stands for the night's light",
    reads: "moments",
    run: moonAnswers,
  },
  {
    name: "occupancy",
    summary: "share of sites occupied, corrected for detection",
    needs: "10 sites, 2 occasions, 2 sites with the species",
    assumes: "closed sites, constant ψ and p, no false detection",
    reads: "occasions",
    run: occupancyAnswers,
  },
  {
    name: "diversity",
    summary: "richness, Hill numbers, Chao1, coverage, species curve",
    needs: "10 records of animals with names",
    assumes: "records stand for individuals drawn at random",
    reads: "counts",
    run: diversityAnswers,
  },
  {
    name: "abundance",
    summary: "number of animals from known individuals (M0)",
    needs: "individualID: 5 individuals, 5 recaptures",
    assumes: "closed population, equal catchability",
    reads: "individuals",
    run: abundanceAnswers,
  },
  {
    name: "accuracy",
    summary: "machine labels against human ones",
    needs: "10 media or events with labels of both methods",
    assumes: "the human label is right",
    reads: "rows",
    run: accuracyAnswers,
  },
  {
    name: "latency",
    summary: "trigger to reception",
    needs: "5 receptions (the fleet server's; not in a package)",
    assumes: "both clocks are right",
    reads: "receptions",
    run: latencyAnswers,
  },
  {
    name: "protocol",
    summary: "where deployments deviate from a protocol",
    needs: "deployments with height, bait, place, dates",
    assumes: "all deployments are one array",
    reads: "nothing",
    run: protocolAnswers,
  },
];

export const analysisNamed = (name: string): Analysis | undefined =>
  ANALYSES.find((one) => one.name === name);

/**
 * Runs one analysis.
 * @param name one of ANALYSES
 * @param rows Camtrap DP rows
 * @param options what differs from OPTIONS
 * @returns answers, at least one; undefined for an unknown name
 */
export function analyse(
  name: string,
  rows: Rows,
  options: Partial<Options> = {},
): Answer[] | undefined {
  const analysis = analysisNamed(name);
  if (analysis && rows.refusal !== undefined) {
    const base = { analysis: name, of: "", n: 0, nOf: "records", effortDays: 0, assumptions: [] };
    return [answer(base, rows.refusal, () => "")];
  }
  return analysis?.run(prepare(rows, { ...OPTIONS, ...options }));
}
