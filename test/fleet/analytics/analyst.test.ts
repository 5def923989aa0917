/** Analyses in a thread of their own: the same answers, and whoever waits in the program does not wait for them. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { createAnalyst } from "../../../toolchain/fleet/analyst/analyst.ts";
import { createKeptAnswers } from "../../../toolchain/fleet/analyst/kept-answers.ts";
import { analyse } from "../../../toolchain/fleet/analytics/catalogue.ts";
import type { Counted, Rows } from "../../../toolchain/fleet/analytics/rows.ts";

const START_MS = Date.UTC(2024, 4, 1);

function rows(each: number): Rows {
  const counted = ["Lynx lynx", "Vulpes vulpes"].flatMap((taxon, which) =>
    Array.from({ length: each }, (_, at): Counted => {
      const timeMs = START_MS + at * 86_000_000 + ((at * at * 7919) % (40_000_000 + which));
      return {
        ...{ deploymentID: "d", taxon, timeMs, count: 1, records: 1 },
        ...{ level: "event", type: "animal", isSetup: false },
      };
    }),
  );
  const deployments = [
    {
      ...{ deploymentID: "d", latitude: 50, longitude: 5, locationID: "l" },
      ...{ deploymentStart: "2024-05-01T00:00:00Z", deploymentEnd: "2030-05-01T00:00:00Z" },
    },
  ];
  return { deployments, observations: [], counted };
}

test("the thread says what the program would say, and the program goes on meanwhile", async () => {
  const analyst = createAnalyst();
  const question = { name: "overlap", rows: rows(700), options: { bootstraps: 499 } };
  try {
    let turns = 0;
    const timer = setInterval(() => turns++, 5);
    const [first, second] = await Promise.all([analyst.answer(question), analyst.answer(question)]);
    clearInterval(timer);
    assert.ok(turns > 5, `${turns} turns`);
    assert.equal(first, second);
    assert.equal(
      first,
      JSON.parse(JSON.stringify(analyse("overlap", question.rows, question.options))),
    );
    assert.is(first[0]?.refusal, undefined);
  } finally {
    await analyst.close();
  }
});

test("a question that cannot be computed is an error of that question alone", async () => {
  const analyst = createAnalyst();
  try {
    const broken = { deployments: [null], observations: [] } as unknown as Rows;
    const question = { name: "activity", rows: broken, options: {} };
    await analyst.answer(question).then(
      () => assert.unreachable("it was answered"),
      (error: Error) => assert.match(error.message, /TypeError/),
    );
    const options = { bootstraps: 9 };
    assert.is((await analyst.answer({ name: "activity", rows: rows(30), options })).length, 2);
  } finally {
    await analyst.close();
  }
});

test("who waits when it closes is told", async () => {
  const analyst = createAnalyst();
  const waiting = analyst.answer({ name: "overlap", rows: rows(2000), options: {} });
  const told = waiting.then(
    () => "answered",
    (error: Error) => error.message,
  );
  await analyst.close();
  assert.is(await told, "the thread for analyses ended");
});

test("answers are computed once for one version of the data, and never kept when they failed", async () => {
  const kept = createKeptAnswers();
  let computed = 0;
  const compute = async () => {
    computed++;
    if (computed === 2) throw new Error("no");
    return [];
  };
  await Promise.all([kept("a", "1", compute), kept("a", "1", compute)]);
  assert.is(computed, 1);
  await kept("a", "2", compute).catch(() => {});
  await kept("a", "2", compute);
  assert.is(computed, 3);
  for (let other = 0; other < 100; other++) await kept(`b${other}`, "1", compute);
  await kept("b99", "1", compute);
  assert.is(computed, 103);
  await kept("a", "2", compute);
  assert.is(computed, 104);
});

test.run();
