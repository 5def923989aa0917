/**
 * A season in two minutes: a real server, commands as a person types them, twelve emulated cameras with the built bundle. They are
 * set up by Improv and by the tool, take a good release ring by ring, are kept from a bad one, undo a configuration that costs
 * contact, while one of them loses its power fifty times and the server is killed twice. The same seed tells the same
 * story (THICKET_STORY_SEED); the places where it is told in words are docs/updates.md and docs/provisioning.md.
 */
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { ConsoleStatus } from "../../device/protocol/provisioning.ts";
import { bundle } from "../../toolchain/bundle/bundle.ts";
import { DEVICE_PROGRAM } from "../../toolchain/bundle/device-program.ts";
import { newestTrust } from "../../toolchain/commands/provision.ts";
import { openDatabase } from "../../toolchain/fleet/db/open.ts";
import { Dice } from "../fuzz/dice.ts";
import { Crew, type StoryCamera } from "./crew.ts";
import * as ledger from "./ledger.ts";
import { Misfortune } from "./misfortune.ts";
import { Operator } from "./operator.ts";

const SEED = Number(process.env.THICKET_STORY_SEED ?? 1);
const START_MS = Date.UTC(2026, 5, 1, 4);
const HOURS = 24;
const CHECK_IN_S = 900;
const POWER_CUTS = 50;
/** For a dozen cameras: a third of them first, and two failures are enough to stop it. */
const PLAN = { rings: [30, 65, 100], harmfulFailure: 0.5, soakMs: 600_000, firstBatch: 4 };

const CHECK_IN_PATH = "/device/v1/check-in";
const MISTAKEN_SITE = "gate";
const ROLLOUT_STEPS = [
  "1 running",
  "1 finished",
  "1 superseded",
  "2 running",
  "2 stopped",
  "2 rolledBack",
];
const CONFIG_LAYERS = [
  `global all 1 {"checkInIntervalS":${CHECK_IN_S}}`,
  `site ${MISTAKEN_SITE} 1 {"checkInIntervalS":60,"configTrialS":600}`,
  `site ${MISTAKEN_SITE} 2 {}`,
];

interface CameraAnswer {
  name: string;
  status: string;
  configState: string;
}

interface RolloutAnswer {
  rolloutID: number;
  status: string;
  reason: string;
  states: Record<string, number>;
  rings: { cameras: number; states: Record<string, number> }[];
  cameras: { cameraID: string; state: string; reason: string }[];
}

interface Story {
  operator: Operator;
  crew: Crew;
  dice: Dice;
  unlucky: Misfortune;
  /** How likely the unlucky camera's power goes in a step, of 1000. */
  setLuck(perMille: number): void;
  app: string;
}

async function begin(): Promise<Story> {
  const { code } = await bundle({ entry: DEVICE_PROGRAM, profile: false });
  let crew: Crew | undefined;
  const operator = new Operator(SEED, () => crew?.nowMs ?? START_MS);
  await operator.startServer();
  await operator.types("ota keygen");
  operator.file("first.js", Buffer.from(code, "latin1"));
  // The lists of keys come to the server with it: Improv gives a camera what the server has.
  await operator.types("ota publish --app first.js --server SERVER");
  await operator.types(`config set checkInIntervalS=${CHECK_IN_S} --global --yes --server SERVER`);
  crew = new Crew({ code, seed: SEED, startMs: START_MS, hours: HOURS, operator });
  const trust = newestTrust(operator.path("releases"));
  for (const camera of crew.cameras) await camera.setUp(trust);
  crew.nowMs = Math.max(...crew.cameras.map(({ emulator }) => emulator.nowMs));
  const dice = new Dice(SEED);
  const unlucky = new Misfortune(crew.cameras[5] as StoryCamera, dice, POWER_CUTS);
  let luck = 0;
  crew.onStep = (nowMs) => unlucky.strike(nowMs, luck);
  await crew.live(5);
  const setLuck = (perMille: number) => {
    luck = perMille;
  };
  return { operator, crew, dice, unlucky, setLuck, app: code };
}

/** Publish a program and begin to roll it out. @returns the release's number and the roll-out's. */
async function rollOut({ operator }: Story, name: string, code: string) {
  operator.file(`${name}.js`, Buffer.from(code, "latin1"));
  operator.file("plan.json", JSON.stringify(PLAN));
  const said = await operator.types(`ota publish --app ${name}.js --label ${name} --server SERVER`);
  const [, counter = ""] = said.match(/app-(\d+) on/) ?? [];
  const begun = await operator.types(
    `ota rollout app-${counter} --plan plan.json --json --server SERVER`,
  );
  const { rolloutID } = JSON.parse(begun) as RolloutAnswer;
  return { counter, rolloutID };
}

