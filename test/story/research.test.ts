/**
 * A month of research, on SQLite and on PostgreSQL: the standard's example is imported, twenty cameras at three sites live
 * through a month over real sockets, people review and are alarmed, everything is exported and analysed by the commands that
 * users type, and every figure is held against a computation of the test's own (research/independent.ts). The same seed tells
 * the same month (THICKET_STORY_SEED).
 */
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { asyncBufferFromFile, parquetReadObjects } from "hyparquet";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { createSimulatedClock } from "../../toolchain/fleet/clock.ts";
import { addChannel, addRule, answer, mailReceiver, webhookReceiver } from "../fleet/alerts/support.ts"; // biome-ignore format: one import
import { NO_POSTGRES } from "../fleet/support/databases.ts";
import { getJson, openFleet, operate, type TestFleet, temporaryFolder } from "../fleet/support/fleet.ts"; // biome-ignore format: one import
import { officialProblems } from "../support/camtrap-validator.ts";
import { newPostgres } from "../support/postgres.ts";
import { SHARED_DATA, skip } from "../support/skip.ts";
import { toolchainHere } from "../support/toolchain.ts";
import { LightCamera, liveThrough } from "./research/cameras.ts";
import { expectedAlerts, RULES } from "./research/expected-alerts.ts";
import {
  ANALYSES,
  type Answers,
  answersOf,
  differing,
  figuresOf,
  holdAgainst,
} from "./research/figures.ts";
import { DAY_S, drawMonth, END_S, type Month, START_S } from "./research/month.ts";
import {
  everyObservation,
  type Reviewed,
  repeatYourselves,
  reviewMonth,
} from "./research/reviewers.ts";

const SEED = Number(process.env.THICKET_STORY_SEED ?? 1);
const EXAMPLE = join(SHARED_DATA ?? "", "domain/camtrap-dp-1.0.2/example");
const EXAMPLE_ROWS = 549;
/** Every so many messages the receiver takes one and says that it did not. */
const TAKEN_TWICE = 5;

/** One server, its cameras, and a person's shell beside them. */
class Story {
  readonly dataDir = temporaryFolder();
  readonly clock = createSimulatedClock(START_S * 1000);
  readonly month: Month = drawMonth(SEED);
  readonly crew: LightCamera[];
  /** When somebody looked whether cameras are silent. */
  readonly ticks: number[] = [];
  fleet!: TestFleet;
  private readonly databaseUrl: string | undefined;

  constructor(databaseUrl: string | undefined) {
    this.databaseUrl = databaseUrl;
    const { cameras, seen } = this.month;
    this.crew = cameras.map(
      (plan) => new LightCamera(plan, seen.filter((one) => one.camera === plan.index), SEED), // biome-ignore format: one line a camera
    );
  }

  async start(): Promise<void> {
    const token = this.fleet?.token;
    const { dataDir, clock, databaseUrl } = this;
    const options = { dataDir, clock, databaseUrl, allowPrivateWebhooks: true };
    this.fleet = await openFleet({ ...options, ...(token && { token }) });
  }

  /** Type a command, in a folder of this story. */
  async types(...args: string[]): Promise<string> {
    const access = ["--server", this.fleet.url, "--token", this.fleet.token];
    const isLocal = args[0] === "analyze" || args[1] === "check";
    const ended = await toolchainHere([...args, ...(isLocal ? [] : access)], this.dataDir);
    assert.is(ended.status, 0, `toolchain ${args.join(" ")}: ${ended.stderr}`);
    return ended.stdout;
  }

  /** In words that are the same on every database. */
  async renaming(): Promise<(text: string) => string> {
    const names: [string, string][] = [];
    for (const { plan, identity } of this.crew) {
      const life = await getJson(this.fleet, `/api/v1/cameras/${identity.cameraID}/life`);
      names.push([life.deployments[0].deploymentID, plan.name], [identity.cameraID, plan.name]);
    }
    return (text) => names.reduce((all, [id, name]) => all.replaceAll(id, name), text);
  }

  async end(): Promise<void> {
    await this.fleet.server.close();
    rmSync(this.dataDir, { recursive: true, force: true });
  }
}

async function importExample(story: Story): Promise<void> {
  const type = () => story.types("import", "camtrap-dp", EXAMPLE, "--project", "example");
  assert.match(await type(), /^4 deployments, 423 media, 549 observations/);
  // A person corrects one; the package, read again, says once more what a machine or another person said.
  const observationIDs = ["example/705e6036"];
  const label = { observationType: "animal", scientificName: "Anas strepera" };
  const body = { action: "correct", observationIDs, label };
  await answer(story.fleet, "POST", "/api/v1/reviews", body);
  assert.match(await type(), /\n1 rows left as they are/);
}

/** Rules and channels; mail for the leopards as well. */
async function setRules(fleet: TestFleet, ports: { hook: number; mail: number }): Promise<void> {
  const url = `http://127.0.0.1:${ports.hook}/`;
  const hook = await addChannel(fleet, "webhook", { url });
  const mail = await addChannel(fleet, "email", {
    ...{ host: "127.0.0.1", port: ports.mail, security: "none" },
    ...{ from: "thicket@example.org", to: ["rangers@example.org"] },
  });
  for (const [name, rule] of Object.entries(RULES)) {
    await addRule(fleet, { ...rule, channels: name === "leopard" ? [hook, mail] : [hook] });
  }
}

