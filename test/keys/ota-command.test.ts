/** `toolchain ota` as a person uses it, and key files: made, used, replaced; every camera document verified by the camera's code. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { judgeManifest, judgeNote } from "../../device/deployment/release.ts";
import { forgetsNotes, judgeTrust } from "../../device/deployment/trust.ts";
import { decodeManifest } from "../../device/protocol/release.ts";
import { openKey, parseKeyFile, sealKey } from "../../toolchain/keys/key-file.ts";
import { parseMetadata } from "../../toolchain/keys/metadata.ts";
import { signTrust } from "../../toolchain/keys/release-documents.ts";
import { newSigningKey } from "../../toolchain/keys/signing.ts";
import { updateMetadata } from "../../toolchain/keys/updater.ts";
import { nodeCrypto as crypto } from "../device/node-crypto.ts";
import {
  FIRST_LIST,
  KEYS,
  knowledge,
  publicKeys,
  TRUST,
  text,
} from "../device/release-documents.ts";
import { assertRefused, toolchain } from "../support/toolchain.ts";

const CHEAP = 1024;
const SECRET = "correct horse battery";

test("a key file opens with its passphrase only, and shows when anything in it was changed", () => {
  const key = newSigningKey();
  const file = sealKey("release", key, SECRET, CHEAP);
  assert.equal(openKey(file, SECRET, "k").publicKey, key.publicKey);
  assert.not.match(JSON.stringify(file), key.privateKey.export({ format: "jwk" }).d as string);
  const code = (work: () => unknown) => {
    try {
      work();
    } catch (error) {
      return (error as { code: string }).code;
    }
    return "accepted";
  };
  assert.is(
    code(() => openKey(file, `${SECRET}!`, "k")),
    "KEY_PASSPHRASE",
  );
  assert.is(
    code(() => openKey({ ...file, role: "root" }, SECRET, "k")),
    "KEY_PASSPHRASE",
  );
  assert.is(
    code(() => openKey({ ...file, sealed: file.sealed.slice(0, 8) }, SECRET, "k")),
    "KEY_PASSPHRASE",
  );
  assert.is(
    code(() => sealKey("root", key, "short", CHEAP)),
    "PASSPHRASE_SHORT",
  );
  const costly = { ...file, kdf: { ...file.kdf, N: 2 ** 30 } };
  for (const bad of ["", "null", "{}", JSON.stringify(costly)])
    assert.is(
      code(() => parseKeyFile(bad, "k")),
      "KEY_FILE",
    );
});

test("a camera's list of keys changes by enough old and enough new roots, one version at a time", () => {
  const [a, b, c] = KEYS.roots;
  const fresh = newSigningKey();
  const next = { ...FIRST_LIST, version: 2, roots: publicKeys([a, b, fresh]) };
  const judge = (signers: (typeof a)[], list = next) =>
    judgeTrust(crypto, TRUST, text(signTrust(list, signers))).problem;
  assert.is(judge([a, b]), "");
  assert.is(judge([a, c, fresh]), "");
  assert.is(judge([a, a]), "TRUST_OLD_ROOTS");
  assert.is(judge([a, fresh]), "TRUST_OLD_ROOTS");
  assert.is(judge([a, c]), "TRUST_NEW_ROOTS");
  assert.is(judge([a, b], { ...next, version: 3 }), "TRUST_VERSION");
  assert.is(judge([a, b], { ...next, notes: next.releases }), "TRUST_FORMAT");
  assert.is(judge([a, b], { ...next, threshold: 4 }), "TRUST_FORMAT");
  assert.is(
    judgeTrust(crypto, undefined, text(signTrust(FIRST_LIST, [a]))).problem,
    "TRUST_NEW_ROOTS",
  );
  const rotated = { ...next, notes: publicKeys([newSigningKey()]) };
  const taken = judgeTrust(crypto, TRUST, text(signTrust(rotated, [a, b]))).accepted;
  assert.ok(taken && forgetsNotes(TRUST, taken));
});

test("keygen, publish, rotate, refresh: a camera and a TUF client follow", async () => {
  const cwd = mkdtempSync(join(tmpdir(), "thicket-ota-"));
  const env = { THICKET_KEY_PASSPHRASE: SECRET };
  const read = (path: string) => text(readFileSync(join(cwd, "releases", path)));
  const ota = async (...args: string[]) => {
    const ended = await toolchain(["ota", ...args], { cwd, env });
    assert.is(ended.status, 0, ended.stderr);
    return ended.stdout;
  };
  try {
    writeFileSync(join(cwd, "app.js"), "print('one')");
    await ota("keygen", "--roots", "1");
    assert.is(readdirSync(join(cwd, "keys")).length, 3);
    const published = JSON.parse(await ota("publish", "--app", "app.js", "--json"));
    assert.ok(Math.abs(published.release - Date.now() / 60_000) < 5);
    const first = judgeTrust(crypto, undefined, read("cameras/1.trust")).accepted!;
    const known = knowledge(crypto, { clockS: Date.now() / 1000 });
    const judge = (trust = first) => {
      const { accepted, problem } = judgeNote(crypto, trust, known, read("cameras/esp32s3/note"));
      if (!accepted) return problem;
      return judgeManifest(crypto, trust, known, accepted, read("cameras/esp32s3/app.manifest"))
        .problem;
    };
    assert.is(judge(), "");
    writeFileSync(join(cwd, "app.js"), "print('one more')");
    const again = JSON.parse(await ota("publish", "--app", "app.js", "--json"));
    const [{ deltas }] = again.targets;
    assert.is(deltas.length, 1);
    assert.is(deltas[0].baseCounter, published.release);
    const kept = `cameras/esp32s3/app.${again.release}.${published.release}`;
    assert.is(read(`${kept}.delta`).length, deltas[0].bytes);
    assert.ok(decodeManifest(read(`${kept}.manifest`))?.base);
    assertRefused(
      await toolchain(["ota", "publish", "--model", "app.js"], { cwd, env }),
      2,
      /a model needs --labels FILE/,
    );
    await ota("rotate", "note-1");
    await ota("refresh");
    assert.is(judge(), "NOTE_KEY");
    const second = judgeTrust(crypto, first, read("cameras/2.trust")).accepted!;
    assert.is(judge(second), "");
    const trusted = {
      root: parseMetadata("root", Buffer.from(read("metadata/1.root.json"), "latin1")),
    };
    const fetch = async (path: string) => {
      const file = join(cwd, "releases", path);
      return existsSync(file) ? readFileSync(file) : undefined;
    };
    const updated = await updateMetadata({ trusted, fetch, nowS: Date.now() / 1000 });
    assert.equal(Object.keys(updated.targets?.signed.targets ?? {}), ["esp32s3/app"]);
    assertRefused(
      await toolchain(["ota", "keygen"], { cwd, env }),
      3,
      /keys exists: keys are never overwritten/,
    );
    const wrong = { THICKET_KEY_PASSPHRASE: "another passphrase" };
    assertRefused(
      await toolchain(["ota", "publish", "--app", "app.js"], { cwd, env: wrong }),
      7,
      /does not open/,
    );
    assertRefused(await toolchain(["ota", "sell"], { cwd }), 2, /no command named "ota sell"/);
  } finally {
    rmSync(cwd, { recursive: true });
  }
});

test.run();
