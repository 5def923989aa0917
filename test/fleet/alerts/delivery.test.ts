/**
 * The outbox under faults: what was put in arrives, under one key, whatever the receiver, the line and the process do. Time
 * is the test's own, so back-offs of hours pass at once.
 */
import { rmSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Outcome } from "../../../toolchain/fleet/alerts/channels/attempt.ts";
import {
  isInnerAddress,
  retryAfterMs,
  signature,
} from "../../../toolchain/fleet/alerts/channels/webhook.ts";
import {
  backOffMs,
  createDeliveryWorker,
  type DeliveryOptions,
} from "../../../toolchain/fleet/alerts/delivery.ts";
import { put } from "../../../toolchain/fleet/alerts/outbox.ts";
import { createChannel } from "../../../toolchain/fleet/alerts/store.ts";
import { type Db, openDatabase } from "../../../toolchain/fleet/db/open.ts";
import { withDatabases } from "../support/databases.ts";
import { temporaryFolder } from "../support/fleet.ts";
import { webhookReceiver } from "./support.ts";

const MESSAGES = 200;
const FAULTS_MIN = 1000;
const HOUR_MS = 3_600_000;

/** Numbers below 1 from a seed: a failing run can be repeated. Source: Steele 2014 (splitmix), 32 bits. */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  };
}

const addWebhook = async (db: Db, url: string, name = "hook"): Promise<string> => {
  const channel = { name, kind: "webhook" as const, config: { url } };
  return (await createChannel(db, "default", channel, 0)).channelID;
};

const post = (db: Db, channelID: string, key: string, nowMs: number, more = {}) =>
  put(db, {
    ...{ projectID: "default", ruleID: "rule-1", severity: "P1", kind: "test", key, nowMs },
    ...{ channelIDs: [channelID], title: key, note: "", dueMs: nowMs, isDigest: false, ...more },
  });

const states = async (db: Db) => {
  const rows = await db.selectFrom("deliveries").select(["state"]).execute();
  const counts: Record<string, number> = {};
  for (const { state } of rows) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
};

test("a thousand faults lose no message and bring none twice", async () => {
  const dataDir = temporaryFolder();
  const { db, close } = await openDatabase(dataDir, 0);
  const roll = dice(20_260_320);
  let nowMs = Date.parse("2026-03-20T22:00:00Z");
  let faults = 0;
  /** Keys that the receiver has taken, and those whose 2xx it knows to have gone out whole. */
  const taken = new Map<string, number>();
  const answered = new Set<string>();
  const again: string[] = [];
  const hook = await webhookReceiver((request, response) => {
    const id = String(request.headers["webhook-id"]);
    if (answered.has(id)) again.push(id);
    const isFaulty = faults < FAULTS_MIN && roll() < 0.85;
    if (!isFaulty) {
      taken.set(id, (taken.get(id) ?? 0) + 1);
      answered.add(id);
      return response.writeHead(204).end();
    }
    faults++;
    const fault = Math.floor(roll() * 6);
    // Taken, but the answer is lost: only the key can tell that it comes again.
    if (fault === 0) taken.set(id, (taken.get(id) ?? 0) + 1);
    if (fault <= 1) return request.socket.destroy();
    if (fault === 2) return response.writeHead(503).end();
    if (fault === 3) return response.writeHead(429, { "retry-after": "30" }).end("slow down");
    // Half an answer, or none in time.
    if (fault === 4) return response.socket?.end("HTTP/1.1 200");
    return undefined;
  });
  const options: DeliveryOptions = {
    ...{ now: () => nowMs, random: roll, limitMs: 25, mayBePrivate: true },
    ...{ onProblem: () => {}, onStored: () => {} },
  };
  const channels = [];
  for (let index = 0; index < 4; index++) {
    const url = `http://127.0.0.1:${hook.port}/${index}`;
    channels.push(await addWebhook(db, url, `hook ${index}`));
  }
  for (let index = 0; index < MESSAGES; index++) {
    await post(db, channels[index % 4] ?? "", `m${index}`, nowMs);
  }
  let restarts = 0;
  for (let round = 0; round < 400 && (await states(db)).sent !== MESSAGES; round++) {
    const worker = createDeliveryWorker(db, options);
    await worker.recover();
    const run = worker.run();
    // Every third process is killed in the middle of its work: what it had claimed is still claimed.
    if (round % 3 === 0) {
      await new Promise((resolve) => setTimeout(resolve, 15));
      await worker.close();
      restarts++;
    }
    await run;
    nowMs += 60_000;
  }
  assert.equal(await states(db), { sent: MESSAGES });
  assert.is(taken.size, MESSAGES, "every message arrived");
  assert.ok(faults >= FAULTS_MIN, `${faults} faults`);
  assert.ok(restarts > 3, `${restarts} restarts`);
  assert.ok(
    [...taken.values()].some((times) => times > 1),
    "some answers were lost after all",
  );
  // A kill between the answer and its record is the one case in which an answered message goes again.
  assert.ok(again.length <= restarts * 16, `${again.length} answered ones were sent again`);
  const bodies = new Map(hook.got.map(({ headers, body }) => [headers["webhook-id"], body]));
  assert.ok(
    hook.got.every(({ headers, body }) => bodies.get(headers["webhook-id"]) === body),
    "a key always means the same message",
  );
  await hook.close();
  await close();
  rmSync(dataDir, { recursive: true });
});