interface HookBody {
  kind: string;
  alerts: { alertID: number; count: number }[];
}

/** Exactly the alerts that the month must raise, each told once per channel. */
async function holdAlerts(story: Story, posted: Map<string, HookBody>, mails: string[]) {
  const wanted = new Set(Object.values(RULES).map(({ name }) => name));
  // biome-ignore lint/suspicious/noExplicitAny: alerts as the route answers them
  const alerts: any[] = [];
  for (let before = ""; ; ) {
    const page = await getJson(story.fleet, `/api/v1/alerts?limit=200${before}`);
    alerts.push(...page.alerts.filter(({ rule }: { rule: string }) => wanted.has(rule)));
    if (page.next === null) break;
    before = `&before=${page.next}`;
  }
  const words = alerts.map(({ rule, cameraName, subject, count, firstSeen, lastSeen }) => {
    const times = [firstSeen, lastSeen].map((time) => Date.parse(time) / 1000);
    const isTrouble = subject.startsWith("trouble");
    return [rule, cameraName, subject, count, ...(isTrouble ? [] : times)].join(" | ");
  });
  assert.equal(words.sort(), expectedAlerts(story.month, story.crew, story.ticks));
  const told = [...posted.values()].flatMap((body) => body.alerts.map(({ alertID }) => alertID));
  assert.is(posted.size, alerts.length, "one message an alert, by its webhook-id");
  assert.equal(told.sort(), alerts.map(({ alertID }) => alertID).sort());
  const leopards = alerts.filter(({ rule }) => rule === RULES.leopard.name).length;
  assert.is(mails.length, leopards);
  assert.ok(alerts.some(({ count }) => count > 1) && leopards > 20, "the month is worth alarming");
  const [first] = alerts.filter(({ state }) => state === "raised");
  await story.types("alert", "ack", String(first.alertID), "--note", "seen");
  const { state } = await getJson(story.fleet, `/api/v1/alerts/${first.alertID}`);
  assert.is(state, "acknowledged");
  return alerts.length;
}

/** Every format by the command; what they hold is counted, and the package is judged by code that is not ours. */
async function holdExports(story: Story, { rows }: Reviewed): Promise<void> {
  const file = (...names: string[]) => join(story.dataDir, ...names);
  const csv = (...names: string[]): Record<string, string>[] =>
    parse(readFileSync(file(...names)), { columns: true });
  const export_ = (format: string, out: string, ...more: string[]) =>
    story.types("export", format, "--out", out, "--people", ...more);
  const pictures = story.crew.reduce((sum, camera) => sum + camera.pictures.length, 0);
  const said = await export_("camtrap-dp", "package", "--media");
  assert.match(said, new RegExp(`${rows.size} observations, ${pictures} picture files`));
  if (SHARED_DATA) assert.equal(await officialProblems(file("package")), []);
  await story.types("export", "check", "package");
  const ids = [...rows.keys()].sort();
  const found = csv("package", "observations.csv").map(({ observationID }) => observationID);
  assert.equal(found.sort(), ids, "every observation, once");
  const animals = [...rows.values()].filter(({ kind }) => kind === "animal");
  await export_("dwca", "dwca");
  assert.is(csv("dwca", "occurrence.csv").length, animals.length);
  await export_("wildlife-insights", "wi");
  const pictured = [...rows.values()].reduce((sum, { mediaIDs }) => sum + mediaIDs.length, 0);
  assert.is(csv("wi", "images.csv").length, pictured);
  await export_("megadetector", "md");
  const { images } = JSON.parse(readFileSync(file("md", "megadetector.json"), "utf8"));
  assert.is(images.length, new Set(csv("package", "media.csv").map((row) => row.mediaID)).size);
  await export_("parquet", "parquet");
  const parquet = await asyncBufferFromFile(file("parquet", "observations.parquet"));
  const columns = await parquetReadObjects({ file: parquet });
  assert.equal(columns.map((row) => row.observationID).sort(), ids);
}

