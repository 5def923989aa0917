/** `toolchain ota refresh`: new freshness notes and timestamp for the releases that are there. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { type CommandFunction, wholeNumber } from "../../command-line.ts";
import { newestKeys, notePath, refreshFiles } from "../../keys/repository.ts";
import { keysFolder, openRole, readerOf, releasesFolder, writeFiles } from "./folders.ts";
import { sendFreshness, serverOf } from "./to-server.ts";

const DAY_S = 86_400;

export const run: CommandFunction = async (input, io) => {
  const noteDays = wholeNumber(input, "note-days", 7, [1, 90]);
  const folder = releasesFolder(input);
  const read = readerOf(folder);
  const fleet = serverOf(input);
  const { notes } = newestKeys(read);
  const boards = readdirSync(join(folder, "cameras")).filter((name) => read(notePath(name)));
  const note = await openRole(keysFolder(input), "note", notes);
  const nowS = Math.floor(Date.now() / 1000);
  const noteExpiryS = nowS + noteDays * DAY_S;
  writeFiles(folder, refreshFiles({ read, note, nowS, noteExpiryS }, boards));
  if (fleet) await sendFreshness(fleet, read, boards);
  if (input.options.json) io.out(JSON.stringify({ boards, noteExpiryS }));
  else io.out(`notes for ${boards.join(", ")} are good for ${noteDays} days`);
  return 0;
};
