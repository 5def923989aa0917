/**
 * The fleet server: wires database, services and routes into one Fastify application. It prints nothing and listens on
 * nothing; `toolchain serve` and the tests do.
 */
import { accessSync, constants, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import Fastify, { type FastifyReply } from "fastify";
import { inputError } from "../errors.ts";
import type { Alerts } from "./alerts/service.ts";
import { createAlerts } from "./alerts/service.ts";
import { closeSessions, createAuth } from "./auth.ts";
import { createCheckInQueue } from "./checkin/group-commit.ts";
import { ingest } from "./checkin/ingest.ts";
import { type Clock, isSimulated, systemClock } from "./clock.ts";
import { DASHBOARD_CSP } from "./dashboard-build.ts";
import { openDatabase } from "./db/open.ts";
import { openPostgres } from "./db/postgres.ts";
import { tagAnswers } from "./etags.ts";
import { recordFailures } from "./health/failures.ts";
import { asHttpError, errorBody, httpError, PROBLEM_TYPE } from "./http-errors.ts";
import { keepAnswers } from "./idempotency.ts";
import { openObjects } from "./objects.ts";
import { registerOpenApi } from "./openapi.ts";
import { createFailureLimit, createRequestLimit, type FailureLimit } from "./rate-limit.ts";
import { type LogTarget, requestLog } from "./request-log.ts";
import type { Embedder } from "./review/candidates.ts";
import type { Right } from "./rights/rights.ts";
import { openReleaseFolder } from "./rollout/releases.ts";
import { createRollouts, type Rollouts } from "./rollout/service.ts";
import type { App, Services } from "./routes/app.ts";
import { checkInRoutes } from "./routes/check-in.ts";
import { dashboardRoutes, styleOf } from "./routes/dashboard.ts";
import { ddiRoutes } from "./routes/ddi.ts";
import { enrolRoutes } from "./routes/enrol.ts";
import { healthRoutes } from "./routes/health.ts";
import { OPERATOR_ROUTES } from "./routes/operators.ts";
import { releaseFileRoutes } from "./routes/releases.ts";
import { loginRoute } from "./routes/session.ts";
import { uploadRoutes } from "./routes/upload.ts";
import { openOperatorToken } from "./secrets.ts";
import { trimChanges } from "./store/changes.ts";
import { createStreams } from "./stream.ts";
import { createUploads } from "./uploads.ts";

const PROJECT = fileURLToPath(new URL("../../", import.meta.url));
export const DASHBOARD_DIR = join(PROJECT, "dist", "dashboard");

const BODY_BYTES_MAX = 16 * 1024;
/** A picture's chunk over a bad link is the slowest request. */
const REQUEST_MS_MAX = 120_000;
/** Of one token: 50 a second, more than a dashboard or a script needs. */
const REQUESTS_PER_MINUTE = 3000;
/** A simulated day passes in a minute, with all its requests. */
const requestsPerMinute = (clock: Clock): number =>
  isSimulated(clock) ? Number.POSITIVE_INFINITY : REQUESTS_PER_MINUTE;
const CLOSING_MS_MAX = 2000;
const HOUSEKEEPING_MS = 3_600_000;
/** How often cameras are looked for that missed their intervals. */
const SILENCE_MS = 60_000;

export interface ServerOptions {
  /** Folder of the database, the pictures and the token's hash; made when missing. */
  dataDir: string;
  /** postgres://...; absent: the embedded database in the folder. */
  databaseUrl?: string;
  clock?: Clock;
  /** Folder of the built dashboard. */
  dashboardDir?: string;
  /** What an animal looks like; given by the command, because the model is not part of the server. */
  embedder?: Embedder | undefined;
  /** Wrong operator tokens per address. */
  failures?: FailureLimit;
  /** Whether webhooks of alerts may go to addresses inside this network. */
  allowPrivateWebhooks?: boolean;
  /** Of one token. */
  requestsPerMinute?: number;
  /** A whole request, headers and body. */
  requestMsMax?: number;
  /** Where lines of the log of requests go; absent: no log. */
  log?: LogTarget;
  /** One line for the log: a bug, a refused record, a lost file. */
  onProblem?: (message: string) => void;
}

export interface FleetServer {
  app: App;
  /** Every route, for the tests that go through all of them. */
  routes: { method: string; url: string; right?: Right; isWhole?: boolean }[];
  /** Only on the first start of a data folder: it is kept as a hash. */
  operatorToken: string | undefined;
  rollouts: Rollouts;
  alerts: Alerts;
  /** Ends streams, lets commits finish, closes the database. */
  close(): Promise<void>;
}

/**
 * **Errors:** DATA_UNWRITABLE, DATA_IN_USE, BAD_DATABASE_URL (exit 3), DATABASE_DAMAGED, DATABASE_NEWER, TOKEN_FILE_DAMAGED
 * (exit 7), DATABASE_UNREACHABLE, DATABASE_REFUSED (exit 8)
 */
export async function createServer(options: ServerOptions): Promise<FleetServer> {
  const { dataDir, clock = systemClock, onProblem = () => {} } = options;
  prepareFolder(dataDir);
  const database = options.databaseUrl
    ? await openPostgres(options.databaseUrl, Date.now(), onProblem)
    : await openDatabase(dataDir, Date.now());
  const { db } = database;
  const isShared = database.dialect === "postgres";
  try {
    const operator = openOperatorToken(dataDir, Date.now());
    if (operator.token !== undefined) await closeSessions(db);
    const objects = openObjects(join(dataDir, "objects"));
    const streams = createStreams(db, clock, { onProblem, isShared });
    const onStored = () => streams.wake();
    const uploads = createUploads({ dataDir, db, objects, now: clock.now, onStored, onProblem });
    const rollouts = createRollouts(db, onStored, isShared);
    const alerts = await createAlerts(db, {
      ...{ now: clock.now, onStored, onProblem, isShared },
      mayBePrivate: options.allowPrivateWebhooks,
    });
    const checkIns = createCheckInQueue(async (arrivals) => {
      try {
        return await ingest(db, arrivals, clock.now(), { rollouts, alerts });
      } catch (error) {
        rollouts.forget();
        throw error;
      } finally {
        streams.wake();
        alerts.wake();
      }
    });
    const auth = createAuth(db, operator.hash, {
      failures: options.failures ?? createFailureLimit(),
      requests: createRequestLimit(options.requestsPerMinute ?? requestsPerMinute(clock)),
    });
    const version = packageVersion();
    const services: Services = {
      ...{ db, clock, auth, objects, uploads, streams, checkIns, version, onProblem },
      embedder: options.embedder,
      ...{
        rollouts,
        alerts,
        checkDatabase: database.check,
        releaseFolder: openReleaseFolder(dataDir),
      },
    };
    await uploads.recover();
    const keepHouse = () =>
      Promise.all([
        trimChanges(db),
        uploads.removeExpired(),
        recordFailures(db, clock.now()),
      ]).catch((error) => onProblem(`housekeeping: ${(error as Error).message}`));
    await keepHouse();
    const timer = setInterval(keepHouse, HOUSEKEEPING_MS).unref();
    const lookForSilence = () =>
      rollouts
        .lookForSilence(clock.now())
        .catch((error) => onProblem(`roll-outs: ${(error as Error).message}`));
    // A simulated clock says itself when a minute is over (routes/clock.ts).
    const silenceTimer = isSimulated(clock)
      ? undefined
      : setInterval(lookForSilence, SILENCE_MS).unref();
    const { app, routes } = await createApp(services, options);
    const close = async () => {
      clearInterval(timer);
      clearInterval(silenceTimer);
      streams.close();
      // Requests on their way may finish; an upload over a bad link may not hold the end up.
      const deadline = setTimeout(() => app.server.closeAllConnections(), CLOSING_MS_MAX);
      await app.close();
      clearTimeout(deadline);
      await checkIns.drain();
      await alerts.close();
      await database.close();
    };
    await app.ready();
    return { app, routes, operatorToken: operator.token, rollouts, alerts, close };
  } catch (error) {
    await database.close();
    throw error;
  }
}

async function createApp(services: Services, options: ServerOptions) {
  const { dashboardDir = DASHBOARD_DIR, log, requestMsMax = REQUEST_MS_MAX } = options;
  const routes: FleetServer["routes"] = [];
  const app = Fastify({
    logger: log ? requestLog(log) : false,
    bodyLimit: BODY_BYTES_MAX,
    requestTimeout: requestMsMax,
    http: { connectionsCheckingInterval: requestMsMax / 4 },
    routerOptions: { maxParamLength: 200 },
    exposeHeadRoutes: false,
    // What the router refuses before any route: an address that is no address, or too long.
    frameworkErrors: (_error, _request, reply) => {
      const plain = reply as unknown as FastifyReply;
      plain.status(400).headers(SECURITY_HEADERS).type(PROBLEM_TYPE);
      plain.send(errorBody("BAD_REQUEST"));
    },
    forceCloseConnections: "idle",
    // Numbers in a query string are texts; a body must mean what it says.
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false } },
  }).withTypeProvider<TypeBoxTypeProvider>();
  await registerOpenApi(app, services.version);
  app.addHook("onRoute", ({ method, url, config }) => {
    const { right, isWhole } = config ?? {};
    for (const name of [method].flat()) routes.push({ method: name, url, right, isWhole });
  });
  app.decorateRequest("cameraID", "");
  app.decorateRequest("caller");
  app.decorateRequest("db");
  app.addHook("onRequest", async (_request, reply) => {
    reply.headers(SECURITY_HEADERS);
  });
  app.setNotFoundHandler(() => {
    throw httpError("NOT_FOUND");
  });
  app.setErrorHandler((error, request, reply) => {
    const known = asHttpError(error);
    if (!known) services.onProblem(`${request.method} ${request.url}: ${(error as Error).stack}`);
    else if (known.statusCode >= 500 && known !== error) {
      services.onProblem(`${request.method} ${request.url}: ${(error as Error).message}`);
    }
    const { code, statusCode, message, headers } = known ?? httpError("BUG");
    return reply
      .status(statusCode)
      .headers(headers)
      .type(PROBLEM_TYPE)
      .send(errorBody(code, message));
  });
  registerRoutes(app, services, dashboardDir);
  return { app, routes };
}

