/**
 * A camera that takes updates, without its interpreter: ESP-IDF's bootloader as the emulator has it, the firmware's boot guard,
 * the program's update code and its adapter over the real vault in C, on a flash whose power may go at any operation. A program
 * or firmware is a text that says how it behaves.
 */
import { guard } from "../../device/boot/guard.ts";
import { createOta, type Ota } from "../../device/deployment/ota.ts";
import { createImages } from "../../device/espruino/native-images.ts";
import type { VaultModule } from "../../device/espruino/native-modules.ts";
import { createNativeVault } from "../../device/espruino/native-vault.ts";
import type { Frame } from "../../device/ports.ts";
import type { CheckInReply } from "../../device/protocol/check-in.ts";
import { RELEASE_PATH, type ReleaseReport } from "../../device/protocol/release-offers.ts";
import { TRUST_CELL } from "../../device/protocol/trust.ts";
import { Flash } from "../../toolchain/emulator/board/flash.ts";
import {
  type FirmwarePartition,
  NativeFirmware,
} from "../../toolchain/emulator/native/native-firmware.ts";
import { FakeClock, fakePorts } from "../device/fakes.ts";
import { firmwareModule } from "../device/firmware-module.ts";
import { nodeCrypto } from "../device/node-crypto.ts";
import { NOW_S, TRUST_TEXT } from "../device/release-documents.ts";
import { vaultModule } from "../device/vault-module.ts";

const PAGE = 4096;
/** Small ones: what is written into them costs time. They lie behind otadata, the vault behind them. */
const PARTITION_BYTES = 3 * PAGE;
const PARTITIONS: FirmwarePartition[] = [
  { name: "ota_0", address: 2 * PAGE, bytes: PARTITION_BYTES },
  { name: "ota_1", address: 2 * PAGE + PARTITION_BYTES, bytes: PARTITION_BYTES },
];
const VAULT_AT = 2 * PAGE + 2 * PARTITION_BYTES;
/** The smallest partition. */
const VAULT_BYTES = 160 * PAGE;
const CELLS = {
  provisioning: '{"cameraID":"cam-1"}',
  config: '{"version":3}',
  [TRUST_CELL]: TRUST_TEXT,
};
const CONTACT_S = 100;
/** More starts than three tries and two cuts can explain. */
const BOOTS_MAX = 14;

/** What the camera hears at a contact, and the files it may fetch. */
export interface SimServer {
  answer(reports: ReleaseReport[]): Pick<CheckInReply, "release" | "recall">;
  files: Map<string, string>;
  /** Whether everything has come to an end, by what the camera says. */
  isDone(reports: ReleaseReport[]): boolean;
}

const verdicts = new Map<string, boolean>();
/** The same few signatures are asked about a hundred thousand times. */
const crypto: typeof nodeCrypto = {
  ...nodeCrypto,
  verify: (key, message, signature) => {
    const question = key + message + signature;
    const known = verdicts.get(question) ?? nodeCrypto.verify(key, message, signature);
    verdicts.set(question, known);
    return known;
  },
};

export class OtaCamera {
  readonly flash = new Flash(0, VAULT_AT + VAULT_BYTES);
  readonly vault: VaultModule = vaultModule(this.flash, VAULT_BYTES, VAULT_AT);
  /** Images that were signed. */
  readonly signed = new Set<string>();
  boots = 0;
  /** Times that the power went since `live` began. */
  cuts = 0;
  log: string[] = [];
  /** A start found a firmware that was started before and not confirmed: ESP-IDF's bootloader takes it back. */
  wasTakenBack = false;
  reports: ReleaseReport[] = [];
  /** What went wrong; "" so far. */
  problem = "";
  private mustRestart = false;
  private clock = new FakeClock();
  private readonly firmware = new NativeFirmware({
    partitions: PARTITIONS,
    flash: this.flash,
    starts: (partition) => !this.firmwareIn(partition).includes("crashes"),
  });
  private readonly server: SimServer;

