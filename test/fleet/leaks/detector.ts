/**
 * Finds a place in whatever a server gives away: decimals in text, degrees with minutes and seconds, EXIF's rationals, numbers as
 * bytes, all of it inside of zip files, Parquet, pictures, base64 and addresses as well. What is looked for is a latitude or a
 * longitude that says more than the place's category allows.
 */
import exifReader from "exif-reader";
import { parquetReadObjects } from "hyparquet";
import sharp from "sharp";
import yauzl from "yauzl";

/** A place, and to how many degrees others may know it. */
export interface Secret {
  latitude: number;
  longitude: number;
  /** 1, 0.1, 0.01 or 0.001. */
  precision: number;
}

/** A number that may be a coordinate. */
interface Found {
  /** Degrees, without their sign. */
  degrees: number;
  /** Within so many degrees it is the same place. */
  within: number;
  /** Named as a coordinate: then it must be as coarse as the category says. */
  isNamed: boolean;
  /** Words around it. */
  text(): string;
}

export interface Evidence {
  found: Found[];
  bytes: Buffer[];
}

/** Everything in some bytes that could be a coordinate. @param name file or route, itself looked at */
export async function evidenceIn(name: string, bytes: Buffer): Promise<Evidence> {
  const evidence: Evidence = { found: [], bytes: [] };
  await look(name, bytes, evidence);
  return evidence;
}

/** Where a secret shows, in the words around it; empty: nowhere. */
export function tracesOf({ found, bytes }: Evidence, secret: Secret): string[] {
  const { latitude, longitude, precision } = secret;
  const traces: string[] = [];
  for (const wanted of [latitude, longitude]) {
    const degrees = Math.abs(wanted);
    for (const one of found) {
      const within = one.isNamed ? 0.15 * precision : Math.min(one.within, 0.15 * precision);
      if (Math.abs(one.degrees - degrees) <= within) traces.push(one.text());
    }
    for (const [kind, pattern] of binaryForms(wanted)) {
      if (bytes.some((one) => one.includes(pattern))) traces.push(`${wanted} as ${kind}`);
    }
  }
  return traces;
}

function binaryForms(value: number): [string, Buffer][] {
  const forms: [string, Buffer][] = [];
  for (const isBig of [true, false]) {
    const double = Buffer.alloc(8);
    if (isBig) double.writeDoubleBE(value);
    else double.writeDoubleLE(value);
    forms.push(["double", double]);
  }
  return forms;
}

async function look(name: string, bytes: Buffer, evidence: Evidence): Promise<void> {
  lookAtText(name, evidence);
  if (bytes.subarray(0, 2).toString("latin1") === "PK") {
    for (const [member, content] of await membersOf(bytes)) await look(member, content, evidence);
    // The comment at its end is the report.
    lookAtText(bytes.subarray(-4096).toString("latin1"), evidence);
    return;
  }
  if (bytes.subarray(0, 4).toString("latin1") === "PAR1") {
    const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
    const rows = await parquetReadObjects({ file: file as ArrayBuffer });
    const plain = (_key: string, value: unknown) =>
      typeof value === "bigint" ? Number(value) : value;
    lookAtText(JSON.stringify(rows, plain), evidence);
    evidence.bytes.push(bytes);
    return;
  }
  const isJpeg = bytes[0] === 0xff && bytes[1] === 0xd8;
  if (isJpeg) await lookAtPicture(bytes, evidence);
  // Text in two bytes a letter shows as well.
  lookAtText(bytes.toString(isJpeg ? "latin1" : "utf8").replaceAll("\0", ""), evidence);
}

async function lookAtPicture(jpeg: Buffer, evidence: Evidence): Promise<void> {
  evidence.bytes.push(jpeg);
  const add = (degrees: number, text: string) =>
    evidence.found.push({ degrees, within: 1e-4, isNamed: false, text: () => text });
  try {
    const { exif } = await sharp(jpeg).metadata();
    const { GPSLatitude, GPSLongitude } = exif ? (exifReader(exif).GPSInfo ?? {}) : {};
    for (const value of [GPSLatitude, GPSLongitude] as (number[] | undefined)[]) {
      if (value) add(angleOf(value), `EXIF ${value.join(" ")}`);
    }
  } catch {
    // What no reader understands is still looked at below.
  }
  // Rationals without the directory that names them: three pairs of small denominators in a row.
  for (let at = 0; at + 24 <= Math.min(jpeg.length, 65_536); at++) {
    for (const isBig of [true, false]) {
      const u32 = (n: number) =>
        isBig ? jpeg.readUInt32BE(at + 4 * n) : jpeg.readUInt32LE(at + 4 * n);
      const [d, dUnit, m, mUnit, s, sUnit] = [0, 1, 2, 3, 4, 5].map(u32) as [number, number, number, number, number, number]; // biome-ignore format: one row of numbers
      const isUnits = [dUnit, mUnit, sUnit].every((unit) => unit > 0 && unit <= 1e7);
      if (!isUnits) continue;
      const parts = [d / dUnit, m / mUnit, s / sUnit];
      if (parts[0]! < 181 && parts[1]! < 60 && parts[2]! < 60 && parts[0]! > 20) {
        add(angleOf(parts), `rationals ${parts.join(" ")}`);
      }
    }
  }
}

