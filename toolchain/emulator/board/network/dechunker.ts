/** Takes the framing off a chunked body as it arrives. */

export class Dechunker {
  private waiting = "";
  /** Bytes of the current chunk still to come; undefined: at a size line. */
  private left: number | undefined;

  /** Data found so far, one part per chunk or piece of one. */
  push(bytes: string): string[] {
    const parts: string[] = [];
    this.waiting += bytes;
    for (;;) {
      if (this.left === undefined) {
        const line = /^(?:\r\n)?([\da-f]+)[^\r\n]*\r\n/i.exec(this.waiting);
        if (!line) return parts;
        this.waiting = this.waiting.slice(line[0].length);
        this.left = Number.parseInt(line[1] ?? "0", 16);
        if (this.left === 0) return parts;
      }
      if (this.waiting === "") return parts;
      const part = this.waiting.slice(0, this.left);
      parts.push(part);
      this.waiting = this.waiting.slice(part.length);
      this.left -= part.length;
      if (this.left === 0) this.left = undefined;
    }
  }
}
