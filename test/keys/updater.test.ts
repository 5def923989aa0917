/** The host's TUF client against a repository of ours, by the groups of tuf-conformance: what it takes, refuses, keeps. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  type Envelope,
  type Metadata,
  parseMetadata,
  signMetadata,
  tufTime,
} from "../../toolchain/keys/metadata.ts";
import {
  type NewFiles,
  publishFiles,
  refreshFiles,
  rootFiles,
} from "../../toolchain/keys/repository.ts";
import { newSigningKey, type SigningKey } from "../../toolchain/keys/signing.ts";
import {
  downloadTarget,
  type TrustedMetadata,
  updateMetadata,
} from "../../toolchain/keys/updater.ts";

const NOW_S = 1_790_000_000;
const DAY_S = 86_400;
const KEYS = {
  roots: [newSigningKey(), newSigningKey(), newSigningKey()],
  release: newSigningKey(),
  note: newSigningKey(),
};
const IMAGE = Buffer.from("print(1)");
const publicOf = (keys: SigningKey[]) => keys.map(({ publicKey }) => publicKey);
type Role = "root" | "targets" | "snapshot" | "timestamp";

class Repository {
  files = new Map<string, Uint8Array>();
  nowS = NOW_S;
  note = KEYS.note;
  read = (path: string) => this.files.get(path);
  fetch = async (path: string) => this.files.get(path);

  add(files: NewFiles): this {
    for (const [path, data] of files) this.files.set(path, data);
    return this;
  }
  root(
    version: number,
    changes: Partial<Parameters<typeof rootFiles>[0]> = {},
    signers = KEYS.roots.slice(0, 2),
  ) {
    const keys = {
      version,
      threshold: 2,
      roots: publicOf(KEYS.roots),
      releases: publicOf([KEYS.release]),
      notes: publicOf([this.note]),
      ...changes,
    };
    return this.add(rootFiles(keys, signers, NOW_S + 700 * DAY_S));
  }
  publish(image: Uint8Array = IMAGE, expiryS = this.nowS + 365 * DAY_S) {
    this.nowS += 60;
    const { nowS, read, note } = this;
    const images = [{ kind: "app" as const, image }];
    const noteExpiryS = nowS + 7 * DAY_S;
    const options = {
      read,
      board: "esp32s3",
      images,
      release: KEYS.release,
      note,
      nowS,
      expiryS,
      noteExpiryS,
    };
    return this.add(publishFiles(options).files);
  }
  refresh() {
    const { nowS, read, note } = this;
    return this.add(refreshFiles({ read, note, nowS, noteExpiryS: nowS + 7 * DAY_S }, ["esp32s3"]));
  }
  /** Change what a file says and sign it again with these keys. */
  edit<K extends Role>(
    role: K,
    path: string,
    change: (signed: Metadata[K]) => void,
    keys: SigningKey[],
  ) {
    const { signed } = parseMetadata(role, this.files.get(path) as Uint8Array);
    change(signed);
    this.files.set(path, Buffer.from(JSON.stringify(signMetadata(signed, keys))));
    return this;
  }
  trusted(): TrustedMetadata {
    return { root: parseMetadata("root", this.files.get("metadata/1.root.json") as Uint8Array) };
  }
  update(trusted = this.trusted(), nowS = this.nowS, persist?: (trusted: TrustedMetadata) => void) {
    return updateMetadata({ trusted, fetch: this.fetch, nowS, ...(persist && { persist }) });
  }
}

const whole = () => new Repository().root(1).publish();

async function refused(work: Promise<unknown>, code: string): Promise<void> {
  try {
    await work;
  } catch (error) {
    return assert.is((error as { code?: string }).code, code);
  }
  assert.unreachable(`${code} was expected`);
}

test("basic: a first update, a second without news, and one with a new release", async () => {
  const repository = whole();
  const first = await repository.update();
  assert.is(first.targets?.signed.version, 1);
  assert.equal(await repository.update(first), first);
  const second = await repository.publish(Buffer.from("print(2)")).update(first);
  assert.is(second.targets?.signed.version, 2);
  assert.is(second.snapshot?.signed.version, 2);
});

