/** Flashing against a simulated bootloader that speaks esptool's protocol: what is written, what is spared, and a pulled cable. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { EXIT } from "../../../toolchain/errors.ts";
import { type FirmwareSet, readFirmwareSet } from "../../../toolchain/link/flash/firmware-set.ts";
import { type FlashReport, flashFirmware } from "../../../toolchain/link/flash/flash.ts";
import type { Partition } from "../../../toolchain/link/flash/partition-table.ts";
import {
  type BoardPort,
  boardPort,
  boardTable,
  type SetOptions,
  serveBoard,
  writeSet,
} from "../../support/rom/board.ts";
import { type Chip, createChip, SECTOR } from "../../support/rom/chip.ts";
import { assertRefused, toolchainHere } from "../../support/toolchain.ts";

const MB = 1 << 20;
const VAULT = boardTable("8mb").find((part) => part.name === "vault") as Partition;

function set(options: SetOptions = {}): FirmwareSet {
  const folder = mkdtempSync(join(tmpdir(), "thicket-firmware-"));
  try {
    return readFirmwareSet(writeSet(folder, options));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const flash = (port: BoardPort, firmware: FirmwareSet, eraseVault = false): Promise<FlashReport> =>
  flashFirmware(port, firmware, { baudRate: 460_800, eraseVault, progress() {} });

/** A chip that has lived: its vault is full of what must not be lost. */
function usedChip(name: "ESP32" | "ESP32-S3" = "ESP32-S3", bytes = 8 * MB): Chip {
  const chip = createChip(name, bytes);
  chip.flash.fill(0x5a, VAULT.address, VAULT.address + VAULT.bytes);
  return chip;
}

const vaultIsWhole = (chip: Chip): boolean =>
  chip.flash.subarray(VAULT.address, VAULT.address + VAULT.bytes).every((byte) => byte === 0x5a);

const onChip = (chip: Chip, firmware: FirmwareSet): boolean =>
  firmware.images.every((image) =>
    chip.flash.subarray(image.address, image.address + image.data.length).equals(image.data),
  );

async function refused(
  code: string,
  exitCode: number,
  run: () => Promise<unknown>,
): Promise<string> {
  try {
    await run();
  } catch (error) {
    const {
      code: found,
      exitCode: status,
      message,
    } = error as Error & { code: string; exitCode: number };
    assert.is(found, code, message);
    assert.is(status, exitCode);
    return message;
  }
  throw new Error(`not refused: ${code}`);
}

test("a set is written and verified through the loader in RAM; the vault is not touched", async () => {
  const chip = usedChip();
  const port = boardPort(chip);
  const firmware = set();
  const report = await flash(port, firmware);
  assert.equal(report, {
    chip: "ESP32-S3",
    flashBytes: 8 * MB,
    written: ["bootloader.bin", "espruino.bin", "partition-table.bin"],
    unchanged: [],
    vaultErased: false,
  });
  assert.ok(onChip(chip, firmware));
  assert.ok(vaultIsWhole(chip));
  const reserved = [...chip.erased].filter((sector) => sector * SECTOR >= VAULT.address);
  assert.equal(reserved, []);
});

test("the classic ESP32 is known by its magic register and has a flash of 4 MB", async () => {
  const chip = createChip("ESP32", 4 * MB);
  const firmware = set({ chip: "ESP32", flashBytes: 4 * MB, partitions: boardTable("4mb") });
  assert.is((await flash(boardPort(chip), firmware)).chip, "ESP32");
  assert.ok(onChip(chip, firmware));
});

test("what is there already is not written again", async () => {
  const chip = usedChip();
  await flash(boardPort(chip), set());
  chip.erased.length = 0;
  const images = set().images.map((image) => ({ ...image }));
  const changed = images.find((image) => image.file === "espruino.bin");
  (changed as { data: Buffer }).data = Buffer.alloc(5000, 7);
  const report = await flash(boardPort(chip), { ...set(), images });
  assert.equal(report.written, ["espruino.bin"]);
  assert.equal(chip.erased, [32, 33]);
});

test("a cable pulled half-way is said at once, and the next run goes on", async () => {
  const chip = usedChip();
  const port = boardPort(chip);
  const firmware = set();
  port.pullAfter(45_000);
  const message = await refused("PORT_LOST", EXIT.noDevice, () => flash(port, firmware));
  assert.match(message, /vault was not touched/);
  assert.not.ok(onChip(chip, firmware));
  assert.ok(vaultIsWhole(chip));
  const report = await flash(boardPort(chip), firmware);
  assert.equal(report.unchanged, ["bootloader.bin"]);
  assert.ok(onChip(chip, firmware));
  assert.ok(vaultIsWhole(chip));
});