const angleOf = ([degrees = 0, minutes = 0, seconds = 0]: number[]): number =>
  degrees + minutes / 60 + seconds / 3600;

const DECIMAL = /\d{1,3}[.,]\d{3,}/g;
const NAMED = /(?:lat|lon|latitude|longitude)"?\s*[:=]\s*"?(-?\d+(?:\.\d+)?)/gi;
const SEXAGESIMAL =
  /(\d{1,3})\s*(?:°|º|\u00c2°|deg|d|%C2%B0)\s*(\d{1,2}(?:\.\d+)?)\s*(?:'|′|m|%27)?\s*(?:(\d{1,2}(?:\.\d+)?)\s*(?:\\?"|″|s|%22))?/gi;
const COLONS = /(\d{2,3}):(\d{2}):(\d{2}(?:\.\d+)?)/g;
const RATIONALS = /(\d+)\/(\d+)[ ,]+(\d+)\/(\d+)[ ,]+(\d+)\/(\d+)/g;
const BASE64 = /[A-Za-z0-9+/_-]{24,}={0,2}/g;

function lookAtText(text: string, evidence: Evidence, depth = 0): void {
  const add = (degrees: number, within: number, match: RegExpMatchArray, isNamed = false) => {
    const { index = 0 } = match;
    const end = index + match[0].length;
    const words = () => text.slice(Math.max(0, index - 60), end + 20).replaceAll(/\s+/g, " ");
    evidence.found.push({ degrees, within, isNamed, text: () => `${match[0]} in ${words()}` });
  };
  for (const match of text.matchAll(DECIMAL)) {
    const [, fraction = ""] = match[0].split(/[.,]/);
    // Of three digits the last may be cut or rounded.
    add(Number(match[0].replace(",", ".")), fraction.length > 3 ? 1e-4 : 1e-3, match);
  }
  for (const match of text.matchAll(NAMED)) add(Math.abs(Number(match[1])), 0, match, true);
  for (const pattern of [SEXAGESIMAL, COLONS]) {
    for (const match of text.matchAll(pattern)) {
      const parts = match.slice(1);
      const digits = parts[2] === undefined ? 1 / 60 / 100 : 1 / 3600;
      add(angleOf(parts.map((part) => Number(part ?? 0))), digits, match);
    }
  }
  for (const match of text.matchAll(RATIONALS)) {
    const [a = 0, b = 1, c = 0, d = 1, e = 0, f = 1] = match.slice(1).map(Number);
    add(angleOf([a / b, c / d, e / f]), 1e-4, match);
  }
  if (depth > 0) return;
  for (const [match] of text.matchAll(BASE64)) {
    lookAtText(Buffer.from(match, "base64").toString("latin1"), evidence, 1);
  }
  const isEncoded = /%[0-9A-F]{2}/i.test(text) || /=\r?\n/.test(text);
  if (isEncoded) {
    const plain = text.replaceAll(/%([0-9A-F]{2})/gi, (_, hex) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
    lookAtText(plain.replaceAll(/=\r?\n/g, ""), evidence, 1);
  }
}

function membersOf(zip: Buffer): Promise<[name: string, content: Buffer][]> {
  return new Promise((resolve, reject) => {
    const members: [string, Buffer][] = [];
    yauzl.fromBuffer(zip, { lazyEntries: true }, (error, file) => {
      if (error || !file) return reject(error);
      file.on("error", reject);
      file.on("end", () => resolve(members));
      file.on("entry", (entry: yauzl.Entry) => {
        file.openReadStream(entry, (problem, stream) => {
          if (problem || !stream) return reject(problem);
          const chunks: Buffer[] = [];
          stream.on("data", (chunk: Buffer) => chunks.push(chunk));
          stream.on("end", () => {
            members.push([entry.fileName, Buffer.concat(chunks)]);
            file.readEntry();
          });
        });
      });
      file.readEntry();
    });
  });
}
