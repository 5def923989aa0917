/** From a check-in to three channels over real sockets, and what people do then. */
import { createHmac } from "node:crypto";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { readEvents } from "../support/events.ts";
import { checkIn, exchange, heartbeat, operate } from "../support/fleet.ts";
import {
  addChannel,
  addNoGoCamera,
  addRule,
  alertOf,
  alertsOf,
  answer,
  broker,
  DAY_MS,
  mailReceiver,
  NIGHT_MS,
  nightRule,
  seen,
  webhookReceiver,
  withAlarmedFleet,
} from "./support.ts";

test("a person at night in the no-go zone is told by mail, webhook, broker and stream, once", async () => {
  const mail = await mailReceiver();
  const hook = await webhookReceiver();
  const mqtt = await broker();
  await withAlarmedFleet(async (fleet) => {
    const camera = await addNoGoCamera(fleet);
    const secret = `whsec_${Buffer.from("a key that both know, 32 bytes..").toString("base64")}`;
    const channels = [
      await addChannel(fleet, "email", {
        ...{ host: "127.0.0.1", port: mail.port, security: "none" },
        ...{ from: "thicket@example.org", to: ["rangers@example.org", "warden@example.org"] },
      }),
      await addChannel(fleet, "webhook", { url: `http://127.0.0.1:${hook.port}/key/x1`, secret }),
      await addChannel(
        fleet,
        "mqtt",
        { url: `mqtt://127.0.0.1:${mqtt.port}`, topic: "thicket/alerts" },
        { mayLocate: true },
      ),
    ];
    await addRule(fleet, nightRule({ channels }));
    const settings = { dashboard: "https://thicket.example.org" };
    await answer(fleet, "PUT", "/api/v1/alert-settings", settings);
    const stream = await readEvents(fleet.url, fleet.operator);

    await seen(fleet, camera, "1-1");
    await fleet.server.alerts.tick();

    const [alert] = await alertsOf(fleet);
    assert.equal(
      [alert.severity, alert.state, alert.title, alert.count],
      ["P1", "raised", "Human at waterhole", 1],
    );
    const event = await stream.next(({ event }) => event === "alert");
    assert.is(event.data.alertID, alert.alertID);
    stream.close();

    assert.is(mail.got.length, 1, "one mail for both recipients");
    const text = mail.got[0] ?? "";
    assert.match(text, /^Subject: \[P1\] Human at waterhole\r$/m);
    assert.match(text, /^Message-ID: <alert-\d+\.channel-\w+@example\.org>\r$/m);
    assert.match(text, /Where: waterhole, Lowveld \(-2\.01, 35\.05, coordinates rounded/);
    assert.match(text.replace(/=\r\n/g, ""), /https:\/\/thicket\.example\.org\/#\/alerts\?alert=/);

    assert.is(hook.got.length, 1);
    const { headers, body } = hook.got[0]!;
    const signed = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`;
    const sum = createHmac("sha256", "a key that both know, 32 bytes..").update(signed);
    assert.is(headers["webhook-signature"], `v1,${sum.digest("base64")}`);
    assert.is(headers["webhook-timestamp"], String(NIGHT_MS / 1000));
    assert.equal(JSON.parse(body).alerts[0].latitude, -2.01, "rounded without the right to locate");

    assert.equal(
      mqtt.got.map(({ topic, qos, retain, body }) => [topic, qos, retain, body.alerts[0].latitude]),
      [["thicket/alerts", 1, false, -2.0123]],
    );
    const { events, deliveries } = await alertOf(fleet, alert.alertID);
    assert.equal(
      events.map(({ step, note }: Record<string, string>) => [step, note].join(" ")).sort(),
      ["delivered email", "delivered mqtt", "delivered webhook", "raised "],
    );
    assert.ok(deliveries.every(({ state }: Record<string, string>) => state === "sent"));
    assert.equal(fleet.problems, []);
  });
  await Promise.all([mail.close(), hook.close(), mqtt.close()]);
});

test("a check-in that is sent again, and one by day, raise nothing", async () => {
  await withAlarmedFleet(async (fleet) => {
    const camera = await addNoGoCamera(fleet);
    await addRule(fleet, nightRule());
    await seen(fleet, camera, "1-1");
    await seen(fleet, camera, "1-1");
    fleet.clock.set(DAY_MS + 86_400_000);
    await seen(fleet, camera, "1-2");
    const alerts = await alertsOf(fleet);
    assert.equal(
      alerts.map(({ count }) => count),
      [1],
    );
  });
});

test("two of three less sure events make a sure one", async () => {
  await withAlarmedFleet(async (fleet) => {
    const camera = await addNoGoCamera(fleet);
    await addRule(fleet, nightRule());
    await seen(fleet, camera, "1-1", { classificationProbability: 0.5 });
    assert.is((await alertsOf(fleet)).length, 0);
    fleet.clock.set(NIGHT_MS + 60_000);
    await seen(fleet, camera, "1-2", { observationType: "blank", classificationProbability: 0.9 });
    fleet.clock.set(NIGHT_MS + 120_000);
    await seen(fleet, camera, "1-3", { classificationProbability: 0.45 });
    const [alert] = await alertsOf(fleet);
    assert.is(alert?.observationID, `${camera.cameraID}:1-3`);
  });
});

test("sightings within ten minutes are one alert with a count, later ones another", async () => {
  const hook = await webhookReceiver();
  await withAlarmedFleet(async (fleet) => {
    const camera = await addNoGoCamera(fleet);
    const url = `http://127.0.0.1:${hook.port}/`;
    await addRule(fleet, nightRule({ channels: [await addChannel(fleet, "webhook", { url })] }));
    for (const minute of [0, 4, 9, 25]) {
      fleet.clock.set(NIGHT_MS + minute * 60_000);
      await seen(fleet, camera, `1-${minute}`);
    }
    await seen(fleet, camera, "1-v", { observationType: "vehicle" });
    const alerts = await alertsOf(fleet);
    assert.equal(
      alerts.map(({ subject, count }) => `${subject} ${count}`),
      ["vehicle 1", "human 1", "human 3"],
    );
    await fleet.server.alerts.tick();
    assert.is(hook.got.length, 3, "a count that grows sends nothing");
    const before = alerts[2];
    assert.is(Date.parse(before.lastSeen) - Date.parse(before.firstSeen), 9 * 60_000);
  });
  await hook.close();
});

test("acknowledged, resolved and muted are kept with who and when; what is over stays over", async () => {
  await withAlarmedFleet(async (fleet) => {
    const camera = await addNoGoCamera(fleet);
    await addRule(fleet, nightRule());
    await seen(fleet, camera, "1-1");
    const [{ alertID }] = (await alertsOf(fleet)) as [{ alertID: number }];
    const path = `/api/v1/alerts/${alertID}`;
    for (let twice = 0; twice < 2; twice++) {
      const { state, acknowledgedBy } = await answer<Record<string, string>>(
        ...([fleet, "POST", `${path}/acknowledge`, { note: "on my way" }] as const),
      );
      assert.equal([state, acknowledgedBy], ["acknowledged", "operator"]);
    }
    await answer(fleet, "POST", `${path}/mute`, { minutes: 90 });
    fleet.clock.set(NIGHT_MS + 80 * 60_000);
    await seen(fleet, camera, "1-2");
    assert.is((await alertsOf(fleet)).length, 1, "counted while muted");
    fleet.clock.set(NIGHT_MS + 100 * 60_000);
    await seen(fleet, camera, "1-3");
    assert.is((await alertsOf(fleet)).length, 2, "raised anew afterwards");
    await answer(fleet, "POST", `${path}/resolve`);
    const late = await operate(fleet, "POST", `${path}/acknowledge`);
    assert.is(late.status, 409);
    assert.match(await late.text(), /"ALERT_OVER","message":"alert \d+ is resolved"/);
    const { events } = await alertOf(fleet, alertID);
    assert.equal(
      events.map(({ step, who, note }: Record<string, string>) => [step, who, note]),
      [
        ["raised", "server", ""],
        ["acknowledged", "operator", "on my way"],
        ["muted", "operator", "for 90 min"],
        ["counted", "server", `${camera.cameraID}:1-2`],
        ["resolved", "operator", ""],
      ],
    );
    assert.is((await operate(fleet, "GET", "/api/v1/alerts/999")).status, 404);
  });
});

test("troubles of a camera stand until they are over", async () => {
  await withAlarmedFleet(async (fleet) => {
    const camera = await addNoGoCamera(fleet);
    const report = (sequence: number, changes: Parameters<typeof heartbeat>[0]) =>
      exchange(fleet, camera, checkIn([], { sequence, heartbeat: heartbeat(changes) }));
    const shown = async () =>
      (await alertsOf(fleet)).map(({ subject, state, count }) => `${subject} ${state} ${count}`);
    await report(1, { batteryMv: 3400, clockDriftS: 61 });
    await report(2, { batteryMv: 3390, clockDriftS: 40 });
    const standing = ["trouble clockDrift raised 1", "trouble batteryLow raised 1"];
    assert.equal(await shown(), standing, "40 s is neither bad nor good again");
    await report(3, { batteryMv: 3900, clockDriftS: 2 });
    assert.equal(
      await shown(),
      standing.map((text) => text.replace("raised", "resolved")),
    );
    fleet.clock.set(NIGHT_MS + 2 * 3_600_000);
    await fleet.server.alerts.tick();
    assert.is((await shown()).length, 2, "two promised hours are not over yet");
    fleet.clock.set(NIGHT_MS + 2 * 3_600_000 + 1000);
    await fleet.server.alerts.tick();
    await fleet.server.alerts.tick();
    assert.is((await shown())[0], "trouble silent raised 1");
    await report(4, { batteryMv: 3400 });
    assert.equal(await shown(), [
      ...["trouble silent resolved 1", "trouble clockDrift resolved 1"],
      "trouble batteryLow raised 2",
    ]);
  });
});

test.run();
