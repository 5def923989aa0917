/**
 * A backup of a data folder while its server runs: the embedded database as of one moment, then pictures and releases, which are
 * written once and never changed, and a manifest with the hash of every file. The manifest is written last: a folder without
 * one is no backup. A restore checks all of it before the first byte is written.
 */
import { createHash } from "node:crypto";
import { createReadStream, existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { copyFile, mkdir, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import Libsql from "libsql";
import { inputError, integrityError } from "../../errors.ts";
import { flush } from "../objects.ts";
import { TOKEN_FILE } from "../secrets.ts";
import { DATABASE_FILE } from "./open.ts";

export const MANIFEST_FILE = "manifest.json";
const FORMAT = "thicket-backup-1";
const FOLDERS = ["objects", "releases"];

interface Manifest {
  format: typeof FORMAT;
  created: string;
  files: Record<string, { bytes: number; sha256: string }>;
}

export interface BackupResult {
  files: number;
  bytes: number;
}

/** **Errors:** NO_DATABASE, BACKUP_EXISTS (exit 3), BACKUP_DAMAGED (exit 7) for a copy that is not the original */
export async function backUp(
  dataDir: string,
  backupDir: string,
  nowMs: number,
): Promise<BackupResult> {
  const database = join(dataDir, DATABASE_FILE);
  if (!existsSync(database)) {
    throw inputError("NO_DATABASE", `${dataDir} holds no database`, "choose another with --data");
  }
  requireEmpty(backupDir);
  mkdirSync(backupDir, { recursive: true, mode: 0o700 });
  const raw = new Libsql(database);
  // A reader: the server writes on meanwhile.
  raw.prepare("VACUUM INTO ?").run(join(backupDir, DATABASE_FILE));
  raw.close();
  const files: Manifest["files"] = {};
  files[DATABASE_FILE] = await facts(join(backupDir, DATABASE_FILE));
  const others = [...FOLDERS.flatMap((folder) => filesBelow(dataDir, folder)), TOKEN_FILE];
  for (const file of others.filter((name) => existsSync(join(dataDir, name)))) {
    files[file] = await facts(join(dataDir, file));
    await copyChecked(dataDir, backupDir, file, files[file]);
  }
  const manifest: Manifest = { format: FORMAT, created: new Date(nowMs).toISOString(), files };
  await writeFile(join(backupDir, MANIFEST_FILE), `${JSON.stringify(manifest, null, 1)}\n`);
  await flush(join(backupDir, MANIFEST_FILE));
  await flush(backupDir);
  return resultOf(manifest);
}

/** **Errors:** NO_BACKUP, BACKUP_EXISTS (exit 3) for a folder in use, BACKUP_DAMAGED (exit 7) names the file */
export async function restoreBackup(backupDir: string, dataDir: string): Promise<BackupResult> {
  const manifest = readManifest(backupDir);
  requireEmpty(dataDir);
  for (const [file, wanted] of Object.entries(manifest.files)) {
    requireSame(file, wanted, await facts(join(backupDir, file)).catch(() => undefined));
  }
  const raw = new Libsql(join(backupDir, DATABASE_FILE), { readonly: true });
  const [row] = raw.prepare("PRAGMA quick_check(1)").all() as { quick_check: string }[];
  raw.close();
  if (row?.quick_check !== "ok") throw damaged(DATABASE_FILE, String(row?.quick_check));
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  for (const [file, wanted] of Object.entries(manifest.files)) {
    await copyChecked(backupDir, dataDir, file, wanted);
  }
  return resultOf(manifest);
}

function readManifest(backupDir: string): Manifest {
  try {
    const manifest = JSON.parse(readFileSync(join(backupDir, MANIFEST_FILE), "utf8")) as Manifest;
    const names = Object.keys(manifest.files);
    const isInside = (name: string) => !name.startsWith("/") && !name.split(/[/\\]/).includes("..");
    if (manifest.format === FORMAT && names.includes(DATABASE_FILE) && names.every(isInside)) {
      return manifest;
    }
  } catch {
    // Falls through: one message for whatever is wrong with it.
  }
  throw inputError(
    "NO_BACKUP",
    `${backupDir} is no backup that is complete`,
    `make one with: toolchain db backup DIR; ${MANIFEST_FILE} is written last`,
  );
}

function requireEmpty(folder: string): void {
  if (!existsSync(folder) || readdirSync(folder).length === 0) return;
  throw inputError("BACKUP_EXISTS", `${folder} is not empty`, "choose a new folder");
}

const filesBelow = (dataDir: string, folder: string): string[] =>
  existsSync(join(dataDir, folder))
    ? readdirSync(join(dataDir, folder), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && !entry.name.endsWith(".part"))
        .map((entry) => join(entry.parentPath, entry.name).slice(dataDir.length + 1))
        .sort()
    : [];

async function copyChecked(
  from: string,
  to: string,
  file: string,
  wanted: Manifest["files"][string],
): Promise<void> {
  const target = join(to, file);
  await mkdir(dirname(target), { recursive: true, mode: 0o700 });
  await copyFile(join(from, file), target);
  requireSame(file, wanted, await facts(target));
  await flush(target);
}

async function facts(file: string): Promise<Manifest["files"][string]> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return { bytes: (await stat(file)).size, sha256: hash.digest("hex") };
}

function requireSame(
  file: string,
  wanted: Manifest["files"][string],
  found: Manifest["files"][string] | undefined,
): void {
  if (!found) throw damaged(file, "missing");
  if (found.bytes !== wanted.bytes || found.sha256 !== wanted.sha256)
    throw damaged(file, "changed");
}

const damaged = (file: string, how: string) =>
  integrityError("BACKUP_DAMAGED", `the backup's ${file} is ${how}`, "use another backup");

const resultOf = ({ files }: Manifest): BackupResult => ({
  files: Object.keys(files).length,
  bytes: Object.values(files).reduce((sum, { bytes }) => sum + bytes, 0),
});
