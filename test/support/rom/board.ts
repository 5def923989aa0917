/**
 * A board at a flash port or on a TCP port, and firmware sets for it: for the tests of `toolchain flash`.
 */
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { join } from "node:path";
import type { FlashPort } from "../../../toolchain/link/flash/flash-port.ts";
import {
  encodePartitionTable,
  type Partition,
  parsePartitionCsv,
  TABLE_ADDRESS,
} from "../../../toolchain/link/flash/partition-table.ts";
import { type Bootloader, createBootloader } from "./bootloader.ts";
import type { Chip } from "./chip.ts";

/** A port with the two lines of a USB serial adapter: RTS holds the chip in reset, DTR its boot pin. */
export interface BoardPort extends FlashPort {
  bootloader: Bootloader;
  /** Pull the cable once this many more bytes have gone to the chip. */
  pullAfter(bytes: number): void;
}

export function boardPort(chip: Chip): BoardPort {
  let heard: (bytes: Uint8Array) => void = () => {};
  let lost: () => void = () => {};
  let left = Number.POSITIVE_INFINITY;
  let isInReset = false;
  const bootloader = createBootloader(chip, (bytes) => {
    if (left > 0) setImmediate(() => heard(bytes));
  });
  return {
    name: "simulated board",
    hasSignals: true,
    usb: undefined,
    bootloader,
    pullAfter(bytes) {
      left = bytes;
    },
    open: async () => {},
    async write(bytes) {
      if (left <= 0) return;
      bootloader.receive(bytes.subarray(0, left));
      left -= bytes.length;
      if (left <= 0) setImmediate(lost);
    },
    onData: (listener) => {
      heard = listener;
    },
    onLost: (listener) => {
      lost = listener;
    },
    async signals({ rts }) {
      if (rts === undefined) return;
      if (isInReset && !rts) bootloader.restart();
      isInReset = rts;
    },
    setBaudRate: async () => {},
    close: async () => {},
  };
}

/** The chip's bootloader on a TCP port of this machine. */
export async function serveBoard(chip: Chip): Promise<{ port: number; close(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    const bootloader = createBootloader(chip, (bytes) => void socket.write(bytes));
    socket.on("data", (bytes) => bootloader.receive(bytes));
    socket.on("error", () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return {
    port: typeof address === "object" && address ? address.port : 0,
    close() {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => void server.close(() => resolve()));
    },
  };
}

export function boardTable(size: "4mb" | "8mb"): Partition[] {
  const file = `native/boards/partitions-${size}.csv`;
  return parsePartitionCsv(readFileSync(file, "utf8"), file);
}

export interface SetOptions {
  chip?: string;
  flashBytes?: number;
  partitions?: Partition[];
  /** Other images than a bootloader and a firmware of 40 000 bytes. */
  images?: { file: string; address: number; data: Buffer }[];
  version?: string;
}

/** Bytes that do not compress to nothing and hold SLIP's special bytes. */
export const noise = (bytes: number, seed: number): Buffer => {
  let state = seed;
  return Buffer.from(
    Array.from({ length: bytes }, () => {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      return state >>> 24;
    }),
  );
};

/** Write a firmware set into a folder. */
export function writeSet(folder: string, options: SetOptions = {}): string {
  const { chip = "ESP32-S3", flashBytes = 8 << 20, version = "0.1.0" } = options;
  const partitions = options.partitions ?? boardTable("8mb");
  const images = [
    ...(options.images ?? [
      { file: "bootloader.bin", address: 0, data: noise(20_001, 1) },
      { file: "espruino.bin", address: 0x20000, data: noise(40_000, 2) },
    ]),
    { file: "partition-table.bin", address: TABLE_ADDRESS, data: encodePartitionTable(partitions) },
  ];
  mkdirSync(folder, { recursive: true });
  for (const { file, data } of images) writeFileSync(join(folder, file), data);
  const rows = images.map(({ file, address, data }) => ({
    file,
    address,
    sha256: createHash("sha256").update(data).digest("hex"),
  }));
  const manifest = { format: 1, name: "thicket", version, chip, flashBytes, images: rows };
  writeFileSync(join(folder, "firmware.json"), JSON.stringify(manifest, null, 2));
  return folder;
}
