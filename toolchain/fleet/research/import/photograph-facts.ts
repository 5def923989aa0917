/** What a photograph says of itself: when (EXIF, or the file's own time), where and by what camera. Nothing is decoded. */
import { statSync } from "node:fs";
import exifReader from "exif-reader";
import { momentOf } from "../times.ts";
import { inZone } from "./plain-time.ts";

export interface PhotographFacts {
  timestamp: string;
  /** Its clock did not say: the time is the file's. */
  isFileTime: boolean;
  cameraModel?: string;
  latitude?: number;
  longitude?: number;
}

/** @param zone of clocks that name none */
export function photographFacts(file: string, bytes: Buffer, zone: string): PhotographFacts {
  const exif = exifOf(bytes);
  const taken = (exif?.Photo?.DateTimeOriginal ?? exif?.Image?.DateTime) as Date | undefined;
  const offset = exif?.Photo?.OffsetTimeOriginal;
  const text = isTime(taken)
    ? `${taken.toISOString().slice(0, 19)}${typeof offset === "string" ? offset.slice(0, 6) : zone}`
    : undefined;
  const timestamp = text !== undefined && momentOf(text) ? text : undefined;
  const model = [exif?.Image?.Make, exif?.Image?.Model]
    .map((name) =>
      String(name ?? "")
        .replace(/\0.*/s, "")
        .trim(),
    )
    .filter(Boolean)
    .join("-");
  return {
    timestamp: timestamp ?? inZone(Math.floor(statSync(file).mtimeMs / 1000), zone),
    isFileTime: timestamp === undefined,
    ...(model && { cameraModel: model }),
    ...placeOf(exif?.GPSInfo),
  };
}

/** A camera whose clock was never set says year 0 or 2000 or nothing; only what is no date at all can be told from here. */
const isTime = (value: unknown): value is Date =>
  value instanceof Date && !Number.isNaN(value.getTime()) && value.getUTCFullYear() > 1990;

type Exif = ReturnType<typeof exifReader>;

function exifOf(bytes: Buffer): Exif | undefined {
  for (let at = 2; at + 10 < bytes.length && bytes[at] === 0xff; ) {
    const end = at + 2 + bytes.readUInt16BE(at + 2);
    if (bytes[at + 1] === 0xe1 && bytes.toString("latin1", at + 4, at + 10) === "Exif\0\0") {
      try {
        return exifReader(bytes.subarray(at + 4, end));
      } catch {
        return undefined;
      }
    }
    if (bytes[at + 1] === 0xda) return undefined;
    at = end;
  }
  return undefined;
}

function placeOf(gps: Exif["GPSInfo"]): { latitude: number; longitude: number } | undefined {
  const latitude = degrees(gps?.GPSLatitude, gps?.GPSLatitudeRef === "S");
  const longitude = degrees(gps?.GPSLongitude, gps?.GPSLongitudeRef === "W");
  return latitude === undefined || longitude === undefined ? undefined : { latitude, longitude };
}

function degrees(parts: unknown, isNegative: boolean): number | undefined {
  if (!Array.isArray(parts) || parts.length < 3) return undefined;
  const [whole, minutes, seconds] = parts.map(Number) as [number, number, number];
  const value = whole + minutes / 60 + seconds / 3600;
  if (!Number.isFinite(value) || value > 180) return undefined;
  return Number((isNegative ? -value : value).toFixed(6));
}
