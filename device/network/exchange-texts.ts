/** What a check-in says, as JSON, and what an answer must be. */
import type { ConfigReport } from "../deployment/config.ts";
import type { ReleaseNews } from "../deployment/ota.ts";
import { type CheckIn, type CheckInReply, PROTOCOL_VERSION } from "../protocol/check-in.ts";
import { detailsMark, detailsOf, packHeartbeat } from "../protocol/heartbeat.ts";
import type { ExchangeParts } from "./exchange.ts";
import type { Batch } from "./outbox.ts";

/** Check-ins are numbered from here on in each boot: numbers never repeat, and need no write each. */
const SEQUENCES_PER_BOOT = 10000000;
/** What seldom changes is said again so many check-ins later: the server may have been restored from a backup. */
const DETAILS_EVERY = 2400;

/** The body of a check-in. The records are JSON already: taking them apart to write them again would cost memory. */
export function bodyOf(
  parts: ExchangeParts,
  sequence: number,
  batch: Batch,
  config: ConfigReport,
  releases: Partial<ReleaseNews>,
): string {
  const heartbeat = parts.heartbeat();
  // What goes out with this check-in waits no longer.
  heartbeat.queuedRecords -= batch.items.length;
  const envelope: Omit<CheckIn, "records"> = {
    v: PROTOCOL_VERSION,
    sequence: parts.health.bootCount * SEQUENCES_PER_BOOT + sequence,
    time: Math.round(parts.ports.clock.now()),
    heartbeat: parts.ports.base64(packHeartbeat(heartbeat)),
    configVersion: config.version,
    configSum: config.sum,
  };
  const { health } = parts;
  health.telling = detailsMark(heartbeat);
  if (health.telling !== health.told || sequence % DETAILS_EVERY === 1)
    envelope.details = detailsOf(heartbeat);
  if (config.refused) envelope.configRefused = config.refused;
  const known = parts.orders.provisioning.current();
  if (known && known.orderDone) envelope.orderDone = known.orderDone;
  Object.assign(envelope, releases);
  const head = JSON.stringify(envelope);
  return head.substr(0, head.length - 1) + ',"records":[' + batch.texts.join(",") + "]}";
}

/** The server's answer, or undefined when it is not one of this protocol. */
export function answerOf(body: string): CheckInReply | undefined {
  try {
    const answer = JSON.parse(body) as CheckInReply;
    const isAnswer = answer.v === PROTOCOL_VERSION && typeof answer.time === "number";
    return isAnswer && answer.acknowledged && answer.refused ? answer : undefined;
  } catch (_damaged) {
    return undefined;
  }
}
