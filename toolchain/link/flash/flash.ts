/**
 * Writes a firmware set to a chip through its bootloader, with esptool-js: identify, guard, write what differs, verify, restart.
 * An image that lies there already (MD5 over the same bytes) is not written again, so a pulled cable costs only what was under way.
 */
import { createHash } from "node:crypto";
import { ESPLoader, Transport } from "esptool-js";
import { deviceError, integrityError, isAppError, noDeviceError } from "../../errors.ts";
import type { FirmwareSet, Image } from "./firmware-set.ts";
import type { FlashPort } from "./flash-port.ts";
import { guardVault } from "./guard.ts";
import { decodePartitionTable, TABLE_ADDRESS, TABLE_BYTES } from "./partition-table.ts";
import { webSerial } from "./web-serial.ts";

/** What the chip's own loader starts with. */
const ROM_BAUD_RATE = 115200;
/** Of the loader that runs in RAM: erase whole sectors (address, bytes). */
const ERASE_REGION = 0xd1;
const QUIET = { clean() {}, write() {}, writeLine() {} };

export interface FlashOptions {
  baudRate: number;
  eraseVault: boolean;
  /** Hear what is under way, in words. */
  progress: (text: string) => void;
}

export interface FlashReport {
  chip: string;
  flashBytes: number;
  /** Images written, and those that were there already. */
  written: string[];
  unchanged: string[];
  vaultErased: boolean;
}

/**
 * **Errors:** NO_BOOTLOADER, WRONG_CHIP, FLASH_TOO_SMALL, VAULT_IN_THE_WAY, VAULT_MOVES, FLASH_VERIFY, FLASH_FAILED, PORT_LOST
 */
export async function flashFirmware(
  port: FlashPort,
  set: FirmwareSet,
  options: FlashOptions,
): Promise<FlashReport> {
  const transport = new QuietTransport(webSerial(port) as never, false);
  const loader = new ESPLoader({
    transport,
    baudrate: options.baudRate,
    romBaudrate: ROM_BAUD_RATE,
    terminal: QUIET,
  });
  const lost = new Promise<never>((_, reject) =>
    port.onLost(() =>
      reject(
        noDeviceError(
          "PORT_LOST",
          `${port.name} went away while the firmware was being written; the camera's vault was not touched`,
          "plug it in again and run the same command: what is written already is kept",
        ),
      ),
    ),
  );
  lost.catch(() => {});
  try {
    return await Promise.race([run(loader, port, set, options), lost]);
  } finally {
    await Promise.race([transport.disconnect(), port.close()]).catch(() => {});
  }
}

/** esptool-js writes some of its trace to stdout even when it is off. */
class QuietTransport extends Transport {
  override trace(): void {}
}

async function run(
  loader: ESPLoader,
  port: FlashPort,
  set: FirmwareSet,
  options: FlashOptions,
): Promise<FlashReport> {
  options.progress("connecting to the chip's bootloader");
  const flashBytes = await identify(loader, port, set);
  const table = await explained(port, () => loader.readFlash(TABLE_ADDRESS, TABLE_BYTES));
  const vault = guardVault(set, decodePartitionTable(table), options.eraseVault);
  const report: FlashReport = {
    chip: loader.chip.CHIP_NAME,
    flashBytes,
    written: [],
    unchanged: [],
    vaultErased: vault !== undefined,
  };
  for (const image of set.images) {
    const isThere = await explained(port, () => isWritten(loader, image));
    if (!isThere) await explained(port, () => writeImage(loader, image, options.progress));
    (isThere ? report.unchanged : report.written).push(image.file);
  }
  if (vault) {
    options.progress("erasing the vault");
    await explained(port, () => eraseRegion(loader, vault.address, vault.bytes));
  }
  await explained(port, () => loader.after("hard_reset"));
  return report;
}

/** @returns bytes of the flash chip */
async function identify(loader: ESPLoader, port: FlashPort, set: FirmwareSet): Promise<number> {
  const mode = port.hasSignals ? "default_reset" : "no_reset";
  await loader.main(mode).catch((error: Error) => {
    if (isAppError(error)) throw error;
    throw noDeviceError(
      "NO_BOOTLOADER",
      `no bootloader answers at ${port.name} (${firstLine(error)})`,
      "hold BOOT, press and release RESET, release BOOT, and try again",
    );
  });
  const chip = loader.chip.CHIP_NAME;
  if (chip !== set.chip) {
    throw deviceError(
      "WRONG_CHIP",
      `${port.name} is an ${chip}; this firmware is for ${set.chip}`,
      "give --firmware the set for this board",
    );
  }
  const size = await explained(port, () => loader.detectFlashSize());
  const flashBytes = size ? loader.flashSizeBytes(size as never) : 0;
  if (flashBytes < set.flashBytes) {
    throw deviceError(
      "FLASH_TOO_SMALL",
      size
        ? `the board has ${size} of flash; this firmware needs ${set.flashBytes / 1048576} MB`
        : "the board's flash chip does not say its size",
      size ? "give --firmware the set for this board" : "check the board's flash chip",
    );
  }
  return flashBytes;
}

/** What esptool-js pads an image to before it writes and sums it. */
const padded = (data: Buffer): Buffer =>
  Buffer.concat([data, Buffer.alloc((4 - (data.length % 4)) % 4, 0xff)]);

const md5 = (data: Uint8Array): string => createHash("md5").update(data).digest("hex");

async function isWritten(loader: ESPLoader, image: Image): Promise<boolean> {
  const data = padded(image.data);
  return (await loader.flashMd5sum(image.address, data.length)) === md5(data);
}

async function writeImage(
  loader: ESPLoader,
  image: Image,
  progress: (text: string) => void,
): Promise<void> {
  await loader.writeFlash({
    fileArray: [{ data: padded(image.data), address: image.address }],
    flashMode: "keep",
    flashFreq: "keep",
    flashSize: "keep",
    eraseAll: false,
    compress: true,
    reportProgress: (_file, sent, total) =>
      progress(`${image.file}: ${Math.floor((100 * sent) / total)} %`),
  });
  if (!(await isWritten(loader, image))) {
    throw integrityError(
      "FLASH_VERIFY",
      `${image.file} reads back wrong from the chip`,
      "try again; if it stays so, the board's flash is worn out",
    );
  }
}

async function eraseRegion(loader: ESPLoader, address: number, bytes: number): Promise<void> {
  const data = Buffer.alloc(8);
  data.writeUInt32LE(address, 0);
  data.writeUInt32LE(bytes, 4);
  const timeoutMs = loader.timeoutPerMb(loader.ERASE_REGION_TIMEOUT_PER_MB, bytes);
  await loader.checkCommand("erase the vault", ERASE_REGION, data, 0, 0, timeoutMs);
}

/** Errors of esptool-js in one line, with a way out. */
async function explained<T>(port: FlashPort, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (isAppError(error)) throw error;
    throw deviceError(
      "FLASH_FAILED",
      `${port.name}: ${firstLine(error as Error)}`,
      "run the same command again, or slower: --baud 115200",
    );
  }
}

const firstLine = (error: Error): string => (error.message.split("\n")[0] ?? "").trim();
