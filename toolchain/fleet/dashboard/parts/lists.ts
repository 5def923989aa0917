/** Lists that people type, with commas between. */

/** undefined for none. */
export function namesIn(text: string): string[] | undefined {
  const names = text
    .split(",")
    .map((name) => name.trim())
    .filter(Boolean);
  return names.length ? names : undefined;
}

/** undefined where one of them is no number, or there is none. */
export function numbersIn(text: string): number[] | undefined {
  const numbers = namesIn(text)?.map(Number);
  return numbers?.every(Number.isFinite) ? numbers : undefined;
}
