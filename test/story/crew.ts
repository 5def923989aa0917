/**
 * The twelve cameras of the story: emulated boards with the built bundle, each before its own drawn world, set up by Improv
 * or by the code of `toolchain provision`; and what they said and sent, which is what the ledger is held against.
 */
import type { ConsoleStatus } from "../../device/protocol/provisioning.ts";
import { Emulator } from "../../toolchain/emulator/emulator.ts";
import { createWorld } from "../../toolchain/emulator/world/world.ts";
import { withClaim } from "../../toolchain/fleet/claim-client.ts";
import { openConsole } from "../../toolchain/link/console.ts";
import { openEmulated } from "../../toolchain/link/emulated.ts";
import { improvClient } from "../../toolchain/link/improv.ts";
import { enrolCamera } from "../../toolchain/link/provision.ts";
import type { Operator } from "./operator.ts";

export const SITES = ["ridge", "valley", "gate"];
const PER_SITE = 4;
const WIFI = { ssid: "field", password: "long-grass" };
const PLACE = { latitude: -24.99, longitude: 31.55 };
const BOOT_MS = 5000;
export const STEP_MS = 30_000;

export interface Request {
  method: string;
  path: string;
  status: number;
}

export class StoryCamera {
  readonly name: string;
  readonly site: string;
  readonly way: "improv" | "provision";
  readonly emulator: Emulator;
  cameraID = "";
  fingerprint = "";
  /** Everything it printed. */
  said = "";
  /** What was answered, in order. */
  readonly requests: Request[] = [];
  /** When it last opened a connection, and whether its network lets it. */
  mayConnect: (camera: StoryCamera) => boolean = () => true;
  private readonly operator: Operator;

  constructor(
    index: number,
    options: { code: string; seed: number; startMs: number; hours: number; operator: Operator },
  ) {
    const { code: app, seed, startMs, hours, operator } = options;
    this.operator = operator;
    this.site = SITES[Math.floor(index / PER_SITE)] as string;
    this.name = `${this.site}-${(index % PER_SITE) + 1}`;
    this.way = index % 2 ? "provision" : "improv";
    const spot = { latitude: PLACE.latitude + index / 100, longitude: PLACE.longitude };
    this.emulator = Emulator.boot({
      ...{ app, startMs, seed: seed * 100 + index },
      world: createWorld({ ...spot, seed: seed * 100 + index, startMs, hours }),
      network: {
        wifi: WIFI,
        allow: () => operator.isServing && this.mayConnect(this),
        before: () => operator.setClock(this.emulator.nowMs).catch(() => {}),
        after: (request) => void this.requests.push(request),
      },
      onConsole: (bytes) => {
        this.said += bytes;
      },
    });
  }

  /** From power-on to the first accepted check-in. @param trust list of keys that `provision --releases` hands over */
  async setUp(trust: string): Promise<void> {
    const { emulator, operator, name, site } = this;
    await emulator.run({ ms: BOOT_MS });
    const place = { name, ...PLACE, time: Math.round(emulator.nowMs / 1000) };
    const pause = async (ms: number) => void (await emulator.run({ ms }));
    await withClaim(operator.fleet, { site }, async (claim) => {
      const given = { server: operator.fleet.server, claim, ...place };
      if (this.way === "improv") {
        const improv = improvClient(openEmulated(emulator), pause);
        await improv.join(WIFI.ssid, WIFI.password);
        this.cameraID = await improv.enrol(given);
      } else {
        const console = await openConsole(openEmulated(emulator));
        const wifi = { wifiSsid: WIFI.ssid, wifiPassword: WIFI.password };
        this.cameraID = (
          await enrolCamera(console, { ...given, ...wifi, trust }, { pause })
        ).cameraID;
      }
    });
    this.fingerprint = this.status().fingerprint;
  }

  status(): ConsoleStatus {
    return this.emulator.evaluate("thicket.status()") as ConsoleStatus;
  }

  /** Lines that match, in order. */
  lines(pattern: RegExp): RegExpMatchArray[] {
    return [...this.said.matchAll(new RegExp(pattern, "g"))];
  }
}

export class Crew {
  readonly cameras: StoryCamera[];
  nowMs: number;
  /** Called before each step of virtual time. */
  onStep: (nowMs: number) => void | Promise<void> = () => {};

  constructor(options: {
    code: string;
    seed: number;
    startMs: number;
    hours: number;
    operator: Operator;
  }) {
    this.nowMs = options.startMs;
    this.cameras = Array.from(
      { length: SITES.length * PER_SITE },
      (_, index) => new StoryCamera(index, options),
    );
  }

  /** Let all of them live, until something has come or the time is over. @returns whether it has come. */
  async live(
    minutes: number,
    isThere: () => boolean | Promise<boolean> = () => false,
  ): Promise<boolean> {
    const endMs = this.nowMs + minutes * 60_000;
    while (this.nowMs < endMs) {
      await this.onStep(this.nowMs);
      this.nowMs += STEP_MS;
      for (const { emulator } of this.cameras) await emulator.run({ untilMs: this.nowMs });
      if (await isThere()) return true;
    }
    return false;
  }

  close(): void {
    for (const { emulator } of this.cameras) emulator.close();
  }
}
