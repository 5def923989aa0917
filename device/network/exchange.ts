/**
 * One contact with the server: sends heartbeat and records, removes what was acknowledged, applies the
 * configuration, corrects the clock; again until the outbox is empty; then the pictures.
 */
import type { Config } from "../deployment/config.ts";
import type { Health } from "../deployment/health.ts";
import { type OrderParts, obey } from "../deployment/orders.ts";
import type { Ota, ReleaseNews } from "../deployment/ota.ts";
import type { Timekeeping } from "../deployment/timekeeping.ts";
import type { Ports } from "../ports.ts";
import { CHECK_IN_PATH, type CheckInReply, type Heartbeat } from "../protocol/check-in.ts";
import type { Subsystems } from "../subsystems.ts";
import { answerOf, bodyOf } from "./exchange-texts.ts";
import type { ServerLink } from "./links.ts";
import type { Batch, Outbox } from "./outbox.ts";
import { sendPictures } from "./upload.ts";

/** A clock that is off by more is set. */
const DRIFT_S_MAX = 2;
/** Exchanges in one contact: enough for a full outbox, few enough to end. */
const ROUNDS_MAX = 60;
/** How the problem of a contact begins whose credential was refused. */
export const CREDENTIAL_REFUSED = "check-in refused with 401";
export interface ExchangeParts {
  ports: Ports;
  config: Config;
  health: Health;
  timekeeping: Timekeeping;
  outbox: Outbox;
  orders: OrderParts;
  link: ServerLink;
  heartbeat(): Heartbeat;
  ota: Ota;
  subsystems: Subsystems;
  /** The server sent a configuration that this program refuses. */
  onRefusedConfig(problem: string): void;
}

type Done = (problem: string) => void;

function correctClock(parts: ExchangeParts, serverTime: number): void {
  const driftS = serverTime - parts.ports.clock.now();
  if (parts.timekeeping.isSet()) parts.health.clockDriftS = Math.round(driftS * 10) / 10;
  if (Math.abs(driftS) > DRIFT_S_MAX) parts.timekeeping.set(serverTime);
}

/** Take in what the server said. Returns how many records were settled. */
function settle(parts: ExchangeParts, batch: Batch, answer: CheckInReply): number {
  const refused = answer.refused.map((row) => {
    parts.ports.log("server refused " + row.recordID + ": " + row.reason);
    return row.recordID;
  });
  parts.outbox.settle(batch, answer.acknowledged.concat(refused));
  parts.outbox.countDropped(refused.length);
  parts.outbox.save();
  const { config } = parts;
  const problem = answer.config ? config.apply(answer.config) : "";
  if (problem) parts.onRefusedConfig(problem);
  if (answer.order) obey(parts.orders, answer.order);
  return answer.acknowledged.length + refused.length;
}

/** Pictures and a release, if one is offered; a camera whose pictures do not go out must still get the cure. */
function sendRest(parts: ExchangeParts, isUrgent: boolean, done: Done): void {
  let isFetched = false;
  const fetch = (problem: string, next: (problem: string) => void): void => {
    const end = (other: string): void => {
      if (isFetched) return;
      isFetched = true;
      next(problem || other);
    };
    if (!parts.subsystems.run("ota", () => parts.ota.fetch(end))) end("");
  };
  if (!isUrgent) sendPictures(parts, (problem) => fetch(problem, done));
  else fetch("", (problem) => (problem ? done(problem) : sendPictures(parts, done)));
}

/**
 * Talk to the server until nothing waits.
 * @param round 1 for the first exchange of a contact
 * @param sequence number of the check-in since boot, from 1
 * @param done called with "" or what went wrong, and the number of the last check-in
 */
export function exchange(parts: ExchangeParts, round: number, sequence: number, done: Done): void {
  const wasSet = parts.timekeeping.isSet();
  // Before the batch: a failure is recorded in the vault, and that ends the strings of a batch.
  let releases: Partial<ReleaseNews> = {};
  parts.subsystems.run("ota", () => {
    releases = parts.ota.news();
  });
  // Without the time, records wait for the next round: they would go out with dates of 1970.
  const batch = wasSet ? parts.outbox.batch() : { texts: [], items: [] };
  const headers = { "Content-Type": "application/json" };
  const report = parts.config.report();
  const body = bodyOf(parts, sequence, batch, report, releases);
  parts.link.send("POST", CHECK_IN_PATH, headers, body, (reply, problem) => {
    if (!reply) return done(problem);
    if (reply.status !== 200)
      return done("check-in refused with " + reply.status + " " + reply.body.substr(0, 80));
    const answer = answerOf(reply.body);
    if (!answer) return done("the server's answer is not one of this protocol");
    parts.health.told = parts.health.telling;
    correctClock(parts, answer.time);
    // A change is confirmed by another contact than the one that brought it.
    parts.config.answered(report, round === 1);
    parts.subsystems.run("ota", () => parts.ota.heard(answer));
    const hasMoved = settle(parts, batch, answer) > 0 || !wasSet;
    if (hasMoved && parts.outbox.records() && round < ROUNDS_MAX)
      exchange(parts, round + 1, sequence + 1, done);
    else sendRest(parts, !!answer.release && answer.release.priority === "critical", done);
  });
}