async function tell(databaseUrl?: string): Promise<string[]> {
  const story = new Story(databaseUrl);
  const { month, crew, clock } = story;
  const posted = new Map<string, HookBody>();
  let attempts = 0;
  const hook = await webhookReceiver((request, response) => {
    attempts++;
    posted.set(String(request.headers["webhook-id"]), JSON.parse(hook.got.at(-1)?.body ?? ""));
    response.writeHead(attempts % TAKEN_TWICE === 0 ? 503 : 204).end();
  });
  const mail = await mailReceiver();
  try {
    await story.start();
    if (SHARED_DATA) await importExample(story);
    else skip("the month goes without the standard's example: no ../shared/data");
    await setRules(story.fleet, { hook: hook.port, mail: mail.port });
    let isRestarted = false;
    await liveThrough(month, crew, clock, async (timeS) => {
      await story.fleet.server.alerts.tick();
      story.ticks.push(timeS);
      if (timeS < START_S + 15 * DAY_S || isRestarted) return story.fleet;
      isRestarted = true;
      await story.fleet.server.close();
      await story.start();
      return story.fleet;
    });
    const reviewed = await reviewMonth(story.fleet, month, crew, SEED);
    const told = await repeatYourselves(story.fleet, month, crew, reviewed);
    assert.equal(told, { acknowledged: 20, refused: 20 });
    // Those that were answered with an error come again.
    for (let minute = 1; minute < 4; minute++) {
      clock.set((END_S + minute * 60) * 1000);
      await story.fleet.server.alerts.tick(false);
    }
    const alerts = await holdAlerts(story, posted, mail.got);
    assert.ok(hook.got.length > posted.size, "some came twice");
    clock.set(END_S * 1000);
    // A start writes down when cameras could not record; then they are taken home.
    await story.fleet.server.close();
    await story.start();
    await story.types("export", "camtrap-dp", "--out", "open");
    const open: Record<string, string>[] = parse(
      readFileSync(join(story.dataDir, "open/deployments.csv")),
      {
        columns: true,
      },
    );
    const ends = new Set(open.map(({ deploymentEnd }) => deploymentEnd));
    assert.equal([...ends], ["2026-05-31T00:00:00Z"], "what lasts ends now, by the server's clock");
    for (const { identity } of crew) {
      const path = `/api/v1/cameras/${identity.cameraID}/decommission`;
      await answer(story.fleet, "POST", path, { force: true });
    }
    await holdLedger(story, reviewed);
    await holdExports(story, reviewed);
    const rename = await story.renaming();
    const figures = await holdFigures(story, reviewed, rename);
    const repeats = crew.reduce((sum, camera) => sum + camera.repeats, 0);
    assert.ok(repeats > 100, "cameras repeated themselves");
    console.log(
      `# ${month.seen.length} events, ${repeats} records sent again, ${alerts} alerts, ${hook.got.length} posts`,
    );
    assert.equal(story.fleet.problems, []);
    return figures;
  } finally {
    await story.end();
    await hook.close();
    await mail.close();
  }
}

/** Every observation that was sent or made by a person is there once, and nothing else; every picture is the one that was sent. */
async function holdLedger(story: Story, { rows, decided, flagged }: Reviewed): Promise<void> {
  const wanted = [...rows].map(([id, { kind, name, count, startS }]) =>
    [id, kind, name, count, decided.has(id) ? "human" : "machine", startS].join(" | "),
  );
  const found = await everyObservation(story.fleet);
  const isExample = (line: string) => line.startsWith("example/");
  assert.equal(found.filter((line) => !isExample(line)), wanted.sort()); // biome-ignore format: one line
  assert.is(found.filter(isExample).length, SHARED_DATA ? EXAMPLE_ROWS : 0);
  const { flagged: waiting } = await getJson(story.fleet, "/api/v1/reviews/counts");
  assert.is(waiting, flagged.length);
  for (const { identity, pictures } of story.crew) {
    for (const { mediaID, bytes } of pictures) {
      const path = `/api/v1/media/${identity.cameraID}/${mediaID}`;
      const answer = await operate(story.fleet, "GET", path);
      assert.ok(Buffer.from(await answer.arrayBuffer()).equals(bytes), path);
    }
  }
}

/** By the API, and by the command on the exported package. @returns what must be the same on every database */
async function holdFigures(story: Story, reviewed: Reviewed, rename: (text: string) => string) {
  const { month, crew, fleet } = story;
  const ledger = { month, crew, reviewed };
  const lives = new Map<number, string>();
  for (const { plan, identity } of crew) {
    const life = await getJson(fleet, `/api/v1/cameras/${identity.cameraID}/life`);
    lives.set(plan.index, life.deployments[0].deploymentID);
  }
  const siteOf = (camera: number) => lives.get(camera) ?? "";
  const byApi = await answersOf(fleet);
  holdAgainst(byApi, ledger, { nameOf: (name) => name, siteOf });
  const byCommand: Answers = {};
  for (const [name, query] of ANALYSES) {
    const options = [...new URLSearchParams(query)].flatMap(([key, value]) => [`--${key}`, value]);
    options.push("--package", "package", "--json", "--bootstraps", "100");
    const said = await story.types("analyze", name, ...options);
    byCommand[name] = JSON.parse(said).answers;
  }
  const nameOf = (name: string) => (name === "elephant" ? "Elephantidae" : name);
  holdAgainst(byCommand, ledger, { nameOf, siteOf });
  return figuresOf(byApi, rename);
}

const told: string[][] = [];

test("a month of twenty cameras: sent, reviewed, alarmed, exported, analysed (SQLite)", async () => {
  told.push(await tell());
});

test("the same month on PostgreSQL, with the same figures", async () => {
  const postgres = await newPostgres();
  if (!postgres) return skip(NO_POSTGRES);
  try {
    assert.equal(differing(await tell(postgres.url), told[0] ?? []), []);
  } finally {
    await postgres.drop();
  }
});

test.run();
