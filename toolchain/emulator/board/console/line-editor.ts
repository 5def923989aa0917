/**
 * The console's line editor: echo, prompt, cursor keys, history, multi-line input, DLE (no echo for this line),
 * and the start of binary packets. It knows nothing of JavaScript: complete lines go to `host.execute`.
 * Source: facts/espruino.md 4.2, transcripts section 10, jsinteractive.c.
 */
import { openBrackets } from "./brackets.ts";
import { History } from "./history.ts";
import { PacketReader } from "./packet-reader.ts";

const BACKSPACE = 8;
const DLE = 16;
const ESCAPE = 27;
const DELETE = 127;
const ERASE_AFTER_CURSOR = "\x1b[J";
const MAX_PASSWORD_CHARS = 20;

export interface ConsoleHost {
  /** Bytes to whoever listens at the other end. */
  send(bytes: string): void;
  /** Run one line; the text to show after "=", or undefined when it failed or was empty. Errors are reported inside. */
  execute(line: string, isResultWanted: boolean): string | undefined;
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
  private readonly history = new History();
  private readonly packet: PacketReader;
  private line = "";
  private cursor = 0;
  private state: State = "plain";
  private numberTyped = 0;
  private isEchoOffForLine = false;
  /** The prompt and line are not on the screen: output came, or a line has just run. */
  private isRemoved = false;

  constructor(host: ConsoleHost) {
    this.host = host;
    this.packet = new PacketReader((type, data) => this.finishPacket(type, data));
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
    if (!this.isEchoing) return;
    this.moveCursor(this.cursor, 0);
    this.host.send(`\r${ERASE_AFTER_CURSOR}`);
  }

  /** Put prompt and line back, at the end of each turn. */
  returnLine(): void {
    if (!this.isRemoved) return;
    this.isRemoved = false;
    if (!this.isEchoing) return;
    if (this.isLocked) this.host.send("password");
    this.host.send(`>${withColons(this.line)}`);
    this.moveCursor(this.line.length, this.cursor);
  }

  /** Throw the typed line away. `isShown`: also take it off the screen. */
  clear(isShown: boolean): void {
    if (this.line === "") return;
    if (isShown) this.removeLine();
    this.setLine("", 0);
  }

  /** A new program starts: nothing typed. A full reset also switches the echo on. */
  restart(isFull: boolean): void {
    this.setLine("", 0);
    this.packet.stop();
    if (!isFull) return;
    this.isEchoOn = true;
    this.isEchoOffForLine = false;
  }

  /** Text was written past the line (the banner): the prompt comes back at the end of the turn. */
  markRemoved(): void {
    this.isRemoved = true;
  }

  /** Fill the line, as edit() does. */
  replaceLine(text: string): void {
    if (this.isShown) {
      this.moveCursor(this.cursor, 0);
      this.host.send(ERASE_AFTER_CURSOR + withColons(text));
    }
    this.line = text;
    this.cursor = text.length;
  }

  private get isShown(): boolean {
    return this.isEchoing && !this.isRemoved && !this.isLocked;
  }

  private setLine(text: string, cursor: number): void {
    this.line = text;
    this.cursor = cursor;
    this.history.leave();
  }

  private type(code: number): void {
    const char = String.fromCharCode(code);
    const state = this.state;
    this.state = "plain";
    if (code === 0 || code === 3) {
      if (code === 3) this.state = state; // Ctrl-C was dealt with when it arrived
    } else if (code === 1) {
      if (state === "dle") this.startPacket();
      else this.state = state;
    } else if (code === 5) {
      this.state = state;
      if (this.line === "") this.host.send(`${this.host.identity()}\r\n`);
    } else if (code === DLE) {
      if (this.line === "") this.isEchoOffForLine = true;
      this.state = "dle";
    } else if (code === ESCAPE) {
      this.state = "escape";
    } else if (state === "escape") {
      if (char === "O") this.state = "ss3";
      else if (char === "[") this.state = "csi";
      else if (char === "\n") this.newLine(false);
    } else if (state === "ss3") {
      this.keypad(char);
    } else if (state === "csi") {
      this.cursorKey(char);
    } else if (state === "number") {
      this.numberedKey(char);
    } else if (code === BACKSPACE || code === DELETE) {
      this.deleteChar(true);
    } else if (char === "\r" || char === "\n") {
      this.newLine(true);
    } else if (char === "\t") {
      // With echo on this is tab completion, which is not modelled.
      if (!this.isEchoing) this.insert("    ");
    } else if (code >= 32) {
      this.insert(char);
    }
  }

