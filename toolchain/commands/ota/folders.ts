/** The two folders of `toolchain ota`: encrypted key files, and releases. Reads, opens and writes; decides nothing. */
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type CommandInput, textOption } from "../../command-line.ts";
import { fileProblem, inputError } from "../../errors.ts";
import { readInput, writeWhole } from "../../files.ts";
import {
  type KeyFile,
  type KeyRole,
  type LoadedKey,
  openKey,
  parseKeyFile,
} from "../../keys/key-file.ts";
import type { NewFiles, ReadFile } from "../../keys/repository.ts";
import { passphrase } from "../../passphrase.ts";

export const keysFolder = (input: CommandInput): string => textOption(input, "keys") ?? "keys";
export const releasesFolder = (input: CommandInput): string =>
  textOption(input, "releases") ?? "releases";

export const readerOf =
  (folder: string): ReadFile =>
  (path) => {
    const file = join(folder, path);
    return existsSync(file) ? readFileSync(file) : undefined;
  };

/** In order, each whole: what a later file names is there before it. */
export function writeFiles(folder: string, files: NewFiles): void {
  for (const [path, data] of files) {
    const file = join(folder, path);
    makeFolder(dirname(file));
    writeWhole(file, data);
  }
}

export function makeFolder(folder: string, mode?: number): void {
  try {
    mkdirSync(folder, { recursive: true, mode });
  } catch (error) {
    throw inputError("FILE_UNWRITABLE", `cannot make ${folder}: ${fileProblem(error)}`);
  }
}

export interface NamedKeyFile {
  /** root-1, release-1, note-1, ... */
  name: string;
  file: KeyFile;
}

/** All key files of a folder, by name. */
export function keyFiles(folder: string): NamedKeyFile[] {
  let names: string[];
  try {
    names = readdirSync(folder)
      .filter((name) => name.endsWith(".key.json"))
      .sort();
  } catch (error) {
    throw inputError(
      "FILE_UNREADABLE",
      `cannot read ${folder}: ${fileProblem(error)}`,
      "toolchain ota keygen makes keys; --keys DIR names the folder",
    );
  }
  return names.map((name) => ({
    name: name.replace(/\.key\.json$/, ""),
    file: parseKeyFile(readInput(join(folder, name)).toString("utf8"), name),
  }));
}

export async function openNamed({ name, file }: NamedKeyFile): Promise<LoadedKey> {
  return openKey(file, await passphrase(name), name);
}

/**
 * The first key of a role that is trusted now.
 * @param trusted raw public keys of the role. **Errors:** NO_KEY.
 */
export async function openRole(
  folder: string,
  role: KeyRole,
  trusted: Uint8Array[],
): Promise<LoadedKey> {
  const found = keyFiles(folder).find(({ file }) => isTrusted(file, role, trusted));
  if (!found) {
    throw inputError(
      "NO_KEY",
      `${folder} holds no ${role} key that the release folder trusts`,
      "bring its key file here, or --keys DIR",
    );
  }
  return openNamed(found);
}

export const isTrusted = (file: KeyFile, role: KeyRole, trusted: Uint8Array[]): boolean =>
  file.role === role &&
  trusted.some((key) => Buffer.from(key).toString("base64") === file.publicKey);
