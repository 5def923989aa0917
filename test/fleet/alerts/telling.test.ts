/** Who is told what and when: quiet hours, caps, escalation, allow-lists, tenants, secrets, places. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { act } from "../../../toolchain/fleet/alerts/life.ts";
import { factsOf, textOf } from "../../../toolchain/fleet/alerts/messages.ts";
import { createAlerts } from "../../../toolchain/fleet/alerts/service.ts";
import {
  createChannel,
  listRules,
  saveRule,
  saveSettings,
} from "../../../toolchain/fleet/alerts/store.ts";
import { listAlerts } from "../../../toolchain/fleet/alerts/views.ts";
import { ingest } from "../../../toolchain/fleet/checkin/ingest.ts";
import { judgeCheckIn } from "../../../toolchain/fleet/checkin/validate.ts";
import type { Db } from "../../../toolchain/fleet/db/open.ts";
import type { AlertRow } from "../../../toolchain/fleet/db/tables-alerts.ts";
import { createCamera } from "../../../toolchain/fleet/store/cameras.ts";
import { withDatabases } from "../support/databases.ts";
import { checkIn, observation, operate } from "../support/fleet.ts";
import { addChannel, addRule, answer, DAY_MS, nightRule, withAlarmedFleet } from "./support.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const pageOfFirst = (limit: number) => ({ limit, cursor: undefined });

/** Alerts on a bare database, with a clock and a channel that only remembers. */
async function alarmed(db: Db) {
  const clock = { nowMs: DAY_MS };
  const told: { title: string; kind: string; channel: string; lines: number }[] = [];
  const alerts = await createAlerts(db, {
    ...{ now: () => clock.nowMs, onProblem: () => {}, onStored: () => {} },
    sender: async ({ message: { title, kind, alerts }, config }) => {
      told.push({ title, kind, channel: String(config.topic), lines: alerts.length });
      return { isSent: true };
    },
  });
  const channel = async (name: string, projectID = "default") => {
    const given = { name, kind: "mqtt" as const, config: { url: "mqtt://x", topic: name } };
    return (await createChannel(db, projectID, given, clock.nowMs)).channelID;
  };
  let sequence = 0;
  const see = async (
    cameraID: string,
    observationType: "human" | "animal" | "vehicle" = "human",
  ) => {
    sequence++;
    const eventStart = Math.floor(clock.nowMs / 1000);
    const record = observation(`1-${sequence}`, {
      ...{ eventStart, eventEnd: eventStart, observationType, scientificName: "" },
    });
    const judged = judgeCheckIn(checkIn([record], { sequence, time: eventStart }));
    if (typeof judged === "string") throw new Error(judged);
    await ingest(db, [{ cameraID, checkIn: judged }], clock.nowMs, { alerts });
    await alerts.tick(false);
  };
  const camera = async (name: string, site = "north") =>
    (await createCamera(db, { name, site }, clock.nowMs)).cameraID;
  return { clock, told, alerts, channel, see, camera };
}

withDatabases("quiet hours turn messages into one digest, but never a P1", async (db) => {
  const { clock, told, alerts, channel, see, camera } = await alarmed(db);
  const channels = [await channel("phone")];
  const when = { observationTypes: ["human"] };
  await saveRule(db, "default", { name: "p2", severity: "P2", when, channels }, 0);
  const vehicles = { observationTypes: ["vehicle"] };
  await saveRule(db, "default", { name: "p1", severity: "P1", when: vehicles, channels }, 0);
  const quiet = { from: "22:00", to: "06:00", timeZone: "Africa/Nairobi" };
  await saveSettings(db, "default", { quiet }, 0);
  clock.nowMs = Date.parse("2026-03-20T20:00:00Z");
  await see(await camera("a"));
  await see(await camera("b"));
  assert.equal(told, []);
  await see(await camera("c"), "vehicle");
  assert.equal(
    told.splice(0).map(({ title }) => title),
    ["Vehicle at c"],
  );
  clock.nowMs = Date.parse("2026-03-21T02:59:00Z");
  await alerts.tick(false);
  assert.equal(told, []);
  clock.nowMs = Date.parse("2026-03-21T03:00:00Z");
  await alerts.tick(false);
  const digest = { title: "2 alerts since the last digest", kind: "digest" };
  assert.equal(told, [{ ...digest, channel: "phone", lines: 2 }]);
  await alerts.close();
});

