/** Why a row needs a person: as conditions of a query, and for a row that was read. */
import { type ExpressionBuilder, type SqlBool, sql } from "kysely";
import type { ObservationType } from "../../../device/protocol/records.ts";
import type { Db } from "../db/open.ts";
import type { Tables } from "../db/tables.ts";
import type { ObservationRow } from "../db/tables-camtrap.ts";
import { recordsByName } from "../research/observation-sums.ts";
import { readRules } from "./project-rules.ts";
import { THRESHOLDS } from "./rules.ts";

export const REASONS = ["flagged", "unsure", "disagreeing", "rare", "all"] as const;
export type Reason = (typeof REASONS)[number];

/** Below it a machine's label is unsure. For people as for animals: the threshold for them is never raised. */
export const UNSURE_BELOW: Partial<Record<ObservationType, number>> = {
  animal: THRESHOLDS.animalClass,
  human: THRESHOLDS.animalClass,
  vehicle: THRESHOLDS.animalClass,
  blank: THRESHOLDS.blankClass,
};
/** A name is rare with at most so many records in its project, and at most this share of its animals. Ours. */
const RARE = { records: 3, share: 0.02 };

/** Of rows of observations called `o`. */
export type Where = ExpressionBuilder<Tables & { o: Tables["observations"] }, "o">;

export const isMachine = (eb: Where) => eb("o.classificationMethod", "=", "machine");

export function isUnsure(eb: Where) {
  const low = Object.entries(UNSURE_BELOW).map(([type, below]) =>
    eb.and([
      eb("o.observationType", "=", type as ObservationType),
      eb(eb.fn.coalesce("o.classificationProbability", sql<number>`0`), "<", below),
    ]),
  );
  const nameless = eb("o.observationType", "in", ["unknown", "unclassified"]);
  return eb.and([isMachine(eb), eb.or([nameless, ...low])]);
}

/** Another row of the event says something else, and no person has decided this one. */
function isDisagreeing(eb: Where) {
  const other = eb
    .selectFrom("observations as other")
    .select("other.observationID")
    .whereRef("other.deploymentID", "=", "o.deploymentID")
    .whereRef("other.eventID", "=", "o.eventID")
    .where("other.replacedBy", "is", null)
    .where((inner) =>
      inner.or([
        inner("other.observationType", "!=", inner.ref("o.observationType")),
        inner(
          inner.fn.coalesce("other.scientificName", sql<string>`''`),
          "!=",
          inner.fn.coalesce("o.scientificName", sql<string>`''`),
        ),
      ]),
    );
  return eb.and([isMachine(eb), eb.exists(other)]);
}

export const isRare = (eb: Where, names: ReadonlySet<string>) =>
  eb.and([
    isMachine(eb),
    names.size ? eb("o.scientificName", "in", [...names]) : sql<SqlBool>`1 = 0`,
  ]);

/** Names that few records carry, and those that the project watches for. */
export async function rareNames(db: Db, projectID: string): Promise<Set<string>> {
  const counted = await recordsByName(db, projectID)
    .where("observationType", "=", "animal")
    .execute();
  const named = counted.map(({ scientificName, count }) => ({
    name: scientificName,
    count: Number(count),
  }));
  const total = named.reduce((sum, { count }) => sum + count, 0);
  const { watch } = await readRules(db, projectID);
  const watched = new Set(watch.map((name) => name.toLowerCase()));
  const rare = named.filter(
    ({ name, count }) =>
      watched.has(name.toLowerCase()) || (count <= RARE.records && count <= RARE.share * total),
  );
  return new Set(rare.map(({ name }) => name));
}

export function needsPerson(eb: Where, reason: Reason | undefined, rare: ReadonlySet<string>) {
  const isFlagged = eb("o.flag", "is not", null);
  if (reason === "all") return eb.or([isFlagged, isMachine(eb)]);
  if (reason === "flagged") return isFlagged;
  if (reason === "unsure") return isUnsure(eb);
  if (reason === "disagreeing") return isDisagreeing(eb);
  if (reason === "rare") return isRare(eb, rare);
  return eb.or([isFlagged, isUnsure(eb), isDisagreeing(eb), isRare(eb, rare)]);
}

/** The same for a row that was read. */
export function reasonsOf(
  row: ObservationRow,
  others: readonly ObservationRow[],
  rare: ReadonlySet<string>,
): Reason[] {
  const reasons: Reason[] = row.flag === null ? [] : ["flagged"];
  if (row.classificationMethod !== "machine") return reasons;
  const below = UNSURE_BELOW[row.observationType];
  if (below === undefined || (row.classificationProbability ?? 0) < below) reasons.push("unsure");
  const isOther = (other: ObservationRow) =>
    other.observationType !== row.observationType ||
    (other.scientificName ?? "") !== (row.scientificName ?? "");
  if (row.eventID !== null && others.some(isOther)) reasons.push("disagreeing");
  if (rare.has(row.scientificName ?? "")) reasons.push("rare");
  return reasons;
}
