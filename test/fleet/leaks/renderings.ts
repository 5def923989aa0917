/** One place in many ways of writing it down: to plant it where people and cameras write such things, and to try the detector. */
import sharp from "sharp";

export interface Spot {
  latitude: number;
  longitude: number;
}

const parts = (value: number): [number, number, number] => {
  const all = Math.abs(value);
  const degrees = Math.floor(all);
  const minutes = Math.floor((all - degrees) * 60);
  return [degrees, minutes, (all - degrees - minutes / 60) * 3600];
};
const side = (value: number, letters: string): string => letters[value < 0 ? 1 : 0] as string;

export const RENDERINGS: Record<string, (spot: Spot) => string> = {
  decimal: ({ latitude, longitude }) => `${latitude}, ${longitude}`,
  "three digits": ({ latitude, longitude }) => `${latitude.toFixed(3)} ${longitude.toFixed(3)}`,
  "decimal comma": ({ latitude, longitude }) => `${latitude}; ${longitude}`.replaceAll(".", ","),
  "degrees, minutes, seconds": (spot) =>
    ([[spot.latitude, "NS"], [spot.longitude, "EW"]] as const) // biome-ignore format: a pair
      .map(([value, letters]) => {
        const [d, m, s] = parts(value);
        return `${d}°${String(m).padStart(2, "0")}'${s.toFixed(1)}"${side(value, letters)}`;
      })
      .join(" "),
  "degrees and minutes": ({ latitude, longitude }) =>
    [latitude, longitude]
      .map((value) => {
        const [d, m, s] = parts(value);
        return `${d}° ${(m + s / 60).toFixed(3)}'`;
      })
      .join(" "),
  "EXIF's text": (spot) => `${rationals(spot.latitude)} ${rationals(spot.longitude)}`,
  address: ({ latitude, longitude }) => `https://maps.test/?q=${latitude}%2C${longitude}`,
  JSON: ({ latitude, longitude }) => JSON.stringify({ GPS: { latitude, longitude } }),
};

/** "61/1 14/1 4410/100", as EXIF has it. */
function rationals(value: number): string {
  const [d, m, s] = parts(value);
  return `${d}/1 ${m}/1 ${Math.round(s * 100)}/100`;
}

/** A picture that says where it was taken in every way that cameras have. */
export async function placedJpeg(spot: Spot, fill: number): Promise<Buffer> {
  const { latitude, longitude } = spot;
  const words = RENDERINGS.decimal?.(spot) ?? "";
  const jpeg = await sharp({
    create: { width: 8, height: 8, channels: 3, background: { r: fill, g: 90, b: 90 } },
  })
    .withExif({
      IFD0: { Make: "Acme", Model: "T1", ImageDescription: `waterhole ${words}` },
      IFD2: { DateTimeOriginal: "2026:05:02 06:30:00", UserComment: `ASCII\0\0\0${words}` },
      IFD3: {
        ...{ GPSLatitudeRef: side(latitude, "NS"), GPSLatitude: rationals(latitude) },
        ...{ GPSLongitudeRef: side(longitude, "EW"), GPSLongitude: rationals(longitude) },
      },
    })
    .jpeg()
    .toBuffer();
  const xmp = `http://ns.adobe.com/xap/1.0/\0<x:xmpmeta exif:GPSLatitude="${latitude}"/>`;
  const segments = [segment(0xe1, xmp), segment(0xfe, `seen at ${words}`)];
  return Buffer.concat([jpeg.subarray(0, 2), ...segments, jpeg.subarray(2)]);
}

function segment(marker: number, text: string): Buffer {
  const body = Buffer.from(text, "latin1");
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(body.length + 2, 2);
  return Buffer.concat([head, body]);
}
