/** Numbers as text: the real routine's digit loop, which keeps 11 to 12 significant digits. Source: Espruino 2v29, measured. */

const STOP_ERROR = 0.0000001;

/** A value whose exponent was taken out, as `%g` would show it. */
function scale(value: number): { value: number; exponent: number } {
  let v = value;
  let exponent = 0;
  if (v >= 1e21) {
    while (v > 100000) {
      v /= 100000;
      exponent += 5;
    }
    while (v > 10) {
      v /= 10;
      exponent++;
    }
  } else if (v < 1e-6) {
    while (v < 1e-5) {
      v *= 100000;
      exponent -= 5;
    }
    while (v < 1) {
      v *= 10;
      exponent--;
    }
  }
  return { value: v, exponent };
}

const digit = (v: number): string => (v < 10 ? String(v) : String.fromCharCode(87 + v));

/** To 32 bits, as the real code's casts do. */
export const castInt = (v: number): number =>
  Number.isFinite(v) && Math.abs(v) < 2 ** 31 ? Math.trunc(v) : -(2 ** 31);

/**
 * @param digits digits after the point; -1 for as many as are significant
 */
export function formatDouble(value: number, radix = 10, digits = -1, charsMax = 69): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value < 0 ? "-Infinity" : "Infinity";
  let v = Math.abs(value);
  let out = value < 0 ? "-" : "";
  let exponent = 0;
  if (radix === 10 && v > 0 && digits < 0) ({ value: v, exponent } = scale(v));
  if (castInt(v + STOP_ERROR) === 1 + castInt(v)) v = 1 + castInt(v);
  let d = 1;
  while (d * radix <= v) d *= radix;
  for (; d >= 1; d /= radix) {
    const part = Math.trunc(v / d);
    v -= part * d;
    if (out.length >= charsMax) return out;
    out += digit(part);
  }
  out += fraction(v, radix, digits, charsMax - out.length);
  if (exponent) out += `e${exponent > 0 ? "+" : ""}${exponent}`;
  return out;
}

function fraction(rest: number, radix: number, digits: number, charsMax: number): string {
  if (!((digits < 0 && rest > 0) || digits > 0)) return "";
  let out = "";
  let left = digits;
  let v = rest * radix;
  while ((left < 0 && left > -12 && v > STOP_ERROR) || left > 0) {
    let part = Math.trunc(v + (left === 1 ? 0.5 : 0.00000001));
    v = (v - part) * radix;
    if (part === radix) part = radix - 1;
    if (out === "") out = ".";
    if (out.length >= charsMax) return out;
    out += digit(part);
    left--;
  }
  return out;
}

export const isInt32 = (v: number): boolean => (v | 0) === v;

export function formatNumber(value: number): string {
  return isInt32(value) ? String(value | 0) : formatDouble(value);
}
