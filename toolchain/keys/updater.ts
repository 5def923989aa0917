/**
 * The host-side TUF client: takes new metadata in the order of TUF 1.0.34 §5, or refuses it and keeps what it had.
 * Delegations are not followed: only what the top-level targets role signs is ever downloaded.
 */
import { integrityError } from "../errors.ts";
import {
  type Envelope,
  isSignedByRole,
  type Metadata,
  parseMetadata,
  type RoleName,
  type Root,
  sha256Hex,
  type TargetFile,
} from "./metadata.ts";

/** Metadata that was verified; what a client keeps between updates. The first root comes from outside. */
export interface TrustedMetadata {
  root: Envelope<Root>;
  timestamp?: Envelope<Metadata["timestamp"]>;
  snapshot?: Envelope<Metadata["snapshot"]>;
  targets?: Envelope<Metadata["targets"]>;
}

export interface UpdaterOptions {
  trusted: TrustedMetadata;
  /** A file of the repository, at most bytesMax of it; undefined when there is none. */
  fetch(path: string, bytesMax: number): Promise<Uint8Array | undefined>;
  /** UTC seconds; fixed for the whole update. */
  nowS: number;
  /** Called with each step that was verified, so that a cut leaves a state to go on from. */
  persist?(trusted: TrustedMetadata): void;
}

const ROOTS_MAX = 1024;
const BYTES_MAX = { root: 512_000, timestamp: 16_384, snapshot: 2_000_000, targets: 5_000_000 };

const refuse = (code: string, message: string) =>
  integrityError(code, message, "what was trusted before stays in force");

/**
 * Bring the trusted metadata up to date.
 * **Errors:** TUF_SIGNATURE, TUF_ROLLBACK, TUF_VERSION, TUF_EXPIRED, TUF_HASH, TUF_FORMAT, TUF_MISSING.
 */
export async function updateMetadata(options: UpdaterOptions): Promise<TrustedMetadata> {
  const trusted = { ...options.trusted };
  await updateRoot(options, trusted);
  await updateTimestamp(options, trusted);
  await updateSnapshot(options, trusted);
  await updateTargets(options, trusted);
  return trusted;
}

async function load<K extends RoleName>(
  { fetch }: UpdaterOptions,
  role: K,
  name: string,
): Promise<Uint8Array | undefined> {
  const bytesMax = BYTES_MAX[role];
  const data = await fetch(`metadata/${name}`, bytesMax);
  if (data && data.length > bytesMax)
    throw refuse("TUF_FORMAT", `${name} is longer than ${bytesMax} bytes`);
  return data;
}

function requireSigned(root: Root, role: RoleName, envelope: Envelope<unknown>, by: string): void {
  if (!isSignedByRole(root, role, envelope))
    throw refuse("TUF_SIGNATURE", `too few ${role} keys of ${by} signed this ${role} metadata`);
}

function requireFresh({ nowS }: UpdaterOptions, role: RoleName, expires: string): void {
  if (Date.parse(expires) <= nowS * 1000)
    throw refuse(
      "TUF_EXPIRED",
      `${role} metadata expired at ${expires}: somebody may be holding updates back`,
    );
}

/** §5.3 */
async function updateRoot(options: UpdaterOptions, trusted: TrustedMetadata): Promise<void> {
  const before = trusted.root.signed;
  for (let count = 0; count < ROOTS_MAX; count++) {
    const current = trusted.root.signed;
    const data = await load(options, "root", `${current.version + 1}.root.json`);
    if (!data) break;
    const next = parseMetadata("root", data);
    requireSigned(current, "root", next, `root ${current.version}`);
    requireSigned(next.signed, "root", next, "the new root");
    if (next.signed.version !== current.version + 1)
      throw refuse(
        "TUF_VERSION",
        `root ${next.signed.version} does not follow root ${current.version}`,
      );
    trusted.root = next;
    options.persist?.({ ...trusted });
  }
  requireFresh(options, "root", trusted.root.signed.expires);
  // Fast-forward recovery: a thief's huge version numbers go with the thief's key. What the keys of this root did not
  // sign goes too: an update that was cut here before leaves that behind.
  const root = trusted.root.signed;
  const isRotated = (["timestamp", "snapshot"] as const).some(
    (role) => keysOf(before, role) !== keysOf(root, role),
  );
  const isForeign = (["timestamp", "snapshot"] as const).some((role) => {
    const stored = trusted[role];
    return stored && !isSignedByRole(root, role, stored);
  });
  if (!isRotated && !isForeign) return;
  delete trusted.timestamp;
  delete trusted.snapshot;
  options.persist?.({ ...trusted });
}

const keysOf = (root: Root, role: RoleName): string =>
  JSON.stringify([...root.roles[role].keyids].sort());

