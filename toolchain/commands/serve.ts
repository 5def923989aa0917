/** `toolchain serve`: run the fleet server until Ctrl-C or SIGTERM. */
import { createServer } from "node:net";
import { networkInterfaces } from "node:os";
import { resolve } from "node:path";
import { type CommandFunction, textOption, wholeNumber } from "../command-line.ts";
import { EXIT, inputError, isAppError, networkError } from "../errors.ts";
import { createSimulatedClock, systemClock } from "../fleet/clock.ts";
import { buildDashboard } from "../fleet/dashboard-build.ts";
import {
  createServer as createFleetServer,
  DASHBOARD_DIR,
  type FleetServer,
} from "../fleet/server.ts";
import type { Io } from "../log.ts";
import { openEmbedder } from "../model/embed.ts";

const DEFAULT_PORT = 8700;

export const run: CommandFunction = async (input, io) => {
  const port = wholeNumber(input, "port", DEFAULT_PORT, [0, 65_535]);
  const host = textOption(input, "host") ?? "127.0.0.1";
  // Pictures and the database are for the one who runs the server, whatever the shell's habits are.
  process.umask(0o077);
  const dataDir = resolve(textOption(input, "data") ?? "thicket-data");
  const isLogged = input.options.log === true;
  const isSimulated = input.options["simulated-clock"] === true;
  // Before anything is written: a token made for a server that cannot listen would never be shown.
  await tryPort(host, port);
  await prepareDashboard(io);
  const databaseUrl = textOption(input, "database-url") ?? process.env.THICKET_DATABASE_URL;
  const server = await createFleetServer({
    dataDir,
    ...(databaseUrl ? { databaseUrl } : {}),
    allowPrivateWebhooks: input.options["allow-private-webhooks"] === true,
    clock: isSimulated ? createSimulatedClock(Date.now()) : systemClock,
    embedder: openEmbedder(),
    ...(isLogged ? { log: process.stderr } : {}),
    onProblem: (message) => {
      if (isLogged) process.stderr.write(`${JSON.stringify({ level: 40, problem: message })}\n`);
      else io.note(message);
    },
  });
  try {
    const url = await listen(server, host, port);
    const ready = { url, dataDir, operatorToken: server.operatorToken };
    if (input.options.json) io.out(JSON.stringify(ready));
    else announce(io, ready, host);
    await stopped(io.signal);
  } finally {
    await server.close();
  }
  return EXIT.ok;
};

/** The server is of use without its pages. */
async function prepareDashboard(io: Io): Promise<void> {
  try {
    await buildDashboard({ outDir: DASHBOARD_DIR });
  } catch (error) {
    io.note(isAppError(error) ? error.message : `the dashboard does not build: ${error}`);
  }
}

function tryPort(host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", (error) => reject(listenError(error, host, port)));
    probe.listen({ host, port }, () => probe.close(() => resolve()));
  });
}

async function listen({ app }: FleetServer, host: string, port: number): Promise<string> {
  try {
    await app.listen({ host, port });
  } catch (error) {
    throw listenError(error as NodeJS.ErrnoException, host, port);
  }
  const address = app.server.address();
  const actualPort = typeof address === "object" && address ? address.port : port;
  const shown = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host;
  return `http://${shown.includes(":") ? `[${shown}]` : shown}:${actualPort}`;
}

function listenError({ code, message }: NodeJS.ErrnoException, host: string, port: number): Error {
  if (code === "EADDRINUSE") {
    const free = port < 65_535 ? port + 1 : DEFAULT_PORT;
    return networkError(
      "PORT_BUSY",
      `port ${port} is busy`,
      `another server may be running; choose a port: toolchain serve --port ${free}`,
    );
  }
  if (code === "EACCES") {
    return networkError("PORT_FORBIDDEN", `port ${port} needs more rights`, "use one above 1023");
  }
  if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND" || code === "EAI_AGAIN") {
    return inputError("BAD_HOST", `this machine has no address ${host}`, "try --host 127.0.0.1");
  }
  return networkError("LISTEN_FAILED", `cannot listen on ${host}:${port}: ${message}`);
}

interface Ready {
  url: string;
  dataDir: string;
  operatorToken: string | undefined;
}

function announce(io: Io, { url, dataDir, operatorToken }: Ready, host: string): void {
  io.out(`fleet server  ${url}`);
  for (const address of networkAddresses(host)) {
    io.out(`for cameras   http://${address}:${new URL(url).port}`);
  }
  io.out(`data folder   ${dataDir}`);
  if (operatorToken === undefined) {
    io.out(`dashboard     ${url}/`);
    io.out("The operator token was shown at the first start. Ctrl-C stops the server.");
    return;
  }
  io.out(`token         ${operatorToken}`);
  io.out(`dashboard     ${url}/#token=${operatorToken}`);
  io.out("The token is shown this once: keep it. Ctrl-C stops the server.");
}

/** Addresses of this machine that other machines can use, when the server listens on all of them. */
function networkAddresses(host: string): string[] {
  if (host !== "0.0.0.0" && host !== "::") return [];
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ family, internal }) => family === "IPv4" && !internal)
    .map(({ address }) => address);
}

const stopped = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
