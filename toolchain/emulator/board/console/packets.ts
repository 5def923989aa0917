/**
 * What the packets do: evaluate, raise an event, receive and send files of Storage.
 * Source: Espruino 2v29, jsinteractive.c (jsiPacketProcess).
 */
import { EspObject, EspThrow, type Value } from "../../engine/engine.ts";
import { isString } from "../../engine/value.ts";
import { decompress } from "../compression.ts";
import { callListeners } from "../listeners.ts";
import type { Machine } from "../machine.ts";
import { StorageProblem } from "../storage/store.ts";
import type { Timer } from "../timers.ts";

const ACK = "\x06";
const NAK = "\x15";
const HEADER = "\x10\x01";
const TYPE = {
  response: 0x0000,
  eval: 0x2000,
  event: 0x4000,
  fileSend: 0x6000,
  data: 0x8000,
  fileReceive: 0xa000,
} as const;
const PACKET_TIMEOUT_MS = 5000;
const FILE_TIMEOUT_MS = 10000;
const RECEIVE_CHUNK_BYTES = 1024;

interface OpenFile {
  name: string;
  sizeBytes: number;
  offset: number;
  isCompressed: boolean;
}

export class Packets {
  private readonly machine: Machine;
  private file: OpenFile | undefined;
  private packetTimer: Timer | undefined;
  private fileTimer: Timer | undefined;

  constructor(machine: Machine) {
    this.machine = machine;
  }

  /** A packet has begun or is complete. */
  setTimer(isRunning: boolean): void {
    this.packetTimer = this.restart(this.packetTimer, isRunning, PACKET_TIMEOUT_MS, () => {
      this.machine.sendRaw(NAK);
      this.machine.editor.abandonPacket();
    });
  }

  handle(type: number, data: string): void {
    if (type === TYPE.eval) this.evaluate(data);
    else if (type === TYPE.event) this.raise(data);
    else if (type === TYPE.fileSend) this.openFile(data);
    else if (type === TYPE.data) this.writeData(data);
    else if (type === TYPE.fileReceive) this.sendFile(data);
    else this.machine.sendRaw(NAK);
  }

  /** Close the file being received: done, given up, or the program ends. */
  end(): void {
    this.file = undefined;
    this.setFileTimer(false);
  }

  private evaluate(data: string): void {
    const { machine } = this;
    let value: Value;
    machine.faults.protect(() => {
      value = machine.runCode(() => machine.engine.evaluate(data, { file: "", label: "" }));
    });
    if (machine.faults.hasAny) {
      machine.sendRaw(NAK);
      machine.faults.check();
      return;
    }
    machine.sendRaw(ACK);
    this.reply(TYPE.response, value === undefined ? "null" : machine.engine.toJS(value));
  }

  private raise(data: string): void {
    const { machine } = this;
    const event = this.parseObject(data);
    const isTaken =
      event !== undefined && callListeners(machine, machine.touchedGlobal("E"), "packet", [event]);
    machine.sendRaw(isTaken ? ACK : NAK);
  }

  private openFile(data: string): void {
    const { engine } = this.machine;
    this.end();
    const request = this.parseObject(data);
    const name = this.fileName(request);
    const sizeBytes = request ? engine.int(engine.get(request, "s")) : 0;
    const isUnsupported = request !== undefined && engine.truthy(engine.get(request, "fs"));
    if (name === undefined || sizeBytes === 0 || isUnsupported) {
      this.machine.sendRaw(NAK);
      return;
    }
    const isCompressed = request !== undefined && engine.truthy(engine.get(request, "c"));
    this.file = { name, sizeBytes, offset: 0, isCompressed };
    this.setFileTimer(true);
    this.machine.sendRaw(ACK);
  }

  private writeData(received: string): void {
    const { machine, file } = this;
    if (!file) {
      machine.sendRaw(NAK);
      return;
    }
    // Each packet is compressed by itself.
    const data = file.isCompressed
      ? Buffer.from(decompress(Buffer.from(received, "latin1"))).toString("latin1")
      : received;
    machine.faults.protect(() => this.store(file, data));
    file.offset += data.length;
    if (file.offset >= file.sizeBytes) this.end();
    else this.setFileTimer(true);
    const progress = machine.engine.object({
      l: received.length,
      o: file.offset,
      s: file.sizeBytes,
      fn: file.name,
    });
    callListeners(machine, machine.touchedGlobal("E"), "packetUpload", [progress]);
    // The original answers ACK even when the write failed; the error is reported after it.
    machine.sendRaw(ACK);
  }

  private store(file: OpenFile, data: string): void {
    try {
      const bytes = Buffer.from(data, "latin1");
      this.machine.store.write(file.name, bytes, file.offset, file.sizeBytes);
    } catch (error) {
      if (error instanceof StorageProblem) throw this.machine.error(error.message);
      throw error;
    }
  }

  private sendFile(data: string): void {
    const name = this.fileName(this.parseObject(data));
    const text = name === undefined ? undefined : this.machine.store.read(name);
    if (text === undefined) {
      this.machine.sendRaw(NAK);
      return;
    }
    this.machine.sendRaw(ACK);
    for (let at = 0; at < text.length; at += RECEIVE_CHUNK_BYTES) {
      this.reply(TYPE.data, text.slice(at, at + RECEIVE_CHUNK_BYTES));
    }
    this.reply(TYPE.data, "");
  }

  private reply(type: number, data: string): void {
    const word = (type | data.length) & 0xffff;
    this.machine.sendRaw(HEADER + String.fromCharCode(word >> 8, word & 0xff));
    this.machine.sendRaw(data.replaceAll("\n", "\r\n"));
  }

  private fileName(request: EspObject | undefined): string | undefined {
    if (!request) return undefined;
    const { engine } = this.machine;
    const name = engine.get(request, "fn");
    return isString(name) ? engine.text(name) : undefined;
  }

  /** The object that the data describes; undefined for anything else, without an error. */
  private parseObject(data: string): EspObject | undefined {
    try {
      const value = this.machine.engine.parse(data, true);
      return value instanceof EspObject ? value : undefined;
    } catch (error) {
      if (!(error instanceof EspThrow)) throw error;
      // The exception is dropped, but raising it has taken the line off the screen.
      this.machine.editor.removeLine();
      return undefined;
    }
  }

  private setFileTimer(isRunning: boolean): void {
    this.fileTimer = this.restart(this.fileTimer, isRunning, FILE_TIMEOUT_MS, () => this.end());
  }

  private restart(
    old: Timer | undefined,
    isRunning: boolean,
    ms: number,
    run: () => void,
  ): Timer | undefined {
    const { timers, clock } = this.machine;
    if (old) timers.removeTimer(old);
    if (!isRunning) return undefined;
    const dueUs = clock.upUs + ms * 1000;
    const timer: Timer = {
      dueUs,
      intervalUs: undefined,
      callback: undefined,
      args: [],
      native: run,
    };
    timers.add(timer);
    return timer;
  }
}