test("basic: metadata that is missing, no JSON, or of another role is refused", async () => {
  const path = "metadata/timestamp.json";
  const repository = whole();
  const good = repository.files.get(path) as Uint8Array;
  repository.files.delete(path);
  await refused(repository.update(), "TUF_MISSING");
  for (const bad of [
    Buffer.from("{"),
    Buffer.from("null"),
    repository.files.get("metadata/1.snapshot.json")!,
  ]) {
    repository.files.set(path, bad);
    await refused(repository.update(), "TUF_FORMAT");
  }
  repository.files.set(path, good);
  await repository.update();
});

test("basic: a signature by a key of another role, or over other bytes, is none", async () => {
  const path = "metadata/timestamp.json";
  const same = () => {};
  await refused(whole().edit("timestamp", path, same, [KEYS.release]).update(), "TUF_SIGNATURE");
  const repository = whole();
  const found = JSON.parse(Buffer.from(repository.files.get(path)!).toString());
  found.signed.version += 1;
  repository.files.set(path, Buffer.from(JSON.stringify(found)));
  await refused(repository.update(), "TUF_SIGNATURE");
});

test("expiry: metadata of each role is refused from the second in which it expires", async () => {
  const repository = whole();
  await repository.update(undefined, repository.nowS + 7 * DAY_S - 1);
  await refused(repository.update(undefined, repository.nowS + 7 * DAY_S), "TUF_EXPIRED");
  await refused(repository.update(undefined, NOW_S + 700 * DAY_S), "TUF_EXPIRED");
  const short = new Repository().root(1).publish(IMAGE, NOW_S + DAY_S);
  await refused(short.update(undefined, NOW_S + DAY_S), "TUF_EXPIRED");
});

test("expiry: an old timestamp again and again is a freeze, and is found out", async () => {
  const repository = whole();
  const trusted = await repository.update();
  await refused(repository.update(trusted, repository.nowS + 7 * DAY_S), "TUF_EXPIRED");
});

test("download: a target's bytes come whole, and neither longer, shorter nor other ones", async () => {
  const repository = whole();
  const trusted = await repository.update();
  const download = () => downloadTarget(trusted, "esp32s3/app", repository.fetch);
  assert.equal(Buffer.from(await download()), IMAGE);
  const path = [...repository.files.keys()].find((name) => name.startsWith("targets/"))!;
  for (const bad of ["print(2)", "print(1", "print(1)x"]) {
    repository.files.set(path, Buffer.from(bad));
    await refused(download(), "TUF_HASH");
  }
  repository.files.delete(path);
  await refused(download(), "TUF_MISSING");
  await refused(downloadTarget(trusted, "toString", repository.fetch), "TUF_MISSING");
});

test("keys: one key under two names, or signing twice, has one vote", async () => {
  const repository = whole().root(2, {}, [KEYS.roots[0]!]);
  const path = "metadata/2.root.json";
  await refused(repository.update(), "TUF_SIGNATURE");
  const found = JSON.parse(Buffer.from(repository.files.get(path)!).toString()) as Envelope<
    Metadata["root"]
  >;
  found.signatures.push(found.signatures[0]!);
  repository.files.set(path, Buffer.from(JSON.stringify(found)));
  await refused(repository.update(), "TUF_SIGNATURE");
});

