/** Lines typed at the console, newest last; a line typed again moves to the end. */

const MAX_LINE_CHARS = 500;

export class History {
  private readonly lines: string[] = [];
  /** Which line is shown; undefined while a line of its own is being typed. */
  private shown: number | undefined;

  /** True while the shown line is one of these, unedited. */
  get isShowing(): boolean {
    return this.shown !== undefined;
  }

  add(line: string): void {
    this.shown = undefined;
    if (line.length === 0 || line.length > MAX_LINE_CHARS) return;
    const old = this.lines.indexOf(line);
    if (old >= 0) this.lines.splice(old, 1);
    this.lines.push(line);
  }

  /** The line was edited, or cleared. */
  leave(): void {
    this.shown = undefined;
  }

  previous(): string | undefined {
    const at = this.shown === undefined ? this.lines.length - 1 : this.shown - 1;
    return this.show(at);
  }

  next(): string | undefined {
    return this.shown === undefined ? undefined : this.show(this.shown + 1);
  }

  private show(at: number): string | undefined {
    const line = this.lines[at];
    if (line !== undefined) this.shown = at;
    return line;
  }
}
