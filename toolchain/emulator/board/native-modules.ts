/**
 * Plugs the extension's modules into a board: vault, crypto, radio and firmware, and with a camera also camera, vision and
 * model.
 */
import { loadThicket, type Thicket } from "../../../native/port/wasm/thicket.ts";
import { cryptoModule } from "../native/crypto-module.ts";
import type { FrameSource } from "../native/frame-source.ts";
import { installNativeModules } from "../native/install.ts";
import type { VaultPartition } from "../native/native-vault.ts";
import { installVaultModule } from "../native/vault-module.ts";
import { vaultOf } from "./boards.ts";
import type { Machine } from "./machine.ts";
import { installFirmware } from "./native-firmware.ts";
import { installRadio } from "./native-radio.ts";

interface Extension {
  wasm: Thicket;
  /** Of the running program: what the next boot forgets. */
  reset(): void;
}

/** Native memory outlives a program; what a program had opened in it does not. */
const extensions = new WeakMap<Machine, Extension>();

export function installNative(machine: Machine, source: FrameSource | undefined): void {
  const before = extensions.get(machine);
  before?.reset();
  const wasm = before?.wasm ?? loadThicket();
  const resets = [
    installVault(machine, wasm),
    ...installChip(machine),
    source && installCamera(machine, wasm, source),
  ];
  extensions.set(machine, { wasm, reset: () => resets.forEach((reset) => void reset?.()) });
}

/** What the extension makes of the chip itself. Times and partitions are known for the chips that can hold a camera. */
function installChip(machine: Machine): (() => void)[] {
  if (machine.board.name === "esp32c3") return [];
  const chip = chipOf(machine);
  const random = () => machine.random.next();
  machine.modules.extend("crypto", () =>
    cryptoModule(machine.engine, { chip, random, spend: spendWith(machine) }),
  );
  return [installRadio(machine), installFirmware(machine, chip)];
}

/** Let virtual time pass: the chip is busy. */
const spendWith =
  ({ clock }: Machine) =>
  (ms: number) =>
    clock.jumpTo(clock.upUs + ms * 1000);

function installVault(machine: Machine, wasm: Thicket): (() => void) | undefined {
  const partition = partitionOf(machine);
  if (!partition) return undefined;
  const define = machine.modules.define.bind(machine.modules);
  return installVaultModule(machine.engine, { partition, define, wasm });
}

/** The vault's part of the flash. */
function partitionOf({ board, flash }: Machine): VaultPartition | undefined {
  const found = vaultOf(board);
  return (
    found && {
      bytes: found.bytes,
      read: (address, length) => flash.read(found.address + address, length),
      program: (address, data) => flash.program(found.address + address, data),
      erasePage: (address) => flash.erasePage(found.address + address),
    }
  );
}

function installCamera(machine: Machine, wasm: Thicket, source: FrameSource): () => void {
  const { clock } = machine;
  const modules = installNativeModules(machine.engine, {
    // The world goes by true time, whatever the board's clock says.
    source: { next: (_nowMs, limit) => source.next(clock.trueMs, limit) },
    wasm,
    chip: chipOf(machine),
    define: (name, create) => machine.modules.define(name, create),
    spend: spendWith(machine),
    schedule: {
      pending: (promise, latencyMs, deliver) =>
        machine.hostOperations.pending(promise, latencyMs, (outcome) => {
          machine.faults.protectEvent(() => machine.runCode(() => deliver(outcome)));
        }),
    },
  });
  return () => modules.reset();
}

/** The model's cost is known for the chips that can hold a camera. */
function chipOf(machine: Machine): "esp32s3" | "esp32" {
  const { name } = machine.board;
  if (name === "esp32c3") throw new Error("the ESP32-C3 has no camera interface");
  return name;
}