  private newLine(canRun: boolean): void {
    if (this.line.slice(this.cursor).trim() !== "") {
      this.splitLine();
    } else if (canRun && openBrackets(this.line) <= 0) {
      this.runLine();
    } else {
      if (this.isShown) this.host.send("\r\n:");
      this.setLine(`${this.line}\n`, this.cursor + 1);
    }
  }

  private runLine(): void {
    if (this.isShown) this.host.send("\r\n");
    if (!this.isEchoOffForLine) this.isRemoved = true;
    const line = this.line.trimEnd();
    this.setLine("", 0);
    const isWanted = this.isEchoing && line !== "";
    const result = this.host.execute(line, isWanted);
    if (line !== "" && this.isEchoing) this.history.add(line);
    if (result !== undefined && this.isEchoing) this.host.send(`=${crlf(result)}\r\n`);
    this.isEchoOffForLine = false;
  }

  private splitLine(): void {
    if (this.isShown) this.host.send(ERASE_AFTER_CURSOR);
    const rest = `\n${this.line.slice(this.cursor)}`;
    const cursor = this.cursor + 1;
    this.setLine(this.line.slice(0, this.cursor) + rest, this.cursor);
    if (this.isShown) {
      this.host.send(withColons(rest));
      this.moveCursor(this.line.length, cursor);
    }
    this.cursor = cursor;
  }

  private insert(text: string): void {
    const after = this.line.slice(this.cursor);
    this.setLine(this.line.slice(0, this.cursor) + text + after, this.cursor);
    if (this.isShown) {
      if (after !== "") this.sendRestOfLine();
      this.host.send(text);
    }
    this.cursor += text.length;
  }

  /** The rest of this line and a blank over what was there, then back to the cursor. */
  private sendRestOfLine(): void {
    const rest = `${this.line.slice(this.cursor).split("\n")[0]} `;
    this.host.send(rest + "\b".repeat(rest.length));
  }

  private deleteChar(isBackspace: boolean): void {
    const at = isBackspace ? this.cursor - 1 : this.cursor;
    if (at < 0 || at >= this.line.length) return;
    const isNewLine = this.line[at] === "\n";
    if (isNewLine && this.isShown) {
      this.host.send(ERASE_AFTER_CURSOR);
      if (isBackspace) {
        this.host.send("\b ");
        this.moveCursor(this.cursor, at);
      }
    }
    this.setLine(this.line.slice(0, at) + this.line.slice(at + 1), at);
    if (!this.isShown) return;
    if (isNewLine) {
      this.host.send(withColons(this.line.slice(at)));
      this.moveCursor(this.line.length, at);
    } else {
      if (isBackspace) this.host.send("\b");
      this.sendRestOfLine();
    }
  }

  private keypad(char: string): void {
    const typed = { o: "/", j: "*", m: "-", k: "+", M: "\r" }[char];
    if (char === "F") this.toLineEnd();
    else if (char === "H") this.toLineStart();
    else if (typed) this.type(typed.charCodeAt(0));
  }

