/**
 * Takes the place out of a JPEG and leaves the picture byte for byte: the GPS directory of EXIF and its free texts are overwritten
 * with zeros, and comments, XMP and IPTC segments, which may repeat it, are cut out. Source: EXIF 2.32, section 4.6; JPEG, ITU
 * T.81, annex B.
 */

const GPS_TAG = 0x8825;
const EXIF_TAG = 0x8769;
/** ImageDescription, MakerNote, UserComment, and Windows' title, comment, author, keywords and subject. */
const WORDS = new Set([...[0x010e, 0x927c, 0x9286], ...[0x9c9b, 0x9c9c, 0x9c9d, 0x9c9e, 0x9c9f]]);
/** A private tag that nobody reads. */
const NO_TAG = 0xfe00;
const APP1 = 0xe1;
const APP13 = 0xed;
const COMMENT = 0xfe;
const START_OF_SCAN = 0xda;
/** Bytes of one value of each EXIF type. */
const TYPE_BYTES = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8];

/** @returns the same bytes where there is nothing to take out; EXIF that cannot be understood is cut out whole */
export function stripGps(jpeg: Buffer): Buffer {
  const kept: Buffer[] = [jpeg.subarray(0, 2)];
  let at = 2;
  while (at + 4 <= jpeg.length && jpeg[at] === 0xff && jpeg[at + 1] !== START_OF_SCAN) {
    const end = at + 2 + jpeg.readUInt16BE(at + 2);
    if (end > jpeg.length) break;
    const segment = cleaned(jpeg.subarray(at, end));
    if (segment) kept.push(segment);
    at = end;
  }
  kept.push(jpeg.subarray(at));
  return Buffer.concat(kept);
}

function cleaned(segment: Buffer): Buffer | undefined {
  const marker = segment[1];
  if (marker === APP13 || marker === COMMENT) return undefined;
  if (marker !== APP1) return segment;
  // XMP is the other APP1.
  if (segment.toString("latin1", 4, 10) !== "Exif\0\0") return undefined;
  const copy = Buffer.from(segment);
  try {
    clearPlaces(copy.subarray(10));
    return copy;
  } catch {
    return undefined;
  }
}

/** The place, and whatever people or cameras write down in words, in all directories of the file. */
function clearPlaces(tiff: Buffer): void {
  const isBig = tiff.toString("latin1", 0, 2) === "MM";
  const u16 = (at: number) => (isBig ? tiff.readUInt16BE(at) : tiff.readUInt16LE(at));
  const u32 = (at: number) => (isBig ? tiff.readUInt32BE(at) : tiff.readUInt32LE(at));
  const clearValue = (entry: number) => {
    const bytes = (TYPE_BYTES[u16(entry + 2)] ?? 1) * u32(entry + 4);
    if (bytes > 4) tiff.fill(0, u32(entry + 8), u32(entry + 8) + bytes);
  };
  const clearEntry = (entry: number) => {
    tiff.fill(0, entry, entry + 12);
    if (isBig) tiff.writeUInt16BE(NO_TAG, entry);
    else tiff.writeUInt16LE(NO_TAG, entry);
  };
  const entriesOf = (directory: number) =>
    Array.from({ length: u16(directory) }, (_, n) => directory + 2 + 12 * n);
  const known = new Set<number>();
  const open = [u32(4)];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    // A directory that names itself would never end.
    if (at === 0 || known.has(at)) continue;
    known.add(at);
    for (const entry of entriesOf(at)) {
      const tag = u16(entry);
      if (tag === EXIF_TAG) open.push(u32(entry + 8));
      if (tag === GPS_TAG) {
        const gps = u32(entry + 8);
        for (const value of entriesOf(gps)) clearValue(value);
        tiff.fill(0, gps, gps + 2 + 12 * u16(gps));
      } else if (WORDS.has(tag)) clearValue(entry);
      else continue;
      clearEntry(entry);
    }
    open.push(u32(at + 2 + 12 * u16(at)));
  }
}