/** Each group is a scope of its own, and its hook guards every route in it. */
function registerRoutes(app: App, services: Services, dashboardDir: string): void {
  const { auth } = services;
  healthRoutes(app, services);
  loginRoute(app, services);
  app.register(async (scope: App) => {
    scope.addHook("onRoute", ({ method, url, config }) => {
      if (!config?.right) throw new Error(`${method} ${url} does not say what right it needs`);
    });
    scope.addHook("onRequest", auth.requireOperator);
    keepAnswers(scope, services.db, services.onProblem);
    tagAnswers(scope);
    const { db: _, ...rest } = services;
    const limited = { ...rest, styleUrl: styleOf(dashboardDir) };
    for (const routes of OPERATOR_ROUTES) routes(scope, limited);
  });
  for (const routes of [checkInRoutes, uploadRoutes, releaseFileRoutes]) {
    app.register(async (scope: App) => {
      scope.addHook("onRequest", auth.requireCamera);
      routes(scope, services);
    });
  }
  app.register(async (scope: App) => ddiRoutes(scope, services));
  app.register(async (scope: App) => enrolRoutes(scope, services));
  dashboardRoutes(app, dashboardDir);
}

const SECURITY_HEADERS = {
  "cache-control": "no-store",
  "content-security-policy": DASHBOARD_CSP,
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=()",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
};

function prepareFolder(dataDir: string): void {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    accessSync(dataDir, constants.R_OK | constants.W_OK | constants.X_OK);
    mkdirSync(join(dataDir, "objects"), { recursive: true });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw inputError(
      "DATA_UNWRITABLE",
      `cannot write to the data folder ${dataDir} (${code})`,
      "choose another with --data",
    );
  }
}

function packageVersion(): string {
  const text = readFileSync(join(PROJECT, "package.json"), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}