test("the vault is erased only when it was asked for", async () => {
  const chip = usedChip();
  assert.is((await flash(boardPort(chip), set(), true)).vaultErased, true);
  const vault = chip.flash.subarray(VAULT.address, VAULT.address + VAULT.bytes);
  assert.ok(vault.every((byte) => byte === 0xff));
});

test("an image that would overwrite the camera's vault is refused before anything is erased", async () => {
  const chip = usedChip();
  await flash(boardPort(chip), set());
  chip.erased.length = 0;
  const moved = boardTable("8mb").map((part) =>
    part.name === "vault" ? { ...part, address: 0x700000, bytes: 0x100000 } : part,
  );
  const inside = [{ file: "big.bin", address: 0x600000, data: Buffer.alloc(9000, 3) }];
  const message = await refused("VAULT_IN_THE_WAY", EXIT.config, () =>
    flash(boardPort(chip), set({ partitions: moved, images: inside })),
  );
  assert.match(message, /big\.bin.*0x600000 to 0x800000/);
  await refused("VAULT_MOVES", EXIT.config, () =>
    flash(boardPort(chip), set({ partitions: moved })),
  );
  const none = boardTable("8mb").filter((part) => part.name !== "vault");
  await refused("VAULT_MOVES", EXIT.config, () =>
    flash(boardPort(chip), set({ partitions: none })),
  );
  assert.equal(chip.erased, []);
  assert.ok(vaultIsWhole(chip));
  await flash(boardPort(chip), set({ partitions: moved, images: inside }), true);
});

test("the last bytes of a sector before the vault belong to the image: whole sectors count", async () => {
  const images = [
    { file: "tail.bin", address: VAULT.address - SECTOR, data: Buffer.alloc(SECTOR + 1) },
  ];
  const message = await refused("FIRMWARE_MANIFEST", EXIT.config, () =>
    flash(boardPort(usedChip()), set({ images })),
  );
  assert.match(message, /tail\.bin lies in the vault/);
});

test("another chip, or too little flash, is named", async () => {
  const wrong = await refused("WRONG_CHIP", EXIT.device, () =>
    flash(boardPort(createChip("ESP32", 8 * MB)), set()),
  );
  assert.match(wrong, /is an ESP32; this firmware is for ESP32-S3/);
  const small = await refused("FLASH_TOO_SMALL", EXIT.device, () =>
    flash(boardPort(createChip("ESP32-S3", 4 * MB)), set()),
  );
  assert.match(small, /has 4MB of flash; this firmware needs 8 MB/);
});

test("a worn sector that keeps a bit is found by reading back", async () => {
  const chip = usedChip();
  const program = chip.program;
  chip.program = (address, data) => {
    program(address, data);
    chip.flash[0x20000] = 0;
  };
  const message = await refused("FLASH_VERIFY", EXIT.integrity, () =>
    flash(boardPort(chip), set()),
  );
  assert.match(message, /espruino\.bin reads back wrong/);
});

test("the command writes over TCP and says what it did; wrong sets are refused in one line", async () => {
  const chip = usedChip();
  const board = await serveBoard(chip);
  const folder = mkdtempSync(join(tmpdir(), "thicket-flash-"));
  try {
    writeSet(join(folder, "good"));
    writeSet(join(folder, "small"), { flashBytes: 64 * 1024 });
    const at = `tcp://127.0.0.1:${board.port}`;
    const run = (args: string) => toolchainHere(`flash --port ${at} ${args}`.split(" "), folder);
    const done = await run("--firmware good --json");
    assert.is(done.status, 0, done.stderr);
    assert.equal(JSON.parse(done.stdout).written.length, 3);
    assert.match(
      (await run("--firmware good")).stdout,
      /0 of 3 images written, the vault was not touched/,
    );
    assertRefused(
      await toolchainHere(["flash", "--port", at], folder),
      EXIT.usage,
      /--firmware is missing/,
    );
    assertRefused(
      await run("--firmware nowhere"),
      EXIT.config,
      /there is no nowhere.firmware\.json/,
    );
    assertRefused(await run("--firmware small"), EXIT.config, /does not fit into 65536 bytes/);
  } finally {
    await board.close();
    rmSync(folder, { recursive: true });
  }
});

test.run();
