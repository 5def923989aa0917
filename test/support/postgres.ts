/**
 * A PostgreSQL for tests: the one that THICKET_TEST_POSTGRES names (its user may create databases), or one started here on a
 * temporary folder with what Debian installs. It ends with the process. Undefined where there is none.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";

const DEBIAN = "/usr/lib/postgresql";
/** It refuses to run as root. */
const NOBODY = 65_534;
const START_MS_MAX = 60_000;
const FAST = ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "shared_buffers=32MB"];

/** URL of a server, ending in "/": a database's name is put behind it. */
let started: Promise<string | undefined> | undefined;

export function postgresServer(): Promise<string | undefined> {
  started ??= process.env.THICKET_TEST_POSTGRES
    ? Promise.resolve(process.env.THICKET_TEST_POSTGRES.replace(/\/[^/]*$/, "/"))
    : start();
  return started;
}

/** A new, empty database; `drop` ends what still uses it. */
export async function newPostgres(): Promise<{ url: string; drop(): Promise<void> } | undefined> {
  const server = await postgresServer();
  if (server === undefined) return undefined;
  const name = `thicket_${randomBytes(6).toString("hex")}`;
  await execute(server, `create database ${name}`);
  return {
    url: server + name,
    drop: () => execute(server, `drop database ${name} with (force)`),
  };
}

async function execute(server: string, sql: string): Promise<void> {
  const client = new pg.Client(`${server}postgres`);
  client.on("error", () => {});
  await client.connect();
  await client.query(sql).finally(() => client.end());
}

function programs(): string | undefined {
  const versions = existsSync(DEBIAN)
    ? readdirSync(DEBIAN).sort((a, b) => Number(b) - Number(a))
    : [];
  const folders = versions.map((version) => join(DEBIAN, version, "bin"));
  folders.push(...(process.env.PATH ?? "").split(":"));
  return folders.find((folder) => folder && existsSync(join(folder, "initdb")));
}

/** A cluster of its own, which can be killed and started again. */
export interface OwnPostgres {
  /** Ends in "/". */
  url: string;
  /** Postmaster and every process of it, with SIGKILL: as when the power goes. */
  kill(): Promise<void>;
  /** Again after a kill; resolves when it has recovered and answers. */
  start(): Promise<void>;
}

/** @param settings "name=value"; none: as durable as PostgreSQL comes. Undefined where there is none to start. */
export async function ownPostgres(settings: string[] = []): Promise<OwnPostgres | undefined> {
  const bin = programs();
  if (bin === undefined) return undefined;
  const folder = mkdtempSync(join(tmpdir(), "thicket-postgres-"));
  const isRoot = process.getuid?.() === 0;
  const as = isRoot ? { uid: NOBODY, gid: NOBODY } : {};
  if (isRoot) chownSync(folder, NOBODY, NOBODY);
  chmodSync(folder, 0o700);
  const data = join(folder, "data");
  const init = [
    ...["-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"],
  ];
  execFileSync(join(bin, "initdb"), init, { ...as, cwd: folder, stdio: "ignore" });
  const port = await freePort();
  const all = [...settings, "listen_addresses=127.0.0.1", `unix_socket_directories=${folder}`];
  const flags = all.flatMap((setting) => ["-c", setting]);
  const url = `postgres://postgres@127.0.0.1:${port}/`;
  let child: ChildProcess | undefined;
  const begin = async () => {
    child = spawn(join(bin, "postgres"), ["-D", data, "-p", String(port), ...flags], {
      ...as,
      cwd: folder,
      stdio: "ignore",
    });
    child.unref();
    await answers(url);
  };
  process.once("exit", () => {
    child?.kill("SIGQUIT");
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });
  await begin();
  return {
    url,
    start: begin,
    async kill() {
      const { pid } = child ?? {};
      if (!child || pid === undefined) return;
      // The next start asks whether this number is still a process, and one that nobody has looked after yet is.
      const gone = new Promise((resolve) => child?.once("exit", resolve));
      // So that it begins no other while they are counted: one that is left keeps the next start away.
      process.kill(pid, "SIGSTOP");
      const pids = [pid, ...childrenOf(pid)];
      for (const one of pids) kill(one);
      await gone;
      while (pids.some(isAlive)) await new Promise((resolve) => setTimeout(resolve, 10));
    },
  };
}

const start = async () => (await ownPostgres(FAST))?.url;

const statOf = (pid: number | string): string[] => {
  try {
    return readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /s, "")
      .split(" ");
  } catch {
    return [];
  }
};

/** Each has a session of its own, so that no signal reaches them together. */
const childrenOf = (parent: number): number[] =>
  readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && statOf(name)[1] === String(parent))
    .map(Number);

/** A zombie is dead: its parent has not yet looked. */
const isAlive = (pid: number): boolean => !["Z", "X", undefined].includes(statOf(pid)[0]);

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has gone by itself.
  }
}

async function answers(url: string): Promise<void> {
  const endMs = Date.now() + START_MS_MAX;
  for (;;) {
    try {
      return await execute(url, "select 1");
    } catch (error) {
      if (Date.now() > endMs) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const address = probe.address();
      const port = typeof address === "object" && address ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });
}
