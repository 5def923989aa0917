/**
 * The wire between the host and the console: which port the console is on (E.setConsole), the receive buffer with its
 * XON/XOFF, and Ctrl-C, which takes effect when it arrives. Source: jsdevices.c, jsinteractive.c (jsiSetConsoleDevice).
 */
import type { Machine } from "../machine.ts";

const XON = "\x11";
const XOFF = "\x13";
/** Of the ESP32's receive buffer: full enough to ask the host to wait, and empty enough again. */
const BUFFER_BYTES = 4096;
const XOFF_ABOVE_BYTES = (BUFFER_BYTES * 6) / 8;

/** A port other than the host's: where its bytes go and whom what arrives is given to. */
export interface OtherPort {
  send: (bytes: string) => void;
  received: (bytes: string) => void;
}

export class ConsolePort {
  /** Name of the port the console is on; null: on none. */
  device: string | null;
  /** Serial ports by name; the host's own among them. */
  readonly ports = new Map<string, OtherPort>();
  /** Ctrl-C came: the typed line goes at the end of the turn. */
  clearsLine = false;
  private readonly machine: Machine;
  private input: string[] = [];
  private bufferedBytes = 0;
  private isHeldBack = false;

  constructor(machine: Machine) {
    this.machine = machine;
    this.device = machine.board.console;
  }

  /** Bytes from the interpreter. */
  send(bytes: string): void {
    if (this.device === this.machine.board.console) this.machine.onOutput(bytes);
    else if (this.device !== null) this.ports.get(this.device)?.send(bytes);
  }

  /** Bytes that arrive at a port. Ctrl-C takes effect at once, the rest waits for the next turn. */
  receive(device: string, bytes: string): void {
    const { machine } = this;
    if (bytes === "" || machine.chip.isDown) return;
    if (device !== this.device) {
      this.ports.get(device)?.received(bytes);
      return;
    }
    this.noticeCtrlC(bytes);
    this.queue(bytes);
    if (this.bufferedBytes <= XOFF_ABOVE_BYTES || this.isHeldBack) return;
    this.isHeldBack = true;
    this.send(XOFF);
  }

  /** Ctrl-C stops what runs, be it the very code that sends it to the console. */
  noticeCtrlC(bytes: string): void {
    const { editor, running } = this.machine;
    if (!bytes.includes("\x03") || editor.isReceivingPacket || editor.isLocked) return;
    running.interrupt();
    this.clearsLine = true;
  }

  /** For the next turn. */
  queue(bytes: string): void {
    this.input.push(bytes);
    this.bufferedBytes += bytes.length;
  }

  get hasInput(): boolean {
    return this.input.length > 0;
  }

  /** What has arrived; the buffer is empty then, and the host may go on. */
  take(): string {
    const bytes = this.input.join("");
    this.input = [];
    this.bufferedBytes = 0;
    if (this.isHeldBack) {
      this.isHeldBack = false;
      this.send(XON);
    }
    return bytes;
  }

  /** Move the console; both ends are told, as long as the echo is on. */
  move(device: string | null): void {
    if (device === this.device) return;
    const { editor } = this.machine;
    const { device: old } = this;
    const isEchoOn = editor.isEchoing;
    if (isEchoOn) this.machine.print(`-> ${device ?? NOWHERE}\n`);
    this.device = device;
    if (isEchoOn) this.machine.print(`<- ${old ?? NOWHERE}\n`);
  }

  /** A reset of the chip: the console is where it was after power-on. */
  forget(): void {
    this.input = [];
    this.bufferedBytes = 0;
    this.isHeldBack = false;
    this.device = this.machine.board.console;
  }
}

/** What the original calls the absence of a device. */
const NOWHERE = "null";
