/**
 * The operator's machine in the story: a folder, the real server as a process that may be killed, and the commands that a
 * person would type. All of them live at the story's date (fixed-world.mjs).
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import * as assert from "uvu/assert";
import { type FleetClient, fleetClient } from "../../toolchain/fleet/client.ts";
import { ROOT } from "../support/skip.ts";
import { toolchain } from "../support/toolchain.ts";

const PRELOAD = pathToFileURL(join(ROOT, "test/story/fixed-world.mjs")).href;

export class Operator {
  readonly folder = mkdtempSync(join(tmpdir(), "thicket-story-"));
  readonly dataDir = join(this.folder, "fleet");
  fleet: FleetClient = fleetClient("http://127.0.0.1:1", "none");
  /** How often the server was killed. */
  kills = 0;
  private token = "";
  private server: ChildProcess | undefined;
  private port = 0;
  private clockMs = 0;
  private readonly seed: number;
  private readonly nowMs: () => number;

  constructor(seed: number, nowMs: () => number) {
    this.seed = seed;
    this.nowMs = nowMs;
  }

  private get env() {
    return {
      NODE_OPTIONS: `--import ${PRELOAD}`,
      THICKET_STORY_NOW: String(Math.round(this.nowMs())),
      // A server that was killed does not draw the same IDs again.
      THICKET_STORY_SEED: String(this.seed + this.kills),
      THICKET_TOKEN: this.token,
      THICKET_KEY_PASSPHRASE: "a long passphrase",
    };
  }

  /** `toolchain serve` on the story's folder, the first time on any free port, then on the same. */
  async startServer(): Promise<void> {
    const options = ["--json", "--simulated-clock", "--data", this.dataDir];
    const child = spawn(
      process.execPath,
      [join(ROOT, "toolchain/bin.js"), "serve", ...options, "--port", String(this.port)],
      { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, ...this.env } },
    );
    process.once("exit", () => child.kill("SIGKILL"));
    let complaint = "";
    child.stderr.setEncoding("utf8").on("data", (text) => {
      complaint += text;
    });
    const line = await new Promise<string>((resolve, reject) => {
      createInterface({ input: child.stdout }).once("line", resolve);
      child.once("exit", () => reject(new Error(`the server ended: ${complaint}`)));
    });
    const { url, operatorToken } = JSON.parse(line) as { url: string; operatorToken?: string };
    this.server = child;
    this.token ||= operatorToken ?? "";
    this.port = Number(new URL(url).port);
    this.fleet = fleetClient(url, this.token);
    this.clockMs = 0;
    await this.setClock(this.nowMs());
  }

  /** Without warning, as when somebody pulls its plug. */
  async killServer(): Promise<void> {
    this.kills++;
    await this.endServer("SIGKILL");
  }

  async endServer(signal: NodeJS.Signals): Promise<void> {
    const { server } = this;
    this.server = undefined;
    if (!server || server.exitCode !== null || server.signalCode !== null) return;
    await new Promise((resolve) => server.once("exit", resolve).kill(signal));
  }

  get isServing(): boolean {
    return this.server !== undefined;
  }

  /** A request meets a server whose clock shows the camera's time. */
  async setClock(ms: number): Promise<void> {
    if (!this.server || ms <= this.clockMs) return;
    this.clockMs = ms;
    await this.fleet.send("PUT", "/api/v1/clock", { now: new Date(ms).toISOString() });
  }

  /** Type a command; `--server` where it takes one. @returns what it printed. */
  async types(line: string): Promise<string> {
    const args = line.replaceAll("SERVER", this.fleet.server).split(" ");
    const { status, stdout, stderr } = await toolchain(args, { cwd: this.folder, env: this.env });
    assert.is(status, 0, `toolchain ${line}: ${stderr}`);
    return stdout;
  }

  file(name: string, content: string | Buffer): void {
    writeFileSync(join(this.folder, name), content);
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  async leave(): Promise<void> {
    await this.endServer("SIGKILL");
    rmSync(this.folder, { recursive: true, force: true });
  }
}
