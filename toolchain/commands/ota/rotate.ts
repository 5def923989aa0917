/** `toolchain ota rotate KEY`: a new key in the place of one; the next root, signed by enough old and new root keys. */
import { renameSync } from "node:fs";
import { join } from "node:path";
import { type CommandFunction, wholeNumber } from "../../command-line.ts";
import { inputError, usageError } from "../../errors.ts";
import { writeWhole } from "../../files.ts";
import { type LoadedKey, sealKey } from "../../keys/key-file.ts";
import { fingerprint, newestKeys, rootFiles } from "../../keys/repository.ts";
import { newSigningKey } from "../../keys/signing.ts";
import { passphrase } from "../../passphrase.ts";
import {
  isTrusted,
  keyFiles,
  keysFolder,
  openNamed,
  readerOf,
  releasesFolder,
  writeFiles,
} from "./folders.ts";

const DAY_S = 86_400;
const LISTS = { root: "roots", release: "releases", note: "notes" } as const;

export const run: CommandFunction = async (input, io) => {
  const [name, ...rest] = input.positionals;
  if (name === undefined || rest.length)
    throw usageError(
      "BAD_ARGUMENT",
      "rotate: name one key, for example note-1",
      "toolchain ota rotate --help",
    );
  const days = wholeNumber(input, "root-days", 730, [1, 3650]);
  const folder = keysFolder(input);
  const releases = releasesFolder(input);
  const trusted = newestKeys(readerOf(releases));
  const all = keyFiles(folder);
  const old = all.find((key) => key.name === name);
  if (!old || !isTrusted(old.file, old.file.role, trusted[LISTS[old.file.role]]))
    throw inputError("NO_KEY", `${folder} holds no trusted key named ${name}`);

  // The replaced root key signs too where it is at hand, but it may be the one that was lost: others are tried first.
  const roots = all
    .filter(({ file }) => isTrusted(file, "root", trusted.roots))
    .sort((a, b) => Number(a === old) - Number(b === old));
  if (roots.length < trusted.threshold) {
    throw inputError(
      "TOO_FEW_ROOTS",
      `a change of keys needs ${trusted.threshold} root keys; ${folder} holds ${roots.length}`,
      "bring their key files together for this one command",
    );
  }
  const signers: LoadedKey[] = [];
  for (const root of roots.slice(0, trusted.threshold)) signers.push(await openNamed(root));
  const fresh = newSigningKey();
  const replaced = (keys: Uint8Array[]) =>
    keys.map((key) =>
      Buffer.from(key).toString("base64") === old.file.publicKey ? fresh.publicKey : key,
    );
  const next = {
    version: trusted.version + 1,
    threshold: trusted.threshold,
    roots: replaced(trusted.roots),
    releases: replaced(trusted.releases),
    notes: replaced(trusted.notes),
  };
  // Enough of the new roots: the fresh one counts, the replaced one no more.
  const newSigners =
    old.file.role === "root" ? [...signers, { ...fresh, role: "root" as const }] : signers;
  const files = rootFiles(next, newSigners, Math.floor(Date.now() / 1000) + days * DAY_S);
  const sealed = sealKey(old.file.role, fresh, await passphrase(`the new ${name}`, true));
  renameSync(join(folder, `${name}.key.json`), join(folder, `${name}.replaced-${trusted.version}`));
  writeWhole(join(folder, `${name}.key.json`), Buffer.from(`${JSON.stringify(sealed, null, 2)}\n`));
  writeFiles(releases, files);
  const shown = { key: name, fingerprint: fingerprint(fresh.publicKey), version: next.version };
  if (input.options.json) io.out(JSON.stringify(shown));
  else io.out(`${name} is now ${shown.fingerprint}; root and camera list version ${next.version}`);
  if (old.file.role !== "root")
    io.note(
      "publish (release key) or refresh (note key) next: what the old key signed is no longer taken",
    );
  return 0;
};
