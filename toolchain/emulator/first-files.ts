/** Files that lie in Storage before the first power-on. */
import type { Flash } from "./board/flash.ts";
import { Store } from "./board/storage/store.ts";

export function writeFiles(flash: Flash, files: Record<string, string | Uint8Array>): void {
  const store = new Store(flash, () => {});
  for (const [name, data] of Object.entries(files)) {
    const bytes = typeof data === "string" ? Buffer.from(data, "latin1") : data;
    store.write(name, bytes);
  }
}