  constructor(server: SimServer) {
    this.server = server;
  }

  /** Leave the workshop: firmware, program and model confirmed, cells written. */
  prepare(app: string, model: string, firmware: string, counter: number): void {
    const { vault } = this;
    this.signed.add(firmware);
    this.flash.program(2 * PAGE, Buffer.from(firmware, "latin1"));
    this.firmware.boot();
    vault.open();
    vault.write("firmware", `${counter} ota_0 0`);
    for (const [kind, image] of [
      ["app", app],
      ["model", model],
    ] as const) {
      this.signed.add(image);
      vault.begin(kind, 0);
      vault.writeSlot(kind, 0, 0, image);
      vault.stage(kind, 0, image.length, counter, crypto.sha256(image));
      vault.switchTo(kind, 0);
      vault.confirm(kind, 0);
    }
    for (const [name, text] of Object.entries(CELLS)) vault.write(name, text);
  }

  /** From power-on to the end of the update, over any number of starts. Power that goes comes back. */
  live(): void {
    this.boots = 0;
    this.cuts = 0;
    this.log = [];
    this.problem = "";
    this.wasTakenBack = false;
    while (!this.problem) {
      this.boots += 1;
      if (this.boots > BOOTS_MAX) this.fail(`it still starts after ${BOOTS_MAX} starts`);
      this.mustRestart = false;
      let isOver = false;
      try {
        isOver = this.start();
      } catch (error) {
        if (!this.flash.isCut) throw error;
      }
      if (this.flash.isCut) {
        this.flash.powerOn();
        this.cuts += 1;
        continue;
      }
      if (isOver) break;
      if (!this.mustRestart)
        this.fail(
          `it neither ended nor restarted: ${JSON.stringify(this.reports)} ${this.log.join("; ")}`,
        );
    }
    if (!this.problem) this.inspect();
  }

  private fail(problem: string): void {
    this.problem ||= problem;
  }

  /** The signed image that a partition holds; what else it holds never starts. */
  private firmwareIn(partition: Uint8Array): string {
    const found = Buffer.from(partition).toString("latin1");
    const image = [...this.signed].find((signed) => found.startsWith(signed));
    if (!image) this.fail(`firmware "${found.slice(0, 20)}" was started`);
    return image ?? "";
  }

  /** One start. True: the update has come to its end. */
  private start(): boolean {
    const { vault } = this;
    const { partitions } = this.firmware.info();
    if (partitions.some(({ state }) => state === "pending-verify")) this.wasTakenBack = true;
    this.firmware.boot();
    const { running } = this.firmware.info();
    const { address } = PARTITIONS.find(({ name }) => name === running) as FirmwarePartition;
    const firmware = this.firmwareIn(this.flash.read(address, PARTITION_BYTES));
    const [, , firmwareBehaviour] = firmware.split(" ");
    this.clock = new FakeClock();
    this.clock.time = NOW_S + 60;
    const clock = this.clock;
    const boot = guard({
      vault,
      isPowerOn: true,
      hasOwnProgram: false,
      now: () => (clock.time += 0.5),
      after: (ms, run) => void clock.after(ms, run),
      watchdog: () => {},
      restart: () => this.restart(),
      log: (line) => this.log.push(line),
    });
    if (this.flash.isCut) return false;
    if (boot.isSafe) {
      clock.pass(601);
      return false;
    }
    if (!this.signed.has(boot.program)) {
      this.fail(`it started "${boot.program.slice(0, 20)}"`);
      return false;
    }
    const [, , own] = boot.program.split(" ");
    const behaviour = firmwareBehaviour === "good" ? own : firmwareBehaviour;
    this.log.push(`start ${boot.program.slice(0, 16).trim()}, firmware ${firmwareBehaviour}`);
    if (behaviour === "throws") boot.failed();
    else if (behaviour === "hangs") this.restart();
    else return this.run(boot.slot, behaviour ?? "");
    return false;
  }

