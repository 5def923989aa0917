/** `toolchain ota keygen`: keys of all roles into encrypted files, and the first root that trusts them. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type CommandFunction, wholeNumber } from "../../command-line.ts";
import { inputError } from "../../errors.ts";
import { writeWhole } from "../../files.ts";
import { type KeyRole, sealKey } from "../../keys/key-file.ts";
import { fingerprint, rootFiles, trustPath } from "../../keys/repository.ts";
import { newSigningKey, type SigningKey } from "../../keys/signing.ts";
import { passphrase } from "../../passphrase.ts";
import { keysFolder, makeFolder, releasesFolder, writeFiles } from "./folders.ts";

const DAY_S = 86_400;

export const run: CommandFunction = async (input, io) => {
  const roots = wholeNumber(input, "roots", 3, [1, 5]);
  const threshold = wholeNumber(input, "threshold", Math.min(2, roots), [1, roots]);
  const days = wholeNumber(input, "root-days", 730, [1, 3650]);
  const folder = keysFolder(input);
  const releases = releasesFolder(input);
  for (const there of [folder, join(releases, trustPath(1))]) {
    if (!existsSync(there)) continue;
    throw inputError(
      "KEYS_EXIST",
      `${there} exists: keys are never overwritten`,
      "toolchain ota rotate replaces a key; --keys DIR and --releases DIR name other folders",
    );
  }
  const secret = await passphrase("the new keys", true);
  const make = (role: KeyRole, count: number) =>
    Array.from({ length: count }, (_, index) => ({
      name: `${role}-${index + 1}`,
      role,
      key: newSigningKey(),
    }));
  const made = { roots: make("root", roots), releases: make("release", 1), notes: make("note", 1) };
  const all = [...made.roots, ...made.releases, ...made.notes];
  const publicKeys = (keys: { key: SigningKey }[]) => keys.map(({ key }) => key.publicKey);
  const files = rootFiles(
    {
      version: 1,
      threshold,
      roots: publicKeys(made.roots),
      releases: publicKeys(made.releases),
      notes: publicKeys(made.notes),
    },
    made.roots.slice(0, threshold).map(({ key }) => key),
    Math.floor(Date.now() / 1000) + days * DAY_S,
  );
  const sealed = all.map(({ name, role, key }) => {
    io.progress(`sealing ${name}`);
    return { name, publicKey: key.publicKey, file: sealKey(role, key, secret) };
  });
  makeFolder(folder, 0o700);
  for (const { name, file } of sealed)
    writeWhole(join(folder, `${name}.key.json`), Buffer.from(`${JSON.stringify(file, null, 2)}\n`));
  writeFiles(releases, files);

  const keys = sealed.map(({ name, publicKey }) => ({ name, fingerprint: fingerprint(publicKey) }));
  if (input.options.json) io.out(JSON.stringify({ keys, threshold, folder, releases }));
  else {
    for (const { name, fingerprint } of keys) io.out(`${name.padEnd(10)} ${fingerprint}`);
    io.out(
      `${threshold} of ${roots} root keys can replace keys; key files in ${folder}, root in ${releases}`,
    );
    io.note("move the root key files to separate places that are not on the network, now");
  }
  return 0;
};
