/**
 * Builds the release folder: TUF metadata for hosts (`metadata/`, `targets/`) and beside it what a camera is shown
 * (`cameras/`: lists of keys, a note and manifests for each board). Pure: given what is there, returns what to write,
 * in the order in which it must be written. Layout: docs/updates.md.
 */
import { decodeNote, TARGET_KINDS, type TargetKind } from "../../device/protocol/release.ts";
import { decodeTrust } from "../../device/protocol/trust.ts";
import { integrityError } from "../errors.ts";
import {
  type Envelope,
  type FileMeta,
  type Metadata,
  parseMetadata,
  type Root,
  sha256Hex,
  signMetadata,
  type TargetFile,
  tufKey,
  tufKeyId,
  tufTime,
} from "./metadata.ts";
import {
  type ReleaseTarget,
  signManifest,
  signNote,
  signTrust,
  type TrustedKeys,
} from "./release-documents.ts";
import type { SigningKey } from "./signing.ts";
import { targetPath } from "./updater.ts";

/** A file of the release folder, or undefined. */
export type ReadFile = (path: string) => Uint8Array | undefined;
/** Paths in the release folder and their contents, in the order of writing. */
export type NewFiles = [path: string, data: Uint8Array][];

const SPEC = { spec_version: "1.0.34" } as const;
const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

export const trustPath = (version: number): string => `cameras/${version}.trust`;
export const notePath = (board: string): string => `cameras/${board}/note`;
export const manifestPath = (board: string, kind: TargetKind): string =>
  `cameras/${board}/${kind}.manifest`;

/**
 * A version of the root: the same keys as TUF metadata and as the camera's list.
 * @param signers root keys of the version before and of this one, in any order
 */
export function rootFiles(keys: TrustedKeys, signers: SigningKey[], expiryS: number): NewFiles {
  const all = [...keys.roots, ...keys.releases, ...keys.notes].map(tufKey);
  const role = (publicKeys: Uint8Array[], threshold: number) => ({
    keyids: publicKeys.map((key) => tufKeyId(tufKey(key))),
    threshold,
  });
  const root: Root = {
    _type: "root",
    ...SPEC,
    version: keys.version,
    expires: tufTime(expiryS),
    consistent_snapshot: true,
    keys: Object.fromEntries(all.map((key) => [tufKeyId(key), key])),
    roles: {
      root: role(keys.roots, keys.threshold),
      targets: role(keys.releases, 1),
      snapshot: role(keys.notes, 1),
      timestamp: role(keys.notes, 1),
    },
  };
  return [
    [`metadata/${keys.version}.root.json`, json(signMetadata(root, signers))],
    [trustPath(keys.version), signTrust(keys, signers)],
  ];
}

/** The keys of the newest root in the folder, as the camera's list has them. **Errors:** NO_ROOT. */
export function newestKeys(read: ReadFile): TrustedKeys {
  let version = 0;
  while (read(trustPath(version + 1))) version++;
  const list = decodeTrust(Buffer.from(read(trustPath(version)) ?? []).toString("latin1"));
  if (!list) {
    throw integrityError(
      "NO_ROOT",
      "the release folder holds no keys",
      "toolchain ota keygen makes keys and folder",
    );
  }
  const raw = (points: string[]) => points.map((point) => Buffer.from(`\x04${point}`, "latin1"));
  return {
    version,
    threshold: list.threshold,
    roots: raw(list.roots),
    releases: raw(list.releases),
    notes: raw(list.notes),
  };
}

export interface PublishOptions {
  read: ReadFile;
  board: string;
  images: { kind: TargetKind; image: Uint8Array; delta?: ReleaseTarget["delta"] }[];
  release: SigningKey;
  note: SigningKey;
  nowS: number;
  /** UTC seconds from which the release is not installed any more, and from which the note is stale. */
  expiryS: number;
  noteExpiryS: number;
}

