/**
 * Takes the place out of a JPEG and leaves the picture byte for byte: the GPS directory of EXIF is overwritten with zeros, and XMP
 * and IPTC segments, which may repeat it, are cut out. Source: EXIF 2.32, section 4.6; JPEG, ITU T.81, annex B.
 */

const GPS_TAG = 0x8825;
/** A private tag that nobody reads. */
const NO_TAG = 0xfe00;
const APP1 = 0xe1;
const APP13 = 0xed;
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
  if (marker === APP13) return undefined;
  if (marker !== APP1) return segment;
  // XMP is the other APP1.
  if (segment.toString("latin1", 4, 10) !== "Exif\0\0") return undefined;
  const copy = Buffer.from(segment);
  try {
    clearGps(copy.subarray(10));
    return copy;
  } catch {
    return undefined;
  }
}

function clearGps(tiff: Buffer): void {
  const isBig = tiff.toString("latin1", 0, 2) === "MM";
  const u16 = (at: number) => (isBig ? tiff.readUInt16BE(at) : tiff.readUInt16LE(at));
  const u32 = (at: number) => (isBig ? tiff.readUInt32BE(at) : tiff.readUInt32LE(at));
  const first = u32(4);
  for (let i = 0; i < u16(first); i++) {
    const entry = first + 2 + 12 * i;
    if (u16(entry) !== GPS_TAG) continue;
    const gps = u32(entry + 8);
    const count = u16(gps);
    for (let j = 0; j < count; j++) {
      const value = gps + 2 + 12 * j;
      const bytes = (TYPE_BYTES[u16(value + 2)] ?? 1) * u32(value + 4);
      if (bytes > 4) tiff.fill(0, u32(value + 8), u32(value + 8) + bytes);
    }
    tiff.fill(0, gps, gps + 2 + 12 * count);
    tiff.fill(0, entry, entry + 12);
    if (isBig) tiff.writeUInt16BE(NO_TAG, entry);
    else tiff.writeUInt16LE(NO_TAG, entry);
  }
}