withDatabases("over the cap alerts are kept, and one message says so", async (db) => {
  const { clock, told, alerts, channel, see, camera } = await alarmed(db);
  const channels = [await channel("phone")];
  await saveRule(
    db,
    "default",
    { name: "p2", severity: "P2", when: {}, channels, capPerHour: 3 },
    0,
  );
  for (let index = 0; index < 7; index++) await see(await camera(`c${index}`));
  assert.equal(
    told.map(({ kind }) => kind),
    ["alert", "alert", "alert", "overflow"],
  );
  assert.match(told[3]!.title, /^More than 3 alerts of "p2" in one hour$/);
  const { alerts: all } = await listAlerts(db, { projectID: "default" }, pageOfFirst(50));
  assert.equal([all.length, all.filter(({ isWithheld }) => isWithheld).length], [7, 4]);
  clock.nowMs += HOUR_MS;
  await see(await camera("later"));
  assert.is(told.at(-1)?.kind, "alert");
  await alerts.close();
});

withDatabases("what nobody acknowledges goes on to the next ones", async (db) => {
  const { clock, told, alerts, channel, see, camera } = await alarmed(db);
  const [first, second, third] = [await channel("1"), await channel("2"), await channel("3")];
  const escalation = [
    { afterMinutes: 15, channels: [second] },
    { afterMinutes: 30, channels: [second, third] },
  ];
  const rule = { name: "p1", severity: "P1", when: {}, channels: [first], escalation };
  await saveRule(db, "default", rule, 0);
  await see(await camera("a"));
  const passed = async (minutes: number) => {
    clock.nowMs += minutes * MINUTE_MS;
    await alerts.tick(false);
    return told
      .splice(0)
      .map(({ channel: name, title }) => `${name} ${title}`)
      .sort();
  };
  assert.equal(await passed(14), ["1 Human at a"]);
  assert.equal(await passed(1), ["2 Not acknowledged: Human at a"]);
  assert.equal(await passed(14), []);
  assert.equal(await passed(1), [
    "2 Not acknowledged: Human at a",
    "3 Not acknowledged: Human at a",
  ]);
  assert.equal(await passed(600), []);
  await see(await camera("b"));
  const { alerts: all } = await listAlerts(db, { projectID: "default" }, pageOfFirst(1));
  const alertID = all[0]!.alertID;
  await act(db, { projectID: "default", alertID, action: "acknowledge", who: "ana" }, clock.nowMs);
  assert.equal(await passed(60), ["1 Human at b"]);
  await alerts.close();
});

withDatabases("rangers on patrol alarm nobody, and are on record", async (db) => {
  const { told, alerts, channel, see, camera } = await alarmed(db);
  const channels = [await channel("phone")];
  await saveRule(db, "default", { name: "p2", severity: "P2", when: {}, channels }, 0);
  const allow = [{ who: "patrol 3", cameraIDs: [await camera("a")] }];
  await saveSettings(db, "default", { allow }, 0);
  await see(allow[0]!.cameraIDs[0]!);
  await see(allow[0]!.cameraIDs[0]!);
  await see(await camera("b"));
  assert.equal(
    told.map(({ title }) => title),
    ["Human at b"],
  );
  const { alerts: all } = await listAlerts(db, { projectID: "default" }, pageOfFirst(50));
  assert.equal(
    all.map(({ state, count }) => `${state} ${count}`),
    ["raised 1", "allowed 2"],
  );
  await alerts.close();
});

withDatabases("a project's rules, channels and alerts are its own", async (db) => {
  const { told, alerts, channel, see, camera } = await alarmed(db);
  const other = { projectID: "other", organisationID: "default", name: "Other", sensitivity: 0 };
  await db
    .insertInto("projects")
    .values({ ...other, sensitivity: 0, createdMs: 0 })
    .execute();
  const channels = [await channel("theirs", "other")];
  const rule = { name: "all", severity: "P2", when: {}, channels };
  await saveRule(db, "other", rule, 0);
  let refused = "";
  await saveRule(db, "default", rule, 0).catch((error: Error) => {
    refused = error.message;
  });
  assert.match(refused, /is no channel of this project/);
  await see(await camera("ours", "north"));
  assert.equal(told, []);
  await see(await camera("theirs", "other/south"));
  assert.equal(
    told.map(({ title }) => title),
    ["Human at theirs"],
  );
  const { alerts: seen } = await listAlerts(db, { projectID: "other" }, pageOfFirst(9));
  const mine = await listAlerts(db, { projectID: "default" }, pageOfFirst(9));
  assert.equal([seen.length, mine.alerts.length], [1, 0]);
  const { alertID } = seen[0]!;
  await act(db, { projectID: "default", alertID, action: "resolve", who: "ana" }, 0).then(
    () => assert.unreachable("resolved by a stranger"),
    (error: Error) => assert.match(error.message, /there is no alert/),
  );
  assert.equal(
    (await listRules(db, "other")).map(({ name }) => name),
    ["all"],
  );
  await alerts.close();
});

