/**
 * One random life of a camera's configuration: the camera's own code on a vault that loses power, the server's own code
 * on rows in memory, and between them a link that loses, repeats and reorders. From a seed, so a failure can be replayed.
 */
import { type Config, createConfig } from "../../device/deployment/config.ts";
import type { Clock, Vault } from "../../device/ports.ts";
import {
  CONFIG_ROWS,
  type ConfigOffer,
  type ConfigValues,
  configProblem,
  configSum,
  defaultConfig,
} from "../../device/protocol/config.ts";
import { createRandom } from "../../toolchain/emulator/world/random.ts";
import { edited, type Layer, resolve, SCOPES } from "../../toolchain/fleet/config/layers.ts";
import {
  heard,
  needsOffer,
  offerOf,
  type ReportedConfig,
  type WantedConfig,
} from "../../toolchain/fleet/config/offer.ts";

/** Power went in the middle of a write. */
class Cut extends Error {}

/** Cells that hold the old or the new text when the power goes, as the vault promises. */
class CutVault implements Partial<Vault> {
  cells = new Map<string, string>();
  /** Writes until the power goes; Infinity: it stays. */
  cutIn = Number.POSITIVE_INFINITY;
  isNewKept = false;
  read = (name: string): string | undefined => this.cells.get(name);
  write = (name: string, text: string): void => {
    if (text.length > 1024) throw new Error(`cell of ${text.length} bytes`);
    this.cutIn -= 1;
    if (this.cutIn > 0 || this.isNewKept) this.cells.set(name, text);
    if (this.cutIn <= 0) throw new Cut();
  };
}

class Time implements Partial<Clock> {
  nowS = 0;
  timers = new Map<number, { atS: number; run: () => void }>();
  #last = 0;
  after = (ms: number, run: () => void): number => {
    this.#last += 1;
    this.timers.set(this.#last, { atS: this.nowS + ms / 1000, run });
    return this.#last;
  };
  cancel = (timer: number): void => {
    this.timers.delete(timer);
  };
  pass(seconds: number): void {
    const endS = this.nowS + seconds;
    for (;;) {
      const [id, due] = [...this.timers].sort(([, a], [, b]) => a.atS - b.atS)[0] ?? [0, undefined];
      if (!due || due.atS > endS) break;
      this.timers.delete(id);
      this.nowS = due.atS;
      due.run();
    }
    this.nowS = endS;
  }
}

interface Request extends ReportedConfig {
  configSum: number;
}

const textOf = (values: ConfigValues): string =>
  CONFIG_ROWS.map(({ key }) => values[key]).join(" ");

/** What the server keeps of one camera. */
class Server {
  layers: Layer[] = SCOPES.map((scope) => ({ scope, name: scope, version: 0, values: {} }));
  versions: ConfigValues[] = [defaultConfig()];
  state: WantedConfig = {
    ...{ wantedConfigVersion: 0, wantedConfigSum: 0 },
    ...{ refusedConfigVersion: null, refusedConfigReason: null },
  };

  /** Everything that was ever wanted, also before a backup was restored. */
  ever = new Set([textOf(defaultConfig())]);
  #backup = { layers: this.layers, versions: this.versions, state: this.state };

  backUp(): void {
    const { layers, versions, state } = this;
    this.#backup = { layers, versions: versions.slice(), state };
  }

