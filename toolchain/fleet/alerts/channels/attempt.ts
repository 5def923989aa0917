/** One attempt at one message, and its outcome: a failure says whether trying again can help, and when. */
import type { ChannelKind } from "../../db/tables-alerts.ts";
import type { Message } from "../messages.ts";

/** An attempt takes no longer. */
export const ATTEMPT_MS_MAX = 10_000;

export interface Attempt {
  deliveryID: string;
  kind: ChannelKind;
  /** Configuration and secrets together. */
  config: Record<string, unknown>;
  message: Message;
  /** UTC milliseconds, for signatures. */
  nowMs: number;
  signal: AbortSignal;
  /** Whether webhooks may go to addresses inside this network. */
  mayBePrivate: boolean;
  limitMs: number;
}

export type Outcome =
  | { isSent: true }
  | { isSent: false; reason: string; isFinal: boolean; retryAfterMs?: number };

export type Sender = (attempt: Attempt) => Promise<Outcome>;

export const failed = (reason: string, isFinal = false, retryAfterMs?: number): Outcome => ({
  ...{ isSent: false, reason: reason.replace(/\s+/g, " ").slice(0, 300), isFinal },
  ...(retryAfterMs !== undefined && { retryAfterMs }),
});
