/** Makes a camera forget: its keys, what it recorded, how it was set. Who it reports to is left to the caller. */
import type { Vault } from "../ports.ts";

/** Done again after a power cut it does no harm. */
export function wipe(vault: Vault): void {
  ["records", "blanks", "media", "crashes"].forEach((queue) => {
    for (let key = vault.next(queue, 0); key; key = vault.next(queue, 0)) vault.remove(queue, key);
  });
  const ofUpdates = ["trust", "note", "ota", "ota-failed"];
  ["identity", "network", "config", "config-before", "upload", "dropped", "powered"]
    .concat(ofUpdates)
    .forEach((cell) => {
      vault.erase(cell);
    });
  // A vault's cells are a ring of pages: what was erased lies there until its page comes round. So many writes of
  // this many bytes go round the largest ring (16 pages of 4 KB) and a half.
  const writes = 100;
  const bytes = 1000;
  let text = "scrubbed ";
  while (text.length < bytes) text += text;
  for (let turn = 0; turn < writes; turn++) vault.write("scrub", turn + text.substr(0, bytes));
  vault.erase("scrub");
}