  /** Version numbers will come again, with other content. */
  restore(): void {
    Object.assign(this, this.#backup);
    this.versions = this.versions.slice();
  }

  get wanted(): ConfigValues {
    return this.versions[this.state.wantedConfigVersion] as ConfigValues;
  }

  edit(index: number, values: Record<string, number | null>): void {
    const layer = this.layers[index] as Layer;
    const layers = this.layers.slice();
    layers[index] = { ...layer, version: layer.version + 1, values: edited(layer.values, values) };
    const next = resolve(layers);
    if (configProblem(next as unknown as Record<string, unknown>)) return;
    this.layers = layers;
    if (configSum(next) !== configSum(this.wanted)) this.offerAnew(next);
  }

  offerAnew(values: ConfigValues): void {
    this.versions.push(values);
    this.ever.add(textOf(values));
    this.state = {
      ...this.state,
      wantedConfigVersion: this.versions.length - 1,
      wantedConfigSum: configSum(values),
    };
  }

  answer(request: Request): ConfigOffer | undefined {
    this.state = heard(this.state, request);
    if (!needsOffer(this.state, request)) return undefined;
    const base = this.versions[request.configVersion];
    return offerOf(this.state.wantedConfigVersion, this.wanted, request, base);
  }
}

export interface Life {
  seed: number;
  operations: number;
  reverts: number;
  cuts: number;
  /** "" or what went wrong. */
  problem: string;
}

/** @param operations random operations before the quiet end in which everything must come right */
export function liveConfig(seed: number, operations: number): Life {
  const random = createRandom(seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  const server = new Server();
  const vault = new CutVault();
  const life: Life = { seed, operations, reverts: 0, cuts: 0, problem: "" };
  /** Answers under way: to a request of this boot, which the camera still waits for or not. */
  let flying: {
    report: ReturnType<Config["report"]>;
    offer: ConfigOffer | undefined;
    boot: number;
  }[] = [];
  let requests: Request[] = [];
  let time = new Time();
  let boot = 0;
  let config = {} as Config;
  /** Of what is in force. */
  let takenIn = { boot: 0, atS: 0 };

  /** Seconds of one part of the trial under what is in force. */
  const partS = (): number =>
    (config.values.configTrialS + config.values.checkInIntervalS * 1.1) / 8;
  const isOnTrial = (): boolean => (JSON.parse(vault.read("config") ?? "{}").trial ?? -1) >= 0;

  const onPower = (work: () => void): void => {
    try {
      work();
    } catch (error) {
      if (!(error instanceof Cut)) throw error;
      life.cuts += 1;
      start();
    }
  };

  function start(): void {
    vault.cutIn = Number.POSITIVE_INFINITY;
    boot += 1;
    time = new Time();
    config = createConfig({
      vault: vault as unknown as Vault,
      clock: time as unknown as Clock,
      guard: (work) => work(),
      log: (line) => {
        if (line.includes("no contact")) life.reverts += 1;
      },
    });
    config.start();
  }

  /** The camera must always hold, whole, something that the server once wanted. */
  function check(): void {
    if (!server.ever.has(textOf(config.values)))
      life.problem ||= `version ${config.version} is a mixture`;
  }

  function contact(): Request {
    const { version, sum, refused } = config.report();
    const request: Request = { configVersion: version, configSum: sum };
    return refused ? { ...request, configRefused: refused } : request;
  }

  function take(index: number, isKept: boolean): void {
    const answer = flying[index];
    if (!answer) return;
    if (!isKept) flying.splice(index, 1);
    // A camera that has lost power does not wait for the answer any more; one that waits takes any it is sent.
    if (answer.boot !== boot) return;
    onPower(() => hear(answer.report, random() < 0.7, answer.offer));
  }

  function hear(
    report: ReturnType<Config["report"]>,
    isNewContact: boolean,
    offer: ConfigOffer | undefined,
  ): void {
    const wasOnTrial = isOnTrial();
    config.answered(report, isNewContact);
    const isEarly = takenIn.boot === boot && time.nowS < takenIn.atS + partS() - 1;
    if (wasOnTrial && !isOnTrial() && isEarly)
      life.problem ||= `version ${config.version} confirmed before it could do harm`;
    const { version, sum } = config.report();
    if (offer) config.apply(offer);
    const now = config.report();
    if (now.version !== version || now.sum !== sum) takenIn = { boot, atS: time.nowS };
  }

  const row = () => CONFIG_ROWS[below(CONFIG_ROWS.length)] as (typeof CONFIG_ROWS)[number];
  const steps: [weight: number, run: () => void][] = [
    [4, () => edit()],
    [1, () => server.offerAnew(server.wanted)],
    [0.5, () => server.backUp()],
    [0.2, () => server.restore()],
    [8, () => ask()],
    [6, () => take(below(flying.length), false)],
    [2, () => take(below(flying.length), true)],
    [2, () => flying.splice(below(flying.length), 1)],
    [2, () => late()],
    [3, () => onPower(() => time.pass(below(12) * 3600))],
    [2, () => onPower(start)],
    [
      2,
      () => {
        vault.cutIn = 1 + below(3);
        vault.isNewKept = random() < 0.5;
      },
    ],
  ];
  const total = steps.reduce((sum, [weight]) => sum + weight, 0);

  function edit(): void {
    const { key, min, max } = row();
    const value = random() < 0.2 ? null : min + below(Math.min(max - min + 1, 20));
    server.edit(below(SCOPES.length), { [key]: value });
  }

  /** A check-in; the request itself may be lost, or be kept by the link to arrive once more. */
  function ask(): void {
    const report = config.report();
    const request = contact();
    if (random() < 0.2) return;
    if (random() < 0.2) requests.push(request);
    flying.push({ report, offer: server.answer(request), boot });
  }

  /** An old request arrives again; nobody waits for its answer. */
  function late(): void {
    const [request] = requests.splice(below(requests.length), 1);
    if (request) server.answer(request);
  }

  start();
  for (let count = 0; count < operations && !life.problem; count++) {
    let roll = random() * total;
    const step = steps.find(([weight]) => {
      roll -= weight;
      return roll < 0;
    });
    step?.[1]();
    check();
  }
  flying = [];
  requests = [];
  vault.cutIn = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 6; round++) {
    const report = config.report();
    const offer = server.answer(contact());
    hear(report, true, offer);
    check();
    // The next contact that counts; planned ones are further apart in some configurations, not in others.
    time.pass(Math.max(partS() + 1, config.values.checkInIntervalS));
  }
  life.problem ||= endProblem();
  return life;

  /** In force and confirmed, or refused and both ends know it. */
  function endProblem(): string {
    const { wantedConfigVersion, refusedConfigVersion } = server.state;
    if (refusedConfigVersion === wantedConfigVersion) {
      const isThere =
        config.version === wantedConfigVersion && textOf(config.values) === textOf(server.wanted);
      return isThere ? "in force, but taken for refused" : "";
    }
    if (config.version !== wantedConfigVersion) return "the wanted version never came into force";
    if (textOf(config.values) !== textOf(server.wanted)) return "other content under that number";
    time.pass(100 * 86400);
    return config.version === wantedConfigVersion ? "" : "in force, but never confirmed";
  }
}
