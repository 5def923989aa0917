/**
 * The line being typed: its text, cursor and history, and the escape sequences that keep the terminal in step.
 * Continuation lines are shown after a colon. Source: Espruino 2v29, jsinteractive.c.
 */
import { History } from "./history.ts";

export const ERASE_AFTER_CURSOR = "\x1b[J";

export class TypedLine {
  text = "";
  cursor = 0;
  readonly history = new History();
  private readonly send: (bytes: string) => void;
  private readonly isShown: () => boolean;

  /** `isShown`: is the line on the screen and echoed? */
  constructor(send: (bytes: string) => void, isShown: () => boolean) {
    this.send = send;
    this.isShown = isShown;
  }

  set(text: string, cursor: number): void {
    this.text = text;
    this.cursor = cursor;
    this.history.leave();
  }

  /** Text and cursor from the start of an empty terminal line. */
  draw(): void {
    this.send(withColons(this.text));
    this.moveCursor(this.text.length, this.cursor);
  }

  /** To the first column and away with everything behind it. */
  wipe(): void {
    this.moveCursor(this.cursor, 0);
    this.send(`\r${ERASE_AFTER_CURSOR}`);
  }

  /** Another text in place of this one, cursor at its end. */
  replace(text: string): void {
    if (this.isShown()) {
      this.moveCursor(this.cursor, 0);
      this.send(ERASE_AFTER_CURSOR + withColons(text));
    }
    this.text = text;
    this.cursor = text.length;
  }

  insert(text: string): void {
    const after = this.text.slice(this.cursor);
    this.set(this.text.slice(0, this.cursor) + text + after, this.cursor);
    if (this.isShown()) {
      if (after !== "") this.sendRest();
      this.send(text);
    }
    this.cursor += text.length;
  }

  /** Break the line at the cursor, text follows. */
  split(): void {
    if (this.isShown()) this.send(ERASE_AFTER_CURSOR);
    const rest = `\n${this.text.slice(this.cursor)}`;
    const cursor = this.cursor + 1;
    this.set(this.text.slice(0, this.cursor) + rest, this.cursor);
    if (this.isShown()) {
      this.send(withColons(rest));
      this.moveCursor(this.text.length, cursor);
    }
    this.cursor = cursor;
  }

  delete(isBackspace: boolean): void {
    const at = isBackspace ? this.cursor - 1 : this.cursor;
    if (at < 0 || at >= this.text.length) return;
    const isNewLine = this.text[at] === "\n";
    if (isNewLine && this.isShown()) {
      this.send(ERASE_AFTER_CURSOR);
      if (isBackspace) {
        this.send("\b ");
        this.moveCursor(this.cursor, at);
      }
    }
    this.set(this.text.slice(0, at) + this.text.slice(at + 1), at);
    if (!this.isShown()) return;
    if (isNewLine) {
      this.send(withColons(this.text.slice(at)));
      this.moveCursor(this.text.length, at);
    } else {
      if (isBackspace) this.send("\b");
      this.sendRest();
    }
  }

  left(): void {
    if (this.cursor > 0 && this.text[this.cursor - 1] !== "\n") this.step(-1, "\x1b[D");
  }

  right(): void {
    if (this.cursor < this.text.length && this.text[this.cursor] !== "\n") this.step(1, "\x1b[C");
  }

  toStart(): void {
    while (this.cursor > 0 && this.text[this.cursor - 1] !== "\n") this.step(-1, "\b");
  }

  toEnd(): void {
    while (this.cursor < this.text.length && this.text[this.cursor] !== "\n") {
      this.step(1, this.text[this.cursor] as string);
    }
  }

  /** Page up and down: to the very start or end. */
  jump(to: number): void {
    this.moveCursor(this.cursor, to);
    this.cursor = to;
  }

  /** Arrow up and down: history, or another line of a long input. */
  vertical(isUp: boolean): void {
    const isAtEnd = this.cursor === this.text.length;
    if ((this.text === "" || this.history.isShowing) && isAtEnd) this.recall(isUp);
    else this.moveLines(isUp ? -1 : 1);
  }

  private recall(isBack: boolean): void {
    const line = isBack ? this.history.previous() : this.history.next();
    if (line !== undefined) {
      this.replace(line);
    } else if (!isBack) {
      if (this.isShown()) {
        this.moveCursor(this.cursor, 0);
        this.send(ERASE_AFTER_CURSOR);
      }
      this.set("", 0);
    }
  }

  private moveLines(by: number): void {
    const lines = this.text.split("\n");
    const { row, column } = position(this.text, this.cursor);
    const target = Math.min(Math.max(row + by, 0), lines.length - 1);
    const before = lines.slice(0, target).join("\n").length + (target > 0 ? 1 : 0);
    const to = before + Math.min(column, lines[target]?.length ?? 0);
    if (this.isShown()) this.moveCursor(this.cursor, to);
    this.cursor = to;
  }

  private step(by: number, keys: string): void {
    this.cursor += by;
    if (this.isShown()) this.send(keys);
  }

  /** The rest of this line and a blank over what was there, then back to the cursor. */
  private sendRest(): void {
    const rest = `${this.text.slice(this.cursor).split("\n")[0]} `;
    this.send(rest + "\b".repeat(rest.length));
  }

  private moveCursor(from: number, to: number): void {
    const a = position(this.text, from);
    const b = position(this.text, to);
    const across = b.column - a.column;
    const down = b.row - a.row;
    this.send(
      (across > 0 ? "\x1b[C" : "\x1b[D").repeat(Math.abs(across)) +
        (down > 0 ? "\x1b[B" : "\x1b[A").repeat(Math.abs(down)),
    );
  }
}

const withColons = (text: string): string => text.replaceAll("\n", "\r\n:");

function position(text: string, at: number): { row: number; column: number } {
  const before = text.slice(0, at);
  return { row: before.split("\n").length - 1, column: at - before.lastIndexOf("\n") - 1 };
}