test("rollback: an older timestamp, snapshot or targets is refused, and so is a target list that vanishes", async () => {
  const repository = whole();
  const old = new Map(repository.files);
  const trusted = await repository.publish(Buffer.from("print(2)")).update();
  const timestamp = "metadata/timestamp.json";
  const newest = repository.files.get(timestamp)!;
  repository.files.set(timestamp, old.get(timestamp)!);
  await refused(repository.update(trusted), "TUF_ROLLBACK");
  repository.files.set(timestamp, newest);
  const back = (signed: Metadata["timestamp"]) => {
    signed.version += 1;
    signed.meta["snapshot.json"].version = 1;
  };
  await refused(
    repository.edit("timestamp", timestamp, back, [KEYS.note]).update(trusted),
    "TUF_ROLLBACK",
  );
  for (const meta of [{ "targets.json": { version: 1 } }, {}]) {
    const other = whole().publish(Buffer.from("print(2)"));
    const before = await other.update();
    const snapshot = (signed: Metadata["snapshot"]) => Object.assign(signed, { version: 3, meta });
    other.files.set("metadata/3.snapshot.json", other.files.get("metadata/2.snapshot.json")!);
    other.edit("snapshot", "metadata/3.snapshot.json", snapshot, [KEYS.note]);
    const point = (signed: Metadata["timestamp"]) =>
      Object.assign(signed, { version: 3, meta: { "snapshot.json": { version: 3 } } });
    await refused(
      other.edit("timestamp", timestamp, point, [KEYS.note]).update(before),
      "TUF_ROLLBACK",
    );
  }
});

test("rollback: pieces of two releases do not mix", async () => {
  const repository = whole().publish(Buffer.from("print(2)"));
  repository.files.set(
    "metadata/2.snapshot.json",
    repository.files.get("metadata/1.snapshot.json")!,
  );
  await refused(repository.update(), "TUF_HASH");
  const other = whole().publish(Buffer.from("print(2)"));
  other.files.set("metadata/2.targets.json", other.files.get("metadata/1.targets.json")!);
  await refused(other.update(), "TUF_HASH");
});

test("rotation: a root needs enough old and enough new keys, one version after the other", async () => {
  const [a, b, c] = KEYS.roots as [SigningKey, SigningKey, SigningKey];
  const fresh = [newSigningKey(), newSigningKey()];
  const change = { roots: publicOf([a, ...fresh]) };
  await refused(whole().root(2, change, [a, b]).update(), "TUF_SIGNATURE");
  await refused(
    whole()
      .root(2, change, [a, ...fresh])
      .update(),
    "TUF_SIGNATURE",
  );
  const good = await whole()
    .root(2, change, [a, c, ...fresh])
    .update();
  assert.is(good.root.signed.version, 2);
  const wrong = (signed: Metadata["root"]) => Object.assign(signed, { version: 3 });
  const skipping = whole().root(2).edit("root", "metadata/2.root.json", wrong, [a, b]);
  await refused(skipping.update(), "TUF_VERSION");
});

test("rotation: with the note key go a thief's huge versions, also when the update is cut on the way", async () => {
  const repository = whole();
  const timestamp = "metadata/timestamp.json";
  const forward = (signed: Metadata["timestamp"]) => Object.assign(signed, { version: 1_000_000 });
  const stuck = await repository.edit("timestamp", timestamp, forward, [KEYS.note]).update();
  repository.files.delete(timestamp);
  repository.add(whole().refresh().files.entries() as unknown as NewFiles);
  await refused(repository.update(stuck), "TUF_ROLLBACK");
  repository.note = newSigningKey();
  repository.root(2).refresh();
  const kept: TrustedMetadata[] = [];
  const again = await repository.update(stuck, undefined, (state) => kept.push(state));
  assert.is(again.timestamp?.signed.version, 3);
  for (const state of kept)
    assert.is((await repository.update(state)).timestamp?.signed.version, 3);
});

test("a failed update leaves the trusted metadata as it was, and a later one succeeds", async () => {
  const repository = whole();
  const trusted = await repository.update();
  const before = JSON.stringify(trusted);
  repository.publish(Buffer.from("print(2)"));
  const path = "metadata/2.targets.json";
  const good = repository.files.get(path)!;
  repository.files.set(path, Buffer.from("{}"));
  await refused(repository.update(trusted), "TUF_HASH");
  assert.is(JSON.stringify(trusted), before);
  repository.files.set(path, good);
  assert.is((await repository.update(trusted)).targets?.signed.version, 2);
});

test("times are whole seconds in UTC", () => {
  assert.is(tufTime(NOW_S), "2026-09-21T14:13:20Z");
});

test.run();