/** §5.4 */
async function updateTimestamp(options: UpdaterOptions, trusted: TrustedMetadata): Promise<void> {
  const root = trusted.root.signed;
  const data = await load(options, "timestamp", "timestamp.json");
  if (!data) throw refuse("TUF_MISSING", "there is no timestamp.json");
  const next = parseMetadata("timestamp", data);
  requireSigned(root, "timestamp", next, `root ${root.version}`);
  const old = trusted.timestamp?.signed;
  const { version, meta, expires } = next.signed;
  if (old && version < old.version)
    throw refuse("TUF_ROLLBACK", `timestamp ${version} is older than ${old.version}`);
  if (old && version === old.version) return requireFresh(options, "timestamp", old.expires);
  if (old && meta["snapshot.json"].version < old.meta["snapshot.json"].version)
    throw refuse("TUF_ROLLBACK", "the timestamp names an older snapshot than before");
  requireFresh(options, "timestamp", expires);
  trusted.timestamp = next;
  options.persist?.({ ...trusted });
}

/** §5.5 */
async function updateSnapshot(options: UpdaterOptions, trusted: TrustedMetadata): Promise<void> {
  const root = trusted.root.signed;
  const wanted = trusted.timestamp!.signed.meta["snapshot.json"];
  const old = trusted.snapshot?.signed;
  if (old && old.version === wanted.version) return requireFresh(options, "snapshot", old.expires);
  const name = `${wanted.version}.snapshot.json`;
  const data = requireHash(await load(options, "snapshot", name), wanted, name);
  const next = parseMetadata("snapshot", data);
  requireSigned(root, "snapshot", next, `root ${root.version}`);
  requireVersion(name, next.signed.version, wanted);
  for (const [file, { version }] of Object.entries(old?.meta ?? {}))
    if (!((next.signed.meta[file]?.version ?? 0) >= version))
      throw refuse("TUF_ROLLBACK", `${name} goes back behind version ${version} of ${file}`);
  requireFresh(options, "snapshot", next.signed.expires);
  trusted.snapshot = next;
  options.persist?.({ ...trusted });
}

/** §5.6 */
async function updateTargets(options: UpdaterOptions, trusted: TrustedMetadata): Promise<void> {
  const root = trusted.root.signed;
  const wanted = trusted.snapshot!.signed.meta["targets.json"];
  if (!wanted) throw refuse("TUF_MISSING", "the snapshot names no targets.json");
  const old = trusted.targets;
  const isKnown = old?.signed.version === wanted.version && isSignedByRole(root, "targets", old);
  if (isKnown) return requireFresh(options, "targets", old.signed.expires);
  const name = `${wanted.version}.targets.json`;
  const data = requireHash(await load(options, "targets", name), wanted, name);
  const next = parseMetadata("targets", data);
  requireSigned(root, "targets", next, `root ${root.version}`);
  requireVersion(name, next.signed.version, wanted);
  requireFresh(options, "targets", next.signed.expires);
  trusted.targets = next;
  options.persist?.({ ...trusted });
}

function requireVersion(name: string, version: number, wanted: { version: number }): void {
  if (version !== wanted.version)
    throw refuse("TUF_VERSION", `${name} says that it is version ${version}`);
}

interface Wanted {
  length?: number;
  hashes?: { sha256: string };
}

function requireHash(data: Uint8Array | undefined, wanted: Wanted, name: string): Uint8Array {
  if (!data) throw refuse("TUF_MISSING", `there is no ${name}`);
  const isLong = wanted.length !== undefined && data.length !== wanted.length;
  const isOther = wanted.hashes !== undefined && sha256Hex(data) !== wanted.hashes.sha256;
  if (isLong || isOther) throw refuse("TUF_HASH", `${name} is not the file that was signed for`);
  return data;
}

/**
 * §5.7: a target's bytes, checked.
 * **Errors:** TUF_MISSING, TUF_HASH.
 */
export async function downloadTarget(
  trusted: TrustedMetadata,
  path: string,
  fetch: UpdaterOptions["fetch"],
): Promise<Uint8Array> {
  const targets = trusted.targets?.signed.targets ?? {};
  if (!Object.hasOwn(targets, path)) throw refuse("TUF_MISSING", `no target is named ${path}`);
  const file = targets[path] as TargetFile;
  return requireHash(await fetch(targetPath(path, file), file.length), file, path);
}

/** Where a target lies: its hash goes before its name (consistent snapshot). */
export function targetPath(path: string, { hashes }: TargetFile): string {
  const slash = path.lastIndexOf("/") + 1;
  return `targets/${path.slice(0, slash)}${hashes.sha256}.${path.slice(slash)}`;
}