const stateOf = ({ operator }: Story, rolloutID: number): Promise<RolloutAnswer> =>
  operator.fleet.get(`/api/v1/rollouts/${rolloutID}`);

/** The server dies between two requests of a camera in the middle of something, and is back some minutes later. */
async function killServer({ operator, crew, dice }: Story, camera: StoryCamera): Promise<void> {
  const wanted = camera.requests.length + 1 + dice.below(6);
  await crew.live(60, () => camera.requests.length >= wanted);
  await operator.killServer();
  await crew.live(3 + dice.below(10));
  await operator.startServer();
}

async function takeGoodRelease(story: Story): Promise<string> {
  const { crew, setLuck } = story;
  const good = await rollOut(story, "good", `${story.app};`);
  setLuck(150);
  await crew.live(20);
  await killServer(story, crew.cameras[0] as StoryCamera);
  let state = await stateOf(story, good.rolloutID);
  const isOver = async () => {
    state = await stateOf(story, good.rolloutID);
    return state.status !== "running";
  };
  await crew.live(10 * 60, isOver);
  assert.is(state.status, "finished", JSON.stringify(state));
  assert.equal(state.states.proved, crew.cameras.length, JSON.stringify(state));
  return good.counter;
}

async function refuseBadRelease(story: Story): Promise<string> {
  const { crew, operator, setLuck } = story;
  setLuck(100);
  const bad = await rollOut(story, "bad", story.app.replace(CHECK_IN_PATH, "/device/v1/check-xx"));
  let state = await stateOf(story, bad.rolloutID);
  await crew.live(30);
  await killServer(story, crew.cameras[1] as StoryCamera);
  await crew.live(5 * 60, async () => {
    state = await stateOf(story, bad.rolloutID);
    return state.status !== "running";
  });
  assert.is(state.status, "stopped", JSON.stringify(state));
  assert.match(state.reason, /of ring 1 failed or fell silent/);
  const beyond = state.rings
    .slice(1)
    .flatMap(({ states }) => [states.offered, states.installed, states.failed]);
  assert.ok(
    beyond.every((count) => !count),
    "it went no further than the canary ring",
  );
  await operator.types(`ota rollback ${bad.rolloutID} --server SERVER`);
  // Its trials end, and everybody is back.
  const isOver = ({ said }: StoryCamera) =>
    !said.includes(`release ${bad.counter} staged`) ||
    said.includes(`release ${bad.counter} not kept`);
  assert.ok(await crew.live(180, () => crew.cameras.every(isOver)), "its trials ended");
  await crew.live(10);
  const shown = await operator.types(`ota status ${bad.rolloutID} --server SERVER`);
  assert.match(shown, /rolledBack/);
  assert.match(shown, /failed \(TRIAL_CHECKIN: check-in refused with 404/);
  return bad.counter;
}

/** The site's gateway shuts out a camera that is set to come every minute: from the answer that sets it until it goes back. */
function strictGateway(camera: StoryCamera): void {
  const from = camera.requests.length;
  camera.mayConnect = () => {
    const isSet = camera.requests
      .slice(from)
      .some(({ path, status }) => path === CHECK_IN_PATH && status === 200);
    return !isSet || camera.said.includes("configuration 2 not kept");
  };
}

async function undoBadConfig(story: Story): Promise<void> {
  const { crew, operator, setLuck } = story;
  setLuck(100);
  const there = crew.cameras.filter(({ site }) => site === MISTAKEN_SITE);
  for (const camera of there) strictGateway(camera);
  await operator.types(
    `config set checkInIntervalS=60 configTrialS=600 --site ${MISTAKEN_SITE} --yes --server SERVER`,
  );
  const isBack = () => there.every((camera) => /configuration 2 not kept/.test(camera.said));
  assert.ok(await crew.live(120, isBack), "the cameras undid it");
  await crew.live(25);
  const drift = await operator.types("config drift --server SERVER");
  for (const { name } of there)
    assert.match(drift, new RegExp(`${name}[^]*no contact; back at version 1`));
  await operator.types(
    `config set checkInIntervalS= configTrialS= --site ${MISTAKEN_SITE} --yes --server SERVER`,
  );
  await crew.live(35);
  for (const camera of there) camera.mayConnect = () => true;
}

/** All that waits is sent, and every camera is green and as wanted. */
async function endWell({ crew, operator, unlucky, setLuck }: Story): Promise<void> {
  setLuck(400);
  await crew.live(12 * 60, () => unlucky.cuts >= POWER_CUTS);
  assert.is(unlucky.cuts, POWER_CUTS);
  assert.ok(unlucky.torn > 0, "some of them in the middle of a flash operation");
  assert.is(operator.kills, 2);
  const isSent = ({ emulator }: StoryCamera) => {
    if (!emulator.isOn || !emulator.hasGlobal("thicket")) return false;
    const status = emulator.evaluate("thicket.status()") as ConsoleStatus;
    return status.heartbeat.queuedRecords + status.heartbeat.queuedMedia === 0;
  };
  setLuck(0);
  await crew.live(30);
  assert.ok(await crew.live(5 * 60, () => crew.cameras.every(isSent)), "everything was sent");
  const { cameras } = await operator.fleet.get<{ cameras: CameraAnswer[] }>("/api/v1/cameras");
  assert.equal(
    cameras.map(({ name, status, configState }) => `${name} ${status} ${configState}`).sort(),
    crew.cameras.map(({ name }) => `${name} green inForce`).sort(),
  );
}

async function compare({ crew, operator }: Story, good: string, bad: string): Promise<void> {
  await operator.endServer("SIGTERM");
  const { db, close } = await openDatabase(operator.dataDir, Date.now());
  const same = (what: string, expected: string[], found: string[]) => {
    assert.equal(ledger.differences(expected, found), [], what);
    console.log(`# ${what}: ${expected.length}`);
  };
  try {
    const all = crew.cameras;
    const ends = ledger.endedReleases(all);
    assert.equal(
      ends.filter((end) => end.endsWith(`${good} confirmed`)).length,
      all.length,
      "everybody has the good release",
    );
    assert.ok(!ends.some((end) => end.endsWith(`${bad} confirmed`)), "nobody has the bad one");
    same("observations", ledger.madeObservations(all), await ledger.storedObservations(db));
    same("pictures", ledger.sentPictures(all), await ledger.storedPictures(db, operator.dataDir));
    same("enrolments", ledger.enrolled(all), await ledger.enrolments(db));
    const heard = await ledger.releaseEvents(db);
    // A trial that ends after the roll-back was ordered is heard of as that.
    const settled = ends.map((end) =>
      heard.includes(end) ? end : end.replace(/^(\S+ \S+) .*/s, "$1 rolledBack"),
    );
    const isEnd = (row: string) => !row.endsWith(" rolledBack") || settled.includes(row);
    same("ends of releases", settled, heard.filter(isEnd));
    same("steps of roll-outs", ROLLOUT_STEPS, await ledger.rolloutSteps(db));
    same("layers of configuration", CONFIG_LAYERS, await ledger.configLayers(db));
    const versions = ({ cameraID, site }: StoryCamera) =>
      (site === MISTAKEN_SITE ? [1, 2, 3] : [1]).map((version) => `${cameraID} ${version}`);
    same("versions of configurations", all.flatMap(versions), await ledger.configVersions(db));
    const undone = all.flatMap((camera) =>
      camera
        .lines(/configuration (\d+) not kept/)
        .map(([, version]) => `${camera.site} ${version}`),
    );
    assert.equal(undone, Array(4).fill(`${MISTAKEN_SITE} 2`), "undone once, by whom it shut out");
  } finally {
    await close();
  }
}

test(`twelve cameras on three sites live through a season (seed ${SEED})`, async () => {
  let story: Story | undefined;
  try {
    story = await begin();
    const { crew, unlucky } = story;
    const tell = (what: string) => {
      const { user, system } = process.cpuUsage();
      const hours = ((crew.nowMs - START_MS) / 3_600_000).toFixed(1);
      const cpuS = Math.round((user + system) / 1e6);
      console.log(`# ${what}: hour ${hours}, ${unlucky.cuts} power cuts, ${cpuS} s of processor`);
    };
    tell("set up");
    const good = await takeGoodRelease(story);
    tell("good release everywhere");
    const bad = await refuseBadRelease(story);
    tell("bad release stopped");
    await undoBadConfig(story);
    tell("configuration undone");
    await endWell(story);
    tell("all green");
    await compare(story, good, bad);
  } catch (error) {
    const cameras = process.env.THICKET_STORY_TELL ? (story?.crew.cameras ?? []) : [];
    for (const { name, said } of cameras) console.log(`== ${name}\n${said}`);
    throw error;
  } finally {
    story?.crew.close();
    await story?.operator.leave();
  }
});

test.run();
