/**
 * A chip's serial bootloader as esptool meets it: the one in ROM, then the loader that esptool puts into RAM ("stub").
 * Written from the protocol description in esptool's documentation ("Serial Protocol"). It speaks bytes; what carries them is the caller's.
 */
import { createHash } from "node:crypto";
import { constants, inflateSync } from "node:zlib";
import type { Chip } from "./chip.ts";
import { frame, unframer } from "./slip.ts";

const RESPONSE = 1;
const OK = [0, 0];
const BAD_CHECKSUM = [1, 7];
const BAD_MESSAGE = [1, 5];
const SYNC_ANSWERS = 8;

export interface Bootloader {
  /** Bytes from the host. */
  receive(bytes: Uint8Array): void;
  /** What resetting the chip with its boot pin low does. */
  restart(): void;
  /** Commands understood, by number. */
  readonly log: number[];
  /** True once the RAM loader runs. */
  readonly isStub: boolean;
}

interface Download {
  address: number;
  bytes: number;
  /** So far, as sent: compressed or not. */
  received: Buffer;
  programmed: number;
}

/** @param send bytes to the host */
export function createBootloader(chip: Chip, send: (bytes: Buffer) => void): Bootloader {
  let isStub = false;
  let ram = 0;
  let download: Download | undefined;
  let reading: { data: Buffer; sent: number; packet: number } | undefined;
  const log: number[] = [];

  const answer = (op: number, value: number, data: Uint8Array | number[], status = OK) => {
    // The ROM's status takes four bytes, the stub's two.
    const tail = isStub ? status : [...status, 0, 0];
    const body = Buffer.concat([Buffer.from(data), Buffer.from(tail)]);
    const head = Buffer.alloc(8);
    head.writeUInt8(RESPONSE, 0);
    head.writeUInt8(op, 1);
    head.writeUInt16LE(body.length, 2);
    head.writeUInt32LE(value >>> 0, 4);
    send(frame(Buffer.concat([head, body])));
  };

  function sync(op: number): void {
    const times = isStub ? 1 : SYNC_ANSWERS;
    for (let i = 0; i < times; i++) answer(op, isStub ? 0 : 0x20120707, []);
  }

  function begin(op: number, body: Buffer): void {
    const bytes = body.readUInt32LE(0);
    const address = body.readUInt32LE(12);
    chip.erase(address, bytes);
    download = { address, bytes, received: Buffer.alloc(0), programmed: 0 };
    answer(op, 0, []);
  }

  function data(op: number, body: Buffer, checksum: number, isCompressed: boolean): void {
    const piece = body.subarray(16, 16 + body.readUInt32LE(0));
    const isIntact = piece.reduce((sum, byte) => sum ^ byte, 0xef) === checksum;
    if (!isIntact || !download) {
      answer(op, 0, [], isIntact ? BAD_MESSAGE : BAD_CHECKSUM);
      return;
    }
    download.received = Buffer.concat([download.received, piece]);
    const plain = isCompressed
      ? inflateSync(download.received, { finishFlush: constants.Z_SYNC_FLUSH })
      : download.received;
    chip.program(download.address + download.programmed, plain.subarray(download.programmed));
    download.programmed = plain.length;
    answer(op, 0, []);
  }

  function readOn(): void {
    if (!reading) return;
    const { data: all, sent, packet } = reading;
    if (sent < all.length) {
      reading.sent = Math.min(all.length, sent + packet);
      send(frame(all.subarray(sent, reading.sent)));
    } else {
      reading = undefined;
      send(frame(createHash("md5").update(all).digest()));
    }
  }

  function startStub(op: number, body: Buffer): void {
    answer(op, 0, []);
    if (body.readUInt32LE(0) !== 0 || ram === 0) return;
    isStub = true;
    send(frame(Buffer.from("OHAI")));
  }

  type Handler = (body: Buffer, checksum: number) => void;
  const rom: Record<number, Handler> = {
    2: (body) => begin(2, body),
    3: (body, checksum) => data(3, body, checksum, false),
    4: () => answer(4, 0, []),
    5: () => answer(5, 0, []),
    6: (body) => startStub(6, body),
    7: (body) => {
      ram += body.readUInt32LE(0);
      answer(7, 0, []);
    },
    8: () => sync(8),
    9: (body) => {
      chip.writeRegister(body.readUInt32LE(0), body.readUInt32LE(4));
      answer(9, 0, []);
    },
    10: (body) => answer(10, chip.readRegister(body.readUInt32LE(0)), []),
    13: () => answer(13, 0, []),
    15: () => answer(15, 0, []),
    16: (body) => begin(16, body),
    17: (body, checksum) => data(17, body, checksum, true),
    18: () => answer(18, 0, []),
    19: (body) => {
      const address = body.readUInt32LE(0);
      const sum = createHash("md5").update(
        chip.flash.subarray(address, address + body.readUInt32LE(4)),
      );
      answer(19, 0, isStub ? sum.digest() : Buffer.from(sum.digest("hex"), "latin1"));
    },
  };
  if (chip.imageChipId !== undefined) {
    const info = Buffer.alloc(20);
    info.writeUInt32LE(chip.imageChipId, 12);
    rom[20] = () => answer(20, 0, info);
  }
  const stubOnly: Record<number, Handler> = {
    209: (body) => {
      chip.erase(body.readUInt32LE(0), body.readUInt32LE(4));
      answer(209, 0, []);
    },
    210: (body) => {
      const address = body.readUInt32LE(0);
      const all = chip.flash.subarray(address, address + body.readUInt32LE(4));
      reading = { data: Buffer.from(all), sent: 0, packet: body.readUInt32LE(8) };
      answer(210, 0, []);
      readOn();
    },
  };

  const receive = unframer((packet) => {
    if (reading && packet.length === 4) return readOn();
    if (packet.length < 8 || packet[0] !== 0) return;
    const op = packet.readUInt8(1);
    log.push(op);
    const handler = rom[op] ?? (isStub ? stubOnly[op] : undefined);
    if (handler) handler(packet.subarray(8), packet.readUInt32LE(4));
    // The ROM repeats that it does not know a command.
    else for (let i = 0; i < SYNC_ANSWERS; i++) answer(op, 0, [], BAD_MESSAGE);
  });

  return {
    receive,
    restart() {
      isStub = false;
      ram = 0;
      download = undefined;
      reading = undefined;
      send(
        Buffer.from("rst:0x1 (POWERON),boot:0x0 (DOWNLOAD(USB/UART0))\r\nwaiting for download\r\n"),
      );
    },
    log,
    get isStub() {
      return isStub;
    },
  };
}