/** A worker whose attempts end as told, one after the other. */
const scripted = (db: Db, clock: { nowMs: number }, outcomes: (Outcome | undefined)[]) => {
  const sent: string[] = [];
  const worker = createDeliveryWorker(db, {
    ...{ now: () => clock.nowMs, random: () => 1, onProblem: () => {}, onStored: () => {} },
    sender: async ({ deliveryID }) => {
      sent.push(deliveryID.split(".")[0] ?? "");
      return outcomes.shift() ?? { isSent: true };
    },
  });
  return { worker, sent };
};

withDatabases(
  "a refusal is a dead letter at once, silence after a day, and either can go again",
  async (db) => {
    const clock = { nowMs: 0 };
    const channelID = await addWebhook(db, "https://example.org/");
    const refused: Outcome = { isSent: false, reason: "status 404", isFinal: true };
    const failing: Outcome = { isSent: false, reason: "status 503", isFinal: false };
    const { worker } = scripted(db, clock, [refused, ...Array<Outcome>(200).fill(failing)]);
    await post(db, channelID, "a", 0);
    await worker.run();
    assert.equal(await states(db), { dead: 1 });
    await post(db, channelID, "b", 0);
    let attempts = 0;
    while ((await states(db)).waiting !== undefined || attempts === 0) {
      await worker.run();
      clock.nowMs += 31 * 60_000;
      attempts++;
    }
    assert.equal(await states(db), { dead: 2 });
    assert.ok(clock.nowMs >= 24 * HOUR_MS && clock.nowMs < 25 * HOUR_MS, String(clock.nowMs));
  },
);

withDatabases("a channel that hangs holds up no other, and the worst goes first", async (db) => {
  const clock = { nowMs: 0 };
  const [slow, fast] = [
    await addWebhook(db, "https://example.org/", "slow"),
    await addWebhook(db, "https://example.org/", "fast"),
  ];
  const sent: string[] = [];
  let release = (): void => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const worker = createDeliveryWorker(db, {
    ...{ now: () => clock.nowMs, onProblem: () => {}, onStored: () => {} },
    sender: async ({ deliveryID, message }) => {
      if (deliveryID.endsWith(slow)) await held;
      sent.push(message.title);
      if (sent.length === 20) release();
      return { isSent: true };
    },
  });
  for (let index = 0; index < 20; index++) await post(db, slow, `slow ${index}`, 0);
  for (let index = 0; index < 19; index++) {
    await post(db, fast, `fast ${index}`, 0, { severity: "P4" });
  }
  await post(db, fast, "fast first", 0, { severity: "P1" });
  await worker.run();
  assert.is(sent.length, 40);
  assert.ok(sent.slice(0, 20).every((title) => title.startsWith("fast")));
  assert.is(sent[0], "fast first");
});

