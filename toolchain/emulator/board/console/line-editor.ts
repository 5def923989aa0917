/**
 * The console's character machine: echo, prompt, escape sequences, DLE (no echo for this line), and the start of
 * binary packets. It knows nothing of JavaScript: complete lines go to `host.execute`.
 * Source: Espruino 2v29, transcripts section 10, jsinteractive.c.
 */
import { openBrackets } from "./brackets.ts";
import { PacketReader } from "./packet-reader.ts";
import { TypedLine } from "./typed-line.ts";

const BACKSPACE = 8;
const DLE = 16;
const ESCAPE = 27;
const DELETE = 127;
const MAX_PASSWORD_CHARS = 20;

export interface ConsoleHost {
  /** Bytes to whoever listens at the other end. */
  send(bytes: string): void;
  /** Run one line; how to show its result, or undefined when it failed. Errors are reported inside. */
  execute(line: string): (() => string) | undefined;
  /** A complete packet; runs after the typed line was put aside. */
  packet(type: number, data: string): void;
  /** Start or stop the timer that gives up on a packet. */
  packetTimer(isRunning: boolean): void;
  /** Answer to ENQ, without newline. */
  identity(): string;
}

type State = "plain" | "dle" | "escape" | "ss3" | "csi" | "number";

export class LineEditor {
  /** False after echo(0). */
  isEchoOn = true;
  /** Set while the console is locked; typed text is then only compared with it. */
  password: string | undefined;
  isLocked = false;
  private readonly host: ConsoleHost;
  private readonly line: TypedLine;
  private readonly packet: PacketReader;
  private state: State = "plain";
  private numberTyped = 0;
  private isEchoOffForLine = false;
  /** The prompt and line are not on the screen: output came, or a line has just run. */
  private isRemoved = false;

  constructor(host: ConsoleHost) {
    this.host = host;
    this.line = new TypedLine(
      (bytes) => host.send(bytes),
      () => this.isShown,
    );
    this.packet = new PacketReader((type, data) => {
      host.packetTimer(false);
      host.packet(type, data);
    });
  }

  get isReceivingPacket(): boolean {
    return this.packet.isReceiving;
  }

  /** What echo(0) and DLE switch off. */
  get isEchoing(): boolean {
    return this.isEchoOn && !this.isEchoOffForLine;
  }

  receive(code: number): void {
    if (this.isLocked) this.typePassword(code);
    else if (this.packet.isReceiving) this.packet.push(code);
    else this.type(code);
  }

  /** Give up on a packet that did not arrive in time. */
  abandonPacket(): void {
    this.packet.stop();
  }

  /** Take prompt and line off the screen, before text is printed. */
  removeLine(): void {
    if (this.isRemoved) return;
    this.isRemoved = true;
    if (this.isEchoing) this.line.wipe();
  }

  /** Put prompt and line back, at the end of each turn. */
  returnLine(): void {
    if (!this.isRemoved) return;
    this.isRemoved = false;
    if (!this.isEchoing) return;
    this.host.send(this.isLocked ? "password>" : ">");
    this.line.draw();
  }

  /** Throw the typed line away. `isOnScreen`: also take it off the screen. */
  clear(isOnScreen: boolean): void {
    if (this.line.text === "") return;
    if (isOnScreen) this.removeLine();
    this.line.set("", 0);
  }

  /** Another text to be edited. */
  replaceLine(text: string): void {
    this.line.replace(text);
  }

  /** A new program starts: nothing typed. A full reset also switches the echo on. */
  restart(isFull: boolean): void {
    this.line.set("", 0);
    this.packet.stop();
    if (!isFull) return;
    this.isEchoOn = true;
    this.isEchoOffForLine = false;
  }

  /** Text was written past the line (the banner): the prompt comes back at the end of the turn. */
  markRemoved(): void {
    this.isRemoved = true;
  }

  private get isShown(): boolean {
    return this.isEchoing && !this.isRemoved && !this.isLocked;
  }

