/**
 * A message as a signed POST. Headers and signature are those of Standard Webhooks: `webhook-id` is the idempotency key, the
 * signature covers id, time and body. No redirects are followed. The name is resolved once, every address it has is looked
 * at, and the connection goes to what was looked at, so that a name cannot turn into an inner address in between.
 * Source: standard-webhooks.com specification 1.0; RFC 6890 for special addresses.
 */
import { createHmac } from "node:crypto";
import { lookup } from "node:dns/promises";
import { request as requestPlain } from "node:http";
import { request as requestTls } from "node:https";
import { BlockList, isIP, type LookupFunction } from "node:net";
import { type Attempt, failed, type Outcome } from "./attempt.ts";
import type { WebhookConfig } from "./kinds.ts";

const ANSWER_BYTES_MAX = 64 * 1024;

/** @param timestamp UTC seconds @returns value of webhook-signature */
export function signature(secret: string, id: string, timestamp: number, body: string): string {
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  const sum = createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64");
  return `v1,${sum}`;
}

export async function sendWebhook(
  { deliveryID, message, nowMs, signal, mayBePrivate, limitMs }: Attempt,
  { url, secret }: WebhookConfig,
): Promise<Outcome> {
  const target = new URL(url);
  const address = await addressOf(target.hostname.replace(/^\[|\]$/g, ""));
  if (!mayBePrivate && isInner(address)) {
    return failed(
      `${target.hostname} is an address inside this network; the server must be told to allow that`,
      true,
    );
  }
  const body = JSON.stringify(message);
  const timestamp = Math.floor(nowMs / 1000);
  const { status, retryAfter } = await post(target, address, body, limitMs, signal, {
    "content-type": "application/json",
    "user-agent": "thicket",
    "idempotency-key": deliveryID,
    "webhook-id": deliveryID,
    "webhook-timestamp": String(timestamp),
    "webhook-signature": signature(secret, deliveryID, timestamp, body),
  });
  // It has this one already.
  if ((status >= 200 && status < 300) || status === 409) return { isSent: true };
  const isFinal = status >= 300 && status < 500 && ![408, 425, 429].includes(status);
  const what = status < 400 && isFinal ? "is a redirect, which is not followed" : "";
  return failed(`status ${status} ${what}`.trim(), isFinal, retryAfterMs(retryAfter, Date.now()));
}

/** Seconds, or a date. Source: RFC 9110 section 10.2.3. */
export function retryAfterMs(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d{1,9}$/.test(header.trim())) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isFinite(date) ? Math.max(0, date - nowMs) : undefined;
}

interface Found {
  address: string;
  family: number;
}

async function addressOf(host: string): Promise<Found[]> {
  const family = isIP(host);
  return family ? [{ address: host, family }] : lookup(host, { all: true });
}

const inner = new BlockList();
for (const [network, bits] of [
  ...([
    ["0.0.0.0", 8],
    ["10.0.0.0", 8],
    ["100.64.0.0", 10],
    ["127.0.0.0", 8],
    ["169.254.0.0", 16],
    ["172.16.0.0", 12],
    ["192.0.0.0", 24],
    ["192.168.0.0", 16],
    ["198.18.0.0", 15],
    ["224.0.0.0", 3],
  ] as const),
]) {
  inner.addSubnet(network, bits, "ipv4");
}
for (const [network, bits] of [
  ...([
    ["::", 127],
    ["64:ff9b::", 96],
    ["fc00::", 7],
    ["fe80::", 10],
    ["ff00::", 8],
  ] as const),
]) {
  inner.addSubnet(network, bits, "ipv6");
}

/** One inner address among many is enough: which one is used would be chance. IPv4 inside IPv6 counts as IPv4. */
const isInner = (found: readonly Found[]): boolean =>
  found.length === 0 ||
  found.some(({ address, family }) => {
    const mapped = address.match(/^::ffff:(\d+\.\d+\.\d+\.\d+)$/i)?.[1];
    if (mapped !== undefined) return inner.check(mapped, "ipv4");
    // Written in hexadecimal it is not worth understanding.
    if (/^::ffff:/i.test(address)) return true;
    return inner.check(address, family === 6 ? "ipv6" : "ipv4");
  });

export const isInnerAddress = (address: string): boolean =>
  isInner([{ address, family: isIP(address) }]);

function post(
  target: URL,
  found: readonly Found[],
  body: string,
  limitMs: number,
  signal: AbortSignal,
  headers: Record<string, string>,
): Promise<{ status: number; retryAfter: string | undefined }> {
  const pinned = ((_host, options, done) => {
    const [first] = found;
    if (options.all) done(null, found as { address: string; family: number }[]);
    else done(null, first?.address ?? "", first?.family);
  }) as LookupFunction;
  return new Promise((resolve, reject) => {
    const request = (target.protocol === "https:" ? requestTls : requestPlain)(target, {
      ...{ method: "POST", lookup: pinned, agent: false },
      headers: { ...headers, "content-length": Buffer.byteLength(body) },
    });
    const giveUp = (reason: string) => () => request.destroy(new Error(reason));
    // For the whole exchange: a receiver that drips would pass a limit on silence.
    const timer = setTimeout(giveUp("no answer in time"), limitMs);
    const onAbort = giveUp("the server stops");
    signal.addEventListener("abort", onAbort, { once: true });
    request.once("close", () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
      // Whatever ended it without an error and without an answer; nothing when it is settled.
      reject(new Error("the connection broke"));
    });
    request.on("error", reject);
    request.once("response", (response) => {
      signal.removeEventListener("abort", onAbort);
      let bytes = 0;
      response.on("data", (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > ANSWER_BYTES_MAX) response.destroy();
      });
      response.on("error", () => {});
      // The status says it all, also of an answer that never ends.
      resolve({
        status: response.statusCode ?? 0,
        retryAfter: response.headers["retry-after"],
      });
    });
    request.end(body);
  });
}
