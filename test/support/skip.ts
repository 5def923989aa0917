/**
 * Skipping aloud: a test that cannot run here says why, and `test/run.ts` repeats it at the end.
 */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Folder of golden data beside a developer's checkout, or undefined in a user's clone. */
export const SHARED_DATA: string | undefined = [join(ROOT, "..", "shared", "data")].find((dir) =>
  existsSync(dir),
);

/** Say why a test does nothing here. Use: `if (!SHARED_DATA) return skip("goldens: no ../shared/data");` */
export function skip(reason: string): void {
  // uvu leaves its dots without a line end: the mark must start a line of its own.
  console.log(`\n# SKIP ${reason}`);
}
