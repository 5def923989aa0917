/** Servers as processes of their own, and what the system says that they used. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { startServe } from "../../fleet/support/serve-process.ts";

const LOAD = fileURLToPath(new URL("../support/load.ts", import.meta.url));
const BARE = fileURLToPath(new URL("../support/bare-server.ts", import.meta.url));
const TICKS = Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" }));

export interface Server {
  url: string;
  pid: number;
  token?: string;
  stop(): Promise<void>;
}

export async function serve(dataDir: string, databaseUrl?: string): Promise<Server> {
  const place = databaseUrl ? ["--database-url", databaseUrl] : [];
  const started = startServe("--json", "--port", "0", "--data", dataDir, ...place);
  const { url, operatorToken } = await started.ready;
  return {
    ...{ url, pid: started.child.pid ?? 0 },
    ...(operatorToken !== undefined && { token: operatorToken }),
    stop: async () => {
      await started.kill("SIGTERM");
    },
  };
}

/** The same Fastify, parsing and answering the same, without a database. */
export async function serveBare(): Promise<Server> {
  const child = spawn(process.execPath, ["--import", "tsx", BARE], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const url = await firstLine(child);
  return {
    ...{ url, pid: child.pid ?? 0 },
    stop: async () => {
      child.kill("SIGTERM");
    },
  };
}

const firstLine = (child: ChildProcess): Promise<string> =>
  new Promise((resolve, reject) => {
    child.stdout?.once("data", (text) => resolve(String(text).trim()));
    child.once("close", () => reject(new Error("it ended before it was ready")));
  });

/** Seconds of processors since it began. */
export function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /s, "")
    .split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}

/** Most memory it ever held, MB. */
export const peakMb = (pid: number): number =>
  Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;

export interface Load {
  perSecond: number;
  p50Ms: number;
  p99Ms: number;
  refused: number;
}

/** @param everyMs pause of a connection between two check-ins; 0: none */
export function load(
  urls: string[],
  credentials: string[],
  { connections = 64, total = 1, everyMs = 0 },
): Promise<Load> {
  const args = [urls.join(","), String(connections), String(total), ...credentials];
  const child = spawn(process.execPath, ["--import", "tsx", LOAD, ...args], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, THICKET_LOAD_EVERY_MS: String(everyMs) },
  });
  let text = "";
  child.stdout.on("data", (data) => {
    text += data;
  });
  return new Promise((resolve, reject) => {
    child.once("close", (code) => {
      const result = code === 0 ? (JSON.parse(text) as Load) : undefined;
      if (result?.refused === 0) resolve(result);
      else reject(new Error(`load ended with ${code}: ${text}`));
    });
  });
}
