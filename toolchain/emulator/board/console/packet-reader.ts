/** Framing of binary packets after DLE SOH: type in the top 3 bits of a 16-bit word, length in the rest, data. */

const LENGTH_MASK = 0x1fff;

export class PacketReader {
  private readonly onPacket: (type: number, data: string) => void;
  private bytes: number[] | undefined;

  constructor(onPacket: (type: number, data: string) => void) {
    this.onPacket = onPacket;
  }

  get isReceiving(): boolean {
    return this.bytes !== undefined;
  }

  start(): void {
    this.bytes = [];
  }

  stop(): void {
    this.bytes = undefined;
  }

  push(byte: number): void {
    const bytes = this.bytes;
    if (!bytes) return;
    bytes.push(byte);
    if (bytes.length < 2) return;
    const word = ((bytes[0] as number) << 8) | (bytes[1] as number);
    const length = word & LENGTH_MASK;
    if (bytes.length < 2 + length) return;
    this.bytes = undefined;
    this.onPacket(word & ~LENGTH_MASK, String.fromCharCode(...bytes.slice(2)));
  }
}