/** The files of a new release, and its counter: UTC minutes, or one more than the newest in the folder. */
export function publishFiles(options: PublishOptions): { counter: number; files: NewFiles } {
  const { read, board, images, release, nowS, expiryS } = options;
  const old = newest(read, "targets");
  const counters = countersOf(read, board);
  const used = Object.values(old?.signed.targets ?? {}).map(({ custom }) => custom?.counter ?? 0);
  const counter = Math.max(Math.floor(nowS / 60), ...used.map((one) => one + 1));
  const files: NewFiles = [];
  const targets = { ...old?.signed.targets };
  const manifests: NewFiles = [];
  for (const { kind, image, delta } of images) {
    const claims = { hardware: board, kind, counter, expiryS, image, ...(delta && { delta }) };
    const manifest = signManifest(claims, release);
    const file: TargetFile = {
      length: image.length,
      hashes: { sha256: sha256Hex(image) },
      custom: { counter, manifest: manifest.toString("base64") },
    };
    targets[`${board}/${kind}`] = file;
    files.push([targetPath(`${board}/${kind}`, file), image]);
    manifests.push([manifestPath(board, kind), manifest]);
    counters[TARGET_KINDS.indexOf(kind)] = counter;
  }
  const version = (old?.signed.version ?? 0) + 1;
  const expires = tufTime(expiryS);
  const signed: Metadata["targets"] = { _type: "targets", ...SPEC, version, expires, targets };
  const targetsJson = json(signMetadata(signed, [release]));
  files.push([`metadata/${version}.targets.json`, targetsJson]);
  files.push(...freshFiles(options, { version, ...hashed(targetsJson) }));
  return { counter, files: [...files, ...manifests, noteFile(options, board, counters)] };
}

export type RefreshOptions = Pick<PublishOptions, "read" | "note" | "nowS" | "noteExpiryS">;

/** The same releases, said to be the newest for a while longer; needs the online key only. */
export function refreshFiles(options: RefreshOptions, boards: string[]): NewFiles {
  const old = newest(options.read, "snapshot")?.signed.meta["targets.json"];
  if (!old) throw integrityError("NO_RELEASE", "the release folder holds no release yet");
  return [
    ...freshFiles(options, old),
    ...boards.map((board) => noteFile(options, board, countersOf(options.read, board))),
  ];
}

function freshFiles({ read, note, noteExpiryS }: RefreshOptions, targets: FileMeta): NewFiles {
  const expires = tufTime(noteExpiryS);
  const version = (newest(read, "snapshot")?.signed.version ?? 0) + 1;
  const meta = { "targets.json": targets };
  const snapshot: Metadata["snapshot"] = { _type: "snapshot", ...SPEC, version, expires, meta };
  const snapshotJson = json(signMetadata(snapshot, [note]));
  const timestamp: Metadata["timestamp"] = {
    _type: "timestamp",
    ...SPEC,
    version: (newest(read, "timestamp")?.signed.version ?? 0) + 1,
    expires,
    meta: { "snapshot.json": { version, ...hashed(snapshotJson) } },
  };
  return [
    [`metadata/${version}.snapshot.json`, snapshotJson],
    ["metadata/timestamp.json", json(signMetadata(timestamp, [note]))],
  ];
}

const hashed = (data: Uint8Array) => ({
  length: data.length,
  hashes: { sha256: sha256Hex(data) },
});

/** The newest version of a role's metadata in the publisher's own folder. */
function newest<K extends "targets" | "snapshot" | "timestamp">(
  read: ReadFile,
  role: K,
): Envelope<Metadata[K]> | undefined {
  if (role === "timestamp") {
    const data = read("metadata/timestamp.json");
    return data && parseMetadata(role, data);
  }
  let version = 0;
  while (read(`metadata/${version + 1}.${role}.json`)) version++;
  const data = read(`metadata/${version}.${role}.json`);
  return data && parseMetadata(role, data);
}

function countersOf(read: ReadFile, board: string): number[] {
  const old = decodeNote(Buffer.from(read(notePath(board)) ?? []).toString("latin1"));
  return old ? [...old.counters] : TARGET_KINDS.map(() => 0);
}

function noteFile(
  { note, nowS, noteExpiryS }: RefreshOptions,
  board: string,
  counters: number[],
): NewFiles[number] {
  const claims = { hardware: board, counters, issuedS: nowS, expiryS: noteExpiryS };
  return [notePath(board), signNote(claims, note)];
}

/** How people compare lists and keys: the first 8 bytes of SHA-256 in hexadecimal. */
export const fingerprint = (data: Uint8Array): string => sha256Hex(data).slice(0, 16);