withDatabases("what is put in while a receiver hangs does not wait for it", async (db) => {
  const slow = await addWebhook(db, "https://example.org/", "slow");
  const fast = await addWebhook(db, "https://example.org/", "fast");
  let release = (): void => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  let hang = (): void => {};
  const hangs = new Promise<void>((resolve) => {
    hang = resolve;
  });
  const order: string[] = [];
  const worker = createDeliveryWorker(db, {
    ...{ now: () => 0, onProblem: () => {}, onStored: () => {} },
    sender: async ({ deliveryID, message }) => {
      if (deliveryID.endsWith(slow)) {
        hang();
        await held;
      } else release();
      order.push(message.title);
      return { isSent: true };
    },
  });
  await post(db, slow, "first", 0);
  const run = worker.run();
  await hangs;
  await post(db, fast, "second", 0);
  await Promise.all([worker.run(), run]);
  assert.equal(order, ["second", "first"]);
});

withDatabases("lines of a digest become one message when they are due", async (db) => {
  const clock = { nowMs: 0 };
  const channelID = await addWebhook(db, "https://example.org/");
  for (const key of ["a", "b", "c"]) {
    await post(db, channelID, key, 0, { dueMs: HOUR_MS, isDigest: true, severity: "P3" });
  }
  const { worker, sent } = scripted(db, clock, []);
  await worker.run();
  assert.equal(sent, []);
  clock.nowMs = HOUR_MS;
  await worker.run();
  assert.equal(sent, ["digest"]);
  assert.equal(await states(db), { digested: 3, sent: 1 });
});

test("waits twice as long each time, between half and all of it, and as long as it is asked to", () => {
  const rows: [attempts: number, asked: number | undefined, least: number, most: number][] = [
    [1, undefined, 2500, 5000],
    [2, undefined, 5000, 10_000],
    [5, undefined, 40_000, 80_000],
    [40, undefined, 900_000, 1_800_000],
    [1, 120_000, 120_000, 120_000],
    [1, 1e12, 24 * HOUR_MS, 24 * HOUR_MS],
  ];
  for (const [attempts, asked, least, most] of rows) {
    assert.is(
      backOffMs(attempts, asked, () => 0),
      least,
    );
    assert.is(
      backOffMs(attempts, asked, () => 1),
      most,
    );
  }
});

test("understands Retry-After as seconds and as a date", () => {
  const nowMs = Date.parse("Wed, 21 Oct 2015 07:28:00 GMT");
  assert.is(retryAfterMs("120", nowMs), 120_000);
  assert.is(retryAfterMs("Wed, 21 Oct 2015 07:29:00 GMT", nowMs), 60_000);
  assert.is(retryAfterMs("Wed, 21 Oct 2015 07:00:00 GMT", nowMs), 0);
  assert.is(retryAfterMs("soon", nowMs), undefined);
  assert.is(retryAfterMs(undefined, nowMs), undefined);
});

test("signs as Standard Webhooks publishes it", () => {
  const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  const body = '{"test": 2432232314}';
  assert.is(
    signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, body),
    "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
  );
});

test("knows addresses inside a network", () => {
  const inner =
    "127.0.0.1 10.1.2.3 172.31.0.1 192.168.1.1 169.254.169.254 100.64.0.1 0.0.0.0 224.0.0.1";
  const inner6 = "::1 :: fe80::1 fd00::1 ff02::1 ::ffff:10.0.0.1 ::ffff:7f00:1 64:ff9b::a00:1";
  for (const address of `${inner} ${inner6}`.split(" "))
    assert.ok(isInnerAddress(address), address);
  for (const address of "8.8.8.8 172.32.0.1 192.167.1.1 2606:4700::1 100.128.0.1".split(" ")) {
    assert.not(isInnerAddress(address), address);
  }
});

test.run();
