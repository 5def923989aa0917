/** The review queue by pages, over more rows than are read at once: each event once, in order, whatever its rows have between them. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { seeded } from "../../../toolchain/fleet/analytics/numerics/random.ts";
import type { Db } from "../../../toolchain/fleet/db/open.ts";
import type { Observation } from "../../../toolchain/fleet/research/camtrap-dp.ts";
import { openSink } from "../../../toolchain/fleet/research/sink.ts";
import { reviewQueue } from "../../../toolchain/fleet/review/queue.ts";
import type { Reason } from "../../../toolchain/fleet/review/queue-reasons.ts";
import { withDatabases } from "../support/databases.ts";

const START_S = Date.UTC(2024, 2, 1) / 1000;
const ROWS = 2600;
const EVENTS = 700;

const iso = (seconds: number) => `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`;

function rows(): (Observation & { seconds: number })[] {
  const random = seeded(8);
  const whole = (n: number) => Math.floor(random() * n);
  return Array.from({ length: ROWS }, (_, at) => {
    const event = whole(EVENTS);
    // Events lie among one another, and many moments are equal.
    const seconds = START_S + event * 60 + whole(40) * 50;
    const eventStart = iso(seconds);
    return {
      ...{ observationID: `o${at}`, deploymentID: `d${event % 3}`, seconds },
      ...(event % 10 === 0 ? {} : { eventID: `e${event}` }),
      ...{ eventStart, eventEnd: eventStart, observationLevel: "media" as const },
      observationType: whole(3) ? ("animal" as const) : ("unknown" as const),
      classificationProbability: 0.99,
      classificationMethod: whole(3) ? ("machine" as const) : ("human" as const),
    };
  });
}

/** The same by plain sorting. */
function expected(all: ReturnType<typeof rows>, isOpen: (row: Observation) => boolean): string[] {
  const starts = new Map<string, { start: number; deploymentID: string; event: string }>();
  for (const row of all.filter(isOpen)) {
    const event = row.eventID ?? `default/${row.observationID}`;
    const key = `${row.deploymentID} ${event}`;
    const start = Math.max(row.seconds, starts.get(key)?.start ?? 0);
    starts.set(key, { start, deploymentID: `default/${row.deploymentID}`, event });
  }
  const byPlace = (a: (string | number)[], b: (string | number)[]) => {
    const at = a.findIndex((value, i) => value !== b[i]);
    return at < 0 ? 0 : a[at]! < b[at]! ? 1 : -1;
  };
  return [...starts.values()]
    .sort((a, b) => byPlace([a.start, a.deploymentID, a.event], [b.start, b.deploymentID, b.event]))
    .map(({ deploymentID, event, start }) => `${deploymentID} ${event} ${start}`);
}

async function allPages(db: Db, reason: Reason, limit: number): Promise<string[]> {
  const found: string[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = await reviewQueue(db, { projectID: "default", reason }, { limit, cursor });
    assert.ok(page.events.length <= limit);
    found.push(...page.events.map(keyOf));
    if (page.next === null) return found;
    cursor = page.next;
  }
}

type Event = Awaited<ReturnType<typeof reviewQueue>>["events"][number];
const keyOf = (event: Event) => `${event.deploymentID} ${event.eventID}`;

withDatabases("each event comes once and in order, on pages of any size", async (db) => {
  const all = rows();
  const sink = openSink(db, "default");
  await sink.deployments(
    ["d0", "d1", "d2"].map((deploymentID) => ({
      ...{ deploymentID, latitude: 1, longitude: 2 },
      ...{ deploymentStart: iso(START_S), deploymentEnd: iso(START_S + 9e6) },
    })),
  );
  for (let at = 0; at < all.length; at += 500) {
    await sink.observations(all.slice(at, at + 500).map(({ seconds: _, ...row }) => row));
  }
  const isMachine = (row: Observation) => row.classificationMethod === "machine";
  const isUnknown = (row: Observation) => isMachine(row) && row.observationType === "unknown";
  for (const [reason, isOpen] of [
    ["all", isMachine],
    ["flagged", () => false],
    ["unsure", isUnknown],
  ] as const) {
    const wanted = expected(all, isOpen).map((text) => text.split(" ").slice(0, 2).join(" "));
    for (const limit of [7, 100]) {
      const found = await allPages(db, reason, limit);
      assert.is(found.length, wanted.length, `${reason} by ${limit}`);
      assert.equal(found, wanted, `${reason} by ${limit}`);
    }
  }
});

test.run();