test("secrets go in and never come out, and an address inside the network is refused unless allowed", async () => {
  await withAlarmedFleet(async (fleet) => {
    const secret = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
    const url = "https://hooks.example.org/services/T0PSECRET";
    const channelID = await addChannel(fleet, "webhook", { url, secret });
    const mail = {
      host: "mail.example.org",
      port: 465,
      security: "tls",
      from: "a@b.org",
      to: ["c@d.org"],
    };
    await addChannel(fleet, "email", { ...mail, user: "me", password: "T0PSECRET" });
    const answers = [
      await (await operate(fleet, "GET", "/api/v1/alert-channels")).text(),
      await (
        await operate(fleet, "PATCH", `/api/v1/alert-channels/${channelID}`, { name: "x" })
      ).text(),
      await (await operate(fleet, "GET", "/api/v1/alert-deliveries")).text(),
    ];
    for (const text of answers) assert.not.match(text, /T0PSECRET|whsec_/);
    assert.match(answers[0] ?? "", /"origin":"https:\/\/hooks\.example\.org"/);
    const made = await answer<{ made: { secret: string } }>(
      fleet,
      "POST",
      "/api/v1/alert-channels",
      {
        ...{ name: "made", kind: "webhook", config: { url } },
      },
    );
    assert.match(made.made.secret, /^whsec_/);
    for (const [config, problem] of [
      [{ url: "ftp://x" }, /config\.url: must begin with/],
      [{ url: "https://me:pw@example.org/" }, /no user or password in the address/],
      [{ url, secret: "short" }, /config\.secret/],
    ] as const) {
      const body = { name: "bad", kind: "webhook", config };
      const response = await operate(fleet, "POST", "/api/v1/alert-channels", body);
      assert.is(response.status, 400);
      assert.match(await response.text(), problem);
    }
    await addRule(fleet, nightRule({ channels: [channelID] }));
    const used = await operate(fleet, "DELETE", `/api/v1/alert-channels/${channelID}`);
    assert.is(used.status, 409);
  });
});

test("a message tells a place as exactly as its channel may", () => {
  const alert = {
    ...{ alertID: 1, ruleName: "r", severity: "P3", subject: "human", state: "raised", count: 1 },
    ...{ firstMs: 0, lastMs: 0, cameraID: "cam-1", observationID: "cam-1:1", probability: 0.9 },
  } as AlertRow;
  const at = { cameraName: "Den", siteName: "North", latitude: -2.01234, longitude: 35.04567 };
  const rows = [
    [0, false, [-2.01, 35.05, "Den", "coordinates rounded to 0.01 degree"]],
    [4, false, [-2.01, 35.05, "Den", "coordinates rounded to 0.01 degree"]],
    [2, false, [-2, 35, null, "coordinates rounded to 0.1 degree"]],
    [1, false, [null, null, null, "coordinates withheld"]],
    [1, true, [-2.01234, 35.04567, "Den", null]],
  ] as const;
  for (const [sensitivity, mayLocate, wanted] of rows) {
    const facts = factsOf(alert, { ...at, sensitivity }, mayLocate);
    const { latitude, longitude, camera, dataGeneralizations } = facts;
    assert.equal([latitude, longitude, camera, dataGeneralizations], wanted);
    assert.is(facts.observationID, null, "people's pictures cannot be found from a P3");
    const message = {
      v: 1 as const,
      deliveryID: "d",
      kind: "alert" as const,
      severity: "P3" as const,
    };
    const { text } = textOf({
      ...message,
      title: facts.title,
      note: "",
      alerts: [facts],
      link: null,
    });
    assert.is(/Den|North/.test(text), camera !== null);
  }
});

test.run();