  private restart(): void {
    this.mustRestart = true;
  }

  /** The program runs until it restarts or nothing is to be expected any more. */
  private run(bootSlot: number, behaviour: string): boolean {
    const ota = this.program(bootSlot, behaviour);
    ota.start();
    for (let contact = 0; contact < 20; contact++) {
      this.clock.pass(CONTACT_S);
      if (this.mustRestart) return false;
      if (behaviour === "unreachable") {
        ota.contactEnded("connection refused");
        continue;
      }
      this.reports = ota.news().releases ?? [];
      if (this.server.isDone(this.reports)) return true;
      ota.heard({
        v: 1,
        time: NOW_S,
        acknowledged: [],
        refused: [],
        ...this.server.answer(this.reports),
      });
      let problem = "";
      ota.fetch((found) => {
        problem = found;
      });
      ota.contactEnded(problem);
    }
    return false;
  }

  private program(bootSlot: number, behaviour: string): Ota {
    const ports = fakePorts();
    const { clock, vault, log } = this;
    const text = this.modelText();
    const images = () =>
      createImages({
        ...{ vault, hardware: "esp32s3", bootSlot },
        firmware: firmwareModule(this.firmware, () => this.restart()),
        kinds: ["app", "model", "firmware"],
        restart: () => this.restart(),
        watchdog: () => {},
      });
    const all = Object.assign(ports, {
      ...{ clock, crypto, images, log: (line: string) => log.push(line) },
      vault: createNativeVault(vault, () => {}),
    });
    all.model.outputs = [text.includes("good") ? [0.2, 0.2, 0.2, 0.2, 0.1, 0.1] : [2]];
    const { isCut } = this.flash;
    return createOta({
      ports: all,
      subsystems: {
        ...({} as Parameters<typeof createOta>[0]["subsystems"]),
        run: (name, work) => {
          if (name === "model" && !text) return false;
          if (!isCut) work();
          return true;
        },
      },
      shutter: {
        take: (done) => done(behaviour === "blind" ? undefined : ({} as Frame)),
        release: () => {},
      },
      health: { captures: 1, captureFailures: 0 } as never,
      outbox: { records: () => 0, media: () => 0 } as never,
      link: {
        open: (opened) => opened(""),
        close: () => {},
        send: (_method, path, headers, _body, done) => done(this.file(path, headers), ""),
      },
      isIdle: () => true,
      checkIn: () => {},
    });
  }

  /** The model starts as the program's port starts it. */
  private modelText(): string {
    const slot = this.vault.choose("model");
    const model = slot < 0 ? "" : (this.vault.image("model", slot) ?? "");
    if (!this.signed.has(model)) this.fail(`model "${model.slice(0, 20)}" was started`);
    return model;
  }

  private file(path: string, headers: { [name: string]: string }) {
    const bytes = this.server.files.get(path.slice(RELEASE_PATH.length)) ?? "";
    const [from = 0, to = 0] = (headers.Range ?? "").slice(6).split("-").map(Number);
    return { status: 206, headers: {}, body: bytes.slice(from, to + 1) };
  }

  /** At the end nothing is on trial, nothing under way, and what the camera knows is what it knew. */
  private inspect(): void {
    for (const [name, text] of Object.entries(CELLS))
      if (this.vault.read(name) !== text) this.fail(`cell ${name} is lost`);
    if (this.vault.read("ota") !== undefined) this.fail("a job is left over");
    for (const kind of ["app", "model"] as const)
      for (const index of [0, 1])
        if (this.vault.slot(kind, index).state === "pending") this.fail(`${kind} is left pending`);
    const { running, partitions } = this.firmware.info();
    const { state } = partitions.find(({ name }) => name === running) ?? {};
    if (state !== "valid") this.fail(`the firmware is left ${state}`);
  }
}
