/** The sums that the database keeps of observations: after any mixture of writes they are what the rows add up to. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Db } from "../../toolchain/fleet/db/open.ts";
import { withDatabases } from "./support/databases.ts";
import { checkIn, observation } from "./support/fleet.ts";
import { checkInHere, newCameraHere } from "./support/rows.ts";

const PERIOD_S = 2_592_000;

/** Numerical Recipes' generator: the same numbers at each run. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

type Sums = Record<string, { records: number; individuals: number; moments: string[] }>;

/** The same from the rows, without SQL. */
async function expected(db: Db): Promise<Sums> {
  const sums: Sums = {};
  const rows = await db
    .selectFrom("observations")
    .selectAll()
    .where("replacedBy", "is", null)
    .execute();
  for (const row of rows) {
    const period = Math.floor(row.eventStart / PERIOD_S);
    const key = JSON.stringify([
      ...[row.deploymentID, row.scientificName ?? "", period, row.observationLevel],
      ...[row.observationType, row.cameraSetupType ?? ""],
    ]);
    sums[key] ??= { records: 0, individuals: 0, moments: [] };
    const count = Math.max(1, row.count ?? 1);
    sums[key].records += 1;
    sums[key].individuals += count;
    sums[key].moments.push(`${row.eventStart % PERIOD_S}${count > 1 ? `x${count}` : ""}`);
  }
  for (const sum of Object.values(sums)) sum.moments.sort();
  return sums;
}

async function kept(db: Db): Promise<Sums> {
  const rows = await db.selectFrom("observation_sums").selectAll().execute();
  return Object.fromEntries(
    rows.map(({ records, individuals, moments, ...row }) => [
      JSON.stringify([
        ...[row.deploymentID, row.scientificName, row.period, row.observationLevel],
        ...[row.observationType, row.cameraSetupType],
      ]),
      { records, individuals, moments: moments.split(" ").slice(1).sort() },
    ]),
  );
}

const versionOf = async (db: Db): Promise<number> => {
  const rows = await db.selectFrom("observation_versions").select("version").execute();
  return rows.reduce((sum, { version }) => sum + Number(version), 0);
};

withDatabases(
  "sums follow check-ins, decisions, merges, moves, imports and removals",
  async (db) => {
    const next = numbers(3);
    const cameras = [await newCameraHere(db), await newCameraHere(db, "south")];
    const names = ["elephant", "big_cat", ""];
    const randomTime = () => 1_699_000_000 + next(6_000_000);
    for (let n = 0; n < 60; n++) {
      const start = randomTime();
      const changes = {
        ...{ eventStart: start, eventEnd: start + 2, scientificName: names[next(3)] as string },
        ...{ count: next(4), observationType: (["animal", "blank"] as const)[next(2)] as "animal" },
      };
      await checkInHere(
        db,
        cameras[n % 2]!,
        checkIn([observation(`1-${n}`, changes)], { sequence: n }),
      );
    }
    assert.equal(await kept(db), await expected(db));
    const ids = (
      await db.selectFrom("observations").select("observationID").orderBy("observationID").execute()
    ).map(({ observationID }) => observationID);
    const deployments = await db.selectFrom("deployments").select("deploymentID").execute();
    const updates = [
      () => ({ scientificName: [null, "Vulpes vulpes", "elephant"][next(3)] as string | null }),
      () => ({ eventStart: randomTime() }),
      () => ({ count: [null, 1, 5][next(3)] as number | null }),
      () => ({ replacedBy: [null, ids[0]][next(2)] as string | null }),
      () => ({ cameraSetupType: [null, "setup" as const][next(2)] }),
      () => ({ observationLevel: (["media", "event"] as const)[next(2)] as "media" }),
      () => ({ deploymentID: deployments[next(2)]!.deploymentID }),
      () => ({ sex: "female" as const }),
    ];
    for (let n = 0; n < 80; n++) {
      const before = await versionOf(db);
      const observationID = ids[next(ids.length)]!;
      await db
        .updateTable("observations")
        .set(updates[n % updates.length]!())
        .where("observationID", "=", observationID)
        .execute();
      assert.ok((await versionOf(db)) > before, "every change is told");
    }
    assert.equal(await kept(db), await expected(db));
    await db.deleteFrom("observations").where("observationID", "in", ids.slice(5, 30)).execute();
    const sums = await kept(db);
    assert.equal(sums, await expected(db));
    assert.ok(
      Object.keys(sums).length > 10 && Object.values(sums).some(({ records }) => records > 1),
    );
  },
);

withDatabases("a transaction that is taken back takes its sums back", async (db) => {
  const camera = await newCameraHere(db);
  await checkInHere(db, camera, checkIn([observation("1-1")]));
  const before = await kept(db);
  const cut = db.transaction().execute(async (transaction) => {
    await transaction.updateTable("observations").set({ scientificName: "other" }).execute();
    throw new Error("cut");
  });
  await cut.catch(() => {});
  assert.equal(await kept(db), before);
});

test.run();
