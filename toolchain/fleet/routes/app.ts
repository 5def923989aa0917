/** What every route file gets: the typed Fastify instance and the services behind the routes. */
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from "fastify";
import type { Alerts } from "../alerts/service.ts";
import type { Auth } from "../auth.ts";
import type { CheckInQueue } from "../checkin/group-commit.ts";
import type { Clock } from "../clock.ts";
import type { Db } from "../db/open.ts";
import type { ObjectFolder } from "../objects.ts";
import type { Embedder } from "../review/candidates.ts";
import type { Right } from "../rights/rights.ts";
import type { ReleaseFolder } from "../rollout/releases.ts";
import type { Rollouts } from "../rollout/service.ts";
import type { Streams } from "../stream.ts";
import type { Uploads } from "../uploads.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** What an operator's route needs. Every one names it, or the server does not start. */
    right?: Right;
    /** It must hold on the whole server. */
    isWhole?: boolean;
  }
}

/** The right a route needs: `app.get(url, may("read"), ...)`, `{ ...may("read"), schema }`. It holds for what is in `request.db`. */
export const may = (right: Right) => ({ config: { right } });

/** For what belongs to nobody alone: releases, roll-outs, the server itself. */
export const mayEverywhere = (right: Right) => ({ config: { right, isWhole: true } });

export type App = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

/** What operators' routes get. The database is the caller's own, `request.db`: there is no other to forget the limits with. */
export type OperatorServices = Omit<Services, "db"> & {
  /** Address of the dashboard's style sheet; "" when it is not built. */
  styleUrl: string;
};

export interface Services {
  alerts: Alerts;
  db: Db;
  clock: Clock;
  auth: Auth;
  objects: ObjectFolder;
  uploads: Uploads;
  streams: Streams;
  checkIns: CheckInQueue;
  rollouts: Rollouts;
  releaseFolder: ReleaseFolder;
  /** Rejects while the database does not answer. */
  checkDatabase: () => Promise<void>;
  /** Undefined: animals cannot be compared here. */
  embedder: Embedder | undefined;
  version: string;
  onProblem: (message: string) => void;
}