  private type(code: number): void {
    const char = String.fromCharCode(code);
    const { state } = this;
    this.state = "plain";
    if (code === 0) return;
    if (code === 3)
      this.state = state; // Ctrl-C was dealt with when it arrived
    else if (code === 1) this.startOfHeader(state);
    else if (code === 5) this.enquiry(state);
    else if (code === DLE) {
      if (this.line.text === "") this.isEchoOffForLine = true;
      this.state = "dle";
    } else if (code === ESCAPE) this.state = "escape";
    else if (state === "escape") this.afterEscape(char);
    else if (state === "ss3") this.keypad(char);
    else if (state === "csi") this.cursorKey(char);
    else if (state === "number") this.numberedKey(char);
    else if (code === BACKSPACE || code === DELETE) this.line.delete(true);
    else if (char === "\r" || char === "\n") this.newLine(true);
    else if (char === "\t") {
      // With echo on this is tab completion, which is not modelled.
      if (!this.isEchoing) this.line.insert("    ");
    } else if (code >= 32) this.line.insert(char);
  }

  private startOfHeader(state: State): void {
    if (state !== "dle") {
      this.state = state;
      return;
    }
    if (this.line.text === "") this.isEchoOffForLine = false;
    this.packet.start();
    this.host.packetTimer(true);
  }

  private enquiry(state: State): void {
    this.state = state;
    if (this.line.text === "") this.host.send(`${this.host.identity()}\r\n`);
  }

  private newLine(canRun: boolean): void {
    const { line } = this;
    if (line.text.slice(line.cursor).trim() !== "") {
      line.split();
    } else if (canRun && openBrackets(line.text) <= 0) {
      this.runLine();
    } else {
      if (this.isShown) this.host.send("\r\n:");
      line.set(`${line.text}\n`, line.cursor + 1);
    }
  }

  private runLine(): void {
    if (this.isShown) this.host.send("\r\n");
    if (!this.isEchoOffForLine) this.isRemoved = true;
    const line = this.line.text.replaceAll(/ +(?=\n|$)/g, "");
    this.line.set("", 0);
    const result = this.host.execute(line);
    if (line !== "" && this.isEchoing) {
      this.line.history.add(line);
      if (result) this.host.send(`=${crlf(result())}\r\n`);
    }
    this.isEchoOffForLine = false;
  }

  private afterEscape(char: string): void {
    if (char === "O") this.state = "ss3";
    else if (char === "[") this.state = "csi";
    else if (char === "\n") this.newLine(false);
  }

  private keypad(char: string): void {
    const typed = { o: "/", j: "*", m: "-", k: "+", M: "\r" }[char];
    if (char === "F") this.line.toEnd();
    else if (char === "H") this.line.toStart();
    else if (typed) this.type(typed.charCodeAt(0));
  }

  private cursorKey(char: string): void {
    if (char >= "0" && char <= "9") {
      this.numberTyped = Number(char);
      this.state = "number";
    } else if (char === "D") this.line.left();
    else if (char === "C") this.line.right();
    else if (char === "A" || char === "B") this.line.vertical(char === "A");
    else if (char === "F") this.line.toEnd();
    else if (char === "H") this.line.toStart();
  }

  /** ESC [ number and a letter; `d` (the source line number) has no effect in this version. */
  private numberedKey(char: string): void {
    const { line, numberTyped } = this;
    if (char >= "0" && char <= "9") {
      this.numberTyped = (numberTyped * 10 + Number(char)) & 0xffff;
      this.state = "number";
    } else if (char === "H") {
      if (numberTyped === 2) this.clear(true);
    } else if (char === "~") {
      if (numberTyped === 1) line.toStart();
      else if (numberTyped === 3) line.delete(false);
      else if (numberTyped === 4) line.toEnd();
      else if (numberTyped === 5) line.jump(0);
      else if (numberTyped === 6) line.jump(line.text.length);
    }
  }

  private typePassword(code: number): void {
    if (code !== 10 && code !== 13) {
      if (this.line.text.length < MAX_PASSWORD_CHARS) {
        this.line.text += String.fromCharCode(code);
      }
      return;
    }
    this.isLocked = this.line.text !== this.password;
    this.line.set("", 0);
    if (this.isLocked) {
      this.host.send("\r\n  Invalid password\r\npassword>");
    } else {
      this.host.send("\r\n  Logged in.\r\n");
      this.isRemoved = true;
      this.returnLine();
    }
  }
}

export const crlf = (text: string): string => text.replaceAll("\n", "\r\n");