  private cursorKey(char: string): void {
    if (char >= "0" && char <= "9") {
      this.numberTyped = Number(char);
      this.state = "number";
    } else if (char === "D") {
      if (this.cursor > 0 && this.line[this.cursor - 1] !== "\n") this.step(-1, "\x1b[D");
    } else if (char === "C") {
      if (this.cursor < this.line.length && this.line[this.cursor] !== "\n") this.step(1, "\x1b[C");
    } else if (char === "A" || char === "B") {
      const isAtEnd = this.cursor === this.line.length;
      const isHistory = (this.line === "" || this.history.isShowing) && isAtEnd;
      if (isHistory) this.showHistory(char === "A");
      else this.moveLines(char === "A" ? -1 : 1);
    } else if (char === "F") this.toLineEnd();
    else if (char === "H") this.toLineStart();
  }

  private numberedKey(char: string): void {
    if (char >= "0" && char <= "9") {
      this.numberTyped = (this.numberTyped * 10 + Number(char)) & 0xffff;
      this.state = "number";
    } else if (char === "H" && this.numberTyped === 2) {
      this.clear(true);
    } else if (char === "~") {
      if (this.numberTyped === 1) this.toLineStart();
      else if (this.numberTyped === 3) this.deleteChar(false);
      else if (this.numberTyped === 4) this.toLineEnd();
      else if (this.numberTyped === 5) this.jump(0);
      else if (this.numberTyped === 6) this.jump(this.line.length);
    }
  }

  private step(by: number, keys: string): void {
    this.cursor += by;
    if (this.isShown) this.host.send(keys);
  }

  private jump(to: number): void {
    this.moveCursor(this.cursor, to);
    this.cursor = to;
  }

  private toLineStart(): void {
    while (this.cursor > 0 && this.line[this.cursor - 1] !== "\n") this.step(-1, "\b");
  }

  private toLineEnd(): void {
    while (this.cursor < this.line.length && this.line[this.cursor] !== "\n") {
      this.step(1, this.line[this.cursor] as string);
    }
  }

  private moveLines(by: number): void {
    const lines = this.line.split("\n");
    const { row, column } = position(this.line, this.cursor);
    const target = Math.min(Math.max(row + by, 0), lines.length - 1);
    const before = lines.slice(0, target).join("\n").length + (target > 0 ? 1 : 0);
    const to = before + Math.min(column, lines[target]?.length ?? 0);
    if (this.isShown) this.moveCursor(this.cursor, to);
    this.cursor = to;
  }

  private showHistory(isBack: boolean): void {
    const line = isBack ? this.history.previous() : this.history.next();
    if (line !== undefined) {
      this.replaceLine(line);
    } else if (!isBack) {
      if (this.isShown) {
        this.moveCursor(this.cursor, 0);
        this.host.send(ERASE_AFTER_CURSOR);
      }
      this.setLine("", 0);
    }
  }

  private moveCursor(from: number, to: number): void {
    const a = position(this.line, from);
    const b = position(this.line, to);
    const across = b.column - a.column;
    const down = b.row - a.row;
    this.host.send(
      (across > 0 ? "\x1b[C" : "\x1b[D").repeat(Math.abs(across)) +
        (down > 0 ? "\x1b[B" : "\x1b[A").repeat(Math.abs(down)),
    );
  }

  private startPacket(): void {
    if (this.line === "") this.isEchoOffForLine = false;
    this.packet.start();
    this.host.packetTimer(true);
  }

  private finishPacket(type: number, data: string): void {
    this.host.packetTimer(false);
    this.host.packet(type, data);
  }

  private typePassword(code: number): void {
    if (code !== 10 && code !== 13) {
      if (this.line.length < MAX_PASSWORD_CHARS) this.line += String.fromCharCode(code);
      return;
    }
    this.isLocked = this.line !== this.password;
    this.setLine("", 0);
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

/** Several lines as the editor shows them: each after the first starts with a colon. */
const withColons = (text: string): string => text.replaceAll("\n", "\r\n:");

function position(text: string, at: number): { row: number; column: number } {
  const before = text.slice(0, at);
  const newLine = before.lastIndexOf("\n");
  return { row: before.split("\n").length - 1, column: at - newLine - 1 };
}
