/**
 * Drawn pictures for the dashboard's tests: a meadow by day, dusk or infrared night with something at a known place, so
 * that a test can tell whether a box lies where the animal is.
 */
import sharp from "sharp";

export type SceneSubject = "elephant" | "big_cat" | "human" | "vehicle" | "deer" | "";
export type SceneLight = "day" | "dusk" | "night";

export interface Scene {
  subject: SceneSubject;
  light: SceneLight;
  /** Left, top, width, height of the subject as fractions of the picture. */
  box: [number, number, number, number];
  width?: number;
  height?: number;
}

const LIGHTS: Record<
  SceneLight,
  { sky: string; low: string; far: string; near: string; ink: string }
> = {
  day: { sky: "#a9c8dd", low: "#e6ead8", far: "#7d9673", near: "#93a164", ink: "#4a4238" },
  dusk: { sky: "#59557c", low: "#e0a27b", far: "#4a4a52", near: "#57523f", ink: "#241f22" },
  night: { sky: "#141414", low: "#2c2c2c", far: "#3c3c3c", near: "#6f6f6f", ink: "#d5d5d5" },
};

/** Silhouettes in a unit square, feet on the lower edge. */
const SHAPES: Record<Exclude<SceneSubject, "">, string> = {
  elephant:
    "M.04 1V.62C.02.38.12.2.34.17C.5.1.66.14.72.22C.84.16.97.24.97.4C1 .6.97.8.93 1H.88C.9.8.89.66.86.58C.8.64.74.62.72.58V1H.58V.7H.3V1H.16V.7C.13.8.13.9.13 1z",
  big_cat:
    "M0 .25C.04.2.06.3.1.42C.2.3.5.36.66.34C.74.16.86.1.95.2L1 .36C.98.46.9.5.84.52V1H.76L.72.66C.56.72.4.72.3.66L.26 1H.17L.14.6C.06.56.02.4 0 .25z",
  human:
    "M.5 0A.14.09 0 0 1 .5.18A.14.09 0 0 1 .5 0zM.3.2H.7C.8.2.86.3.88.5H.76L.7.34V1H.54V.64H.46V1H.3V.34L.24.5H.12C.14.3.2.2.3.2z",
  vehicle:
    "M0 .62L.1.55L.24.12H.74L.9.52L1 .58V.84H.88A.1.16 0 0 1 .68.84H.34A.1.16 0 0 1 .14.84H0z M.3.22L.2.5H.46V.22z M.54.22V.5H.8L.7.22z",
  deer: "M.06.4C.2.32.45.36.62.38L.72.22C.66.14.64.06.66 0L.72.1L.8.14L.84.02L.88.16L1 .28L.97.34L.86.34L.78.56V1H.72L.68.66C.5.7.36.68.26.64L.22 1H.15L.12.62C.07.58.05.48.06.4z",
};

const drawn = new Map<string, Promise<Buffer>>();

/** @returns a JPEG; the same scene is drawn once */
export function drawScene(scene: Scene): Promise<Buffer> {
  const { subject, light, box, width, height } = scene;
  const key = JSON.stringify([subject, light, box, width, height]);
  const picture = drawn.get(key) ?? draw(scene);
  drawn.set(key, picture);
  return picture;
}

function draw(scene: Scene): Promise<Buffer> {
  const { subject, light, box, width = 640, height = 480 } = scene;
  const { sky, low, far, near, ink } = LIGHTS[light];
  const [x, y, w, h] = box;
  const figure = subject
    ? `<path transform="translate(${x * width} ${y * height}) scale(${w * width} ${h * height})" fill="${ink}" fill-rule="evenodd" d="${SHAPES[subject]}"/>`
    : "";
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
    <defs><linearGradient id="sky" x2="0" y2="1"><stop stop-color="${sky}"/><stop offset="1" stop-color="${low}"/></linearGradient>
    <radialGradient id="flash" cx=".5" cy=".6" r=".7"><stop stop-color="#fff" stop-opacity="${light === "night" ? 0.16 : 0}"/><stop offset="1" stop-color="#000" stop-opacity="${light === "night" ? 0.55 : 0.08}"/></radialGradient></defs>
    <rect width="100%" height="55%" fill="url(#sky)"/>
    <path d="M0 ${height * 0.5} Q${width * 0.25} ${height * 0.36} ${width * 0.5} ${height * 0.47} T${width} ${height * 0.42} V${height * 0.7} H0z" fill="${far}"/>
    <path d="M0 ${height * 0.58} Q${width * 0.4} ${height * 0.52} ${width} ${height * 0.6} V${height} H0z" fill="${near}"/>
    ${grass(width, height, far)}${figure}
    <rect width="100%" height="100%" fill="url(#flash)"/></svg>`;
  const image = sharp(Buffer.from(svg));
  return (light === "night" ? image.grayscale() : image).jpeg({ quality: 72 }).toBuffer();
}

/** The same tufts in every picture: nothing here is random. */
function grass(width: number, height: number, colour: string): string {
  let blades = "";
  for (let i = 0; i < 90; i++) {
    const x = ((i * 0.618034) % 1) * width;
    const y = height * (0.62 + 0.38 * ((i * 0.414214) % 1));
    const size = (y / height) * 16;
    blades += `M${x} ${y}l${(i % 3) - 1} ${-size}M${x + 3} ${y}l${3 - (i % 4)} ${-size * 0.7}`;
  }
  return `<path d="${blades}" stroke="${colour}" stroke-width="1.5" fill="none"/>`;
}
