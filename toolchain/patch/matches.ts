/** Finds where bytes of the new image lie in the old one and in itself: nearest places by hashes of a few bytes. */

/** Places of a base by a hash of the `gram` bytes from there on, ascending in each bucket. */
export class PlaceIndex {
  private readonly gram: number;
  private readonly bits: number;
  private readonly starts: Int32Array;
  private readonly places: Int32Array;

  constructor(data: Uint8Array, gram: number) {
    this.gram = gram;
    const count = Math.max(0, data.length - gram + 1);
    this.bits = Math.max(8, Math.min(20, Math.ceil(Math.log2(count + 1))));
    this.starts = new Int32Array((1 << this.bits) + 1);
    this.places = new Int32Array(count);
    const hashes = new Int32Array(count);
    for (let i = 0; i < count; i++) {
      const hash = this.hash(data, i);
      hashes[i] = hash;
      this.starts[hash + 1]!++;
    }
    for (let i = 1; i < this.starts.length; i++) this.starts[i]! += this.starts[i - 1]!;
    const filled = this.starts.slice();
    for (let i = 0; i < count; i++) this.places[filled[hashes[i]!]!++] = i;
  }

  /** Places with those bytes (or, rarely, other ones) that are nearest to `near`, into `found`; how many. */
  nearest(bytes: Uint8Array, at: number, near: number, found: Int32Array): number {
    if (at + this.gram > bytes.length) return 0;
    const hash = this.hash(bytes, at);
    const first = this.starts[hash]!;
    const end = this.starts[hash + 1]!;
    let low = first;
    for (let high = end; low < high; ) {
      const middle = (low + high) >> 1;
      if (this.places[middle]! < near) low = middle + 1;
      else high = middle;
    }
    let below = low - 1;
    let count = 0;
    while (count < found.length && (below >= first || low < end)) {
      const isBelow =
        low >= end || (below >= first && near - this.places[below]! <= this.places[low]! - near);
      found[count++] = this.places[isBelow ? below-- : low++]!;
    }
    return count;
  }

  private hash(data: Uint8Array, at: number): number {
    let hash = 0;
    for (let i = 0; i < this.gram; i++)
      hash = Math.imul(hash ^ data[at + i]!, 0x9e3779b1) ^ (hash >>> 15);
    hash = Math.imul(hash ^ (hash >>> 13), 0x85ebca6b);
    return (hash ^ (hash >>> 16)) & ((1 << this.bits) - 1);
  }
}

/** How many bytes are equal from two places on. */
export function equalBytes(a: Uint8Array, at: number, b: Uint8Array, from: number): number {
  const end = Math.min(a.length - at, b.length - from);
  let count = 0;
  while (count < end && a[at + count] === b[from + count]) count++;
  return count;
}

const AGAIN_GRAM = 3;
const AGAIN_BITS = 16;

/** Earlier places of the same bytes in one image, latest first; places are added in order. */
export class EarlierPlaces {
  private readonly image: Uint8Array;
  private readonly heads = new Int32Array(1 << AGAIN_BITS).fill(-1);
  private readonly before: Int32Array;
  private added = 0;

  constructor(image: Uint8Array) {
    this.image = image;
    this.before = new Int32Array(image.length);
  }

  find(at: number, found: Int32Array): number {
    if (at + AGAIN_GRAM > this.image.length) return 0;
    for (; this.added < at; this.added++) {
      const hash = this.hash(this.added);
      this.before[this.added] = this.heads[hash]!;
      this.heads[hash] = this.added;
    }
    let count = 0;
    for (let place = this.heads[this.hash(at)]!; place >= 0; place = this.before[place]!) {
      if (count === found.length) break;
      found[count++] = place;
    }
    return count;
  }

  private hash(at: number): number {
    const { image } = this;
    const word = image[at]! | (image[at + 1]! << 8) | (image[at + 2]! << 16);
    return Math.imul(word, 0x9e3779b1) >>> (32 - AGAIN_BITS);
  }
}
