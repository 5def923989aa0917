/** The camera's judgement of releases: every refusal by name, mutations, its size, and the same on an emulated camera. */
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  decodeManifest,
  decodeNote,
  encodeManifest,
  encodeNote,
  MANIFEST_BYTES,
  MANIFEST_SIGNED,
  NOTE_BYTES,
  NOTE_SIGNED,
} from "../../device/protocol/release.ts";
import { bundle } from "../../toolchain/bundle/bundle.ts";
import { Emulator } from "../../toolchain/emulator/emulator.ts";
import { newSigningKey } from "../../toolchain/keys/signing.ts";
import { fuzzRelease } from "../fuzz/release.ts";
import { ROOT } from "../support/skip.ts";
import { nodeCrypto as crypto } from "./node-crypto.ts";
import {
  COUNTER,
  KEYS,
  knowledge,
  manifest,
  NEXT,
  NOW_S,
  note,
  noteOf,
  RUNNING,
  refusal,
  TRUST_TEXT,
} from "./release-documents.ts";

const VERIFIER = join(ROOT, "test/fixtures/device/release-verifier.ts");
/** What the issue allows. */
const MANIFEST_BYTES_MAX = 200;
const NOTE_BYTES_MAX = 120;
const VERIFIER_BYTES_MAX = 4096;

const known = knowledge(crypto);
const flipped = (text: string, at: number): string =>
  text.slice(0, at) + String.fromCharCode(text.charCodeAt(at) ^ 1) + text.slice(at + 1);

test("manifest and note have their fixed sizes and say what was put into them", () => {
  const made = manifest();
  assert.is(made.length, MANIFEST_BYTES);
  assert.ok(MANIFEST_BYTES <= MANIFEST_BYTES_MAX);
  const read = decodeManifest(made);
  assert.ok(read);
  assert.is(read.digest, crypto.sha256(NEXT.toString("latin1")));
  assert.is(read.sizeBytes, NEXT.length);
  assert.is(encodeManifest(read), made.slice(0, MANIFEST_SIGNED));
  const noted = note({ counters: [1, 0x80000001, 0xffffffff] });
  assert.is(noted.length, NOTE_BYTES);
  assert.ok(NOTE_BYTES <= NOTE_BYTES_MAX);
  const again = decodeNote(noted);
  assert.ok(again);
  assert.equal(again.counters, [1, 0x80000001, 0xffffffff]);
  assert.is(encodeNote(again), noted.slice(0, NOTE_SIGNED));
});

test("a good release is accepted: full, as a delta to what runs, and a model for any board", () => {
  assert.is(refusal(crypto, known), "");
  const delta = { payload: Buffer.alloc(50), base: RUNNING };
  assert.is(refusal(crypto, known, { manifest: manifest({ delta }) }), "");
  const model = manifest({ kind: "model", hardware: "any" });
  const noted = note({ counters: [COUNTER, COUNTER, 0] });
  assert.is(refusal(crypto, known, { manifest: model, note: noted }), "");
});

const stranger = newSigningKey();
const REFUSED: [string, string, { note?: string; manifest?: string }][] = [
  ["NOTE_FORMAT", "a note that is cut short", { note: note().slice(0, -1) }],
  ["NOTE_FORMAT", "a manifest in the place of a note", { note: manifest() }],
  ["NOTE_HARDWARE", "a note for another board", { note: note({ hardware: "esp32" }) }],
  ["NOTE_EXPIRED", "a note that has expired", { note: note({ expiryS: NOW_S + 60 }) }],
  ["NOTE_KEY", "a note by a stranger", { note: note({}, stranger) }],
  ["NOTE_KEY", "a note by a release key", { note: note({}, KEYS.release) }],
  ["NOTE_SIGNATURE", "a changed note", { note: flipped(note(), 31) }],
  ["MANIFEST_FORMAT", "a manifest of another format", { manifest: flipped(manifest(), 3) }],
  [
    "MANIFEST_FORMAT",
    "a kind that does not exist",
    { manifest: flipped(manifest(), 13).replace("\x01\x01", "\x01\x02") },
  ],
  ["MANIFEST_HARDWARE", "another board's", { manifest: manifest({ hardware: "esp32c3" }) }],
  [
    "MANIFEST_HARDWARE",
    "firmware for any board",
    { manifest: manifest({ kind: "firmware", hardware: "any" }) },
  ],
  ["MANIFEST_OLD", "an older release", { manifest: manifest({ counter: COUNTER - 11 }) }],
  [
    "MANIFEST_INSTALLED",
    "the release that runs",
    { manifest: manifest({ counter: COUNTER - 10 }) },
  ],
  ["MANIFEST_NOT_NEWEST", "one between", { manifest: manifest({ counter: COUNTER - 5 }) }],
  [
    "MANIFEST_NOT_NEWEST",
    "one that no note knows",
    { manifest: manifest({ counter: COUNTER + 1 }) },
  ],
  ["MANIFEST_EXPIRED", "an expired release", { manifest: manifest({ expiryS: NOW_S }) }],
  [
    "MANIFEST_SIZE",
    "an image beyond its slot",
    { manifest: manifest({ image: Buffer.alloc(65537) }) },
  ],
  ["MANIFEST_SIZE", "an empty image", { manifest: manifest({ image: Buffer.alloc(0) }) }],
  [
    "MANIFEST_SIZE",
    "a delta as long as the image",
    { manifest: manifest({ delta: { payload: NEXT, base: RUNNING } }) },
  ],
  [
    "MANIFEST_BASE",
    "a delta to another image",
    { manifest: manifest({ delta: { payload: Buffer.alloc(9), base: NEXT } }) },
  ],
  ["MANIFEST_KEY", "a manifest by a stranger", { manifest: manifest({}, stranger) }],
  ["MANIFEST_KEY", "a manifest by the note key", { manifest: manifest({}, KEYS.note) }],
  [
    "MANIFEST_SIGNATURE",
    "another image under a good signature",
    { manifest: flipped(manifest(), 40) },
  ],
];

for (const [problem, what, documents] of REFUSED) {
  test(`${problem}: ${what}`, () => assert.is(refusal(crypto, known, documents), problem));
}

test("NOTE_OLD: a note issued earlier, or that takes a release back", () => {
  const camera = knowledge(crypto, { seen: noteOf() });
  assert.is(refusal(crypto, camera), "");
  assert.is(refusal(crypto, camera, { note: note({ issuedS: NOW_S - 1 }) }), "NOTE_OLD");
  const back = note({ counters: [COUNTER - 1, 0, 0], issuedS: NOW_S + 1 });
  assert.is(refusal(crypto, camera, { note: back }), "NOTE_OLD");
});

test("a camera without a clock takes the newest note's time for the earliest that it can be", () => {
  const lost = knowledge(crypto, { clockS: 0, seen: noteOf() });
  assert.is(refusal(crypto, lost), "");
  const expired = manifest({ expiryS: NOW_S });
  assert.is(refusal(crypto, lost, { manifest: expired }), "MANIFEST_EXPIRED");
  assert.is(refusal(crypto, lost, { note: note({ expiryS: NOW_S }) }), "NOTE_EXPIRED");
});

test("a key that is no point of the curve signs nothing", () => {
  const throws = {
    ...crypto,
    verify: () => {
      throw new Error("CRYPTO_KEY: no point of the curve");
    },
  };
  assert.is(refusal(throws, known), "NOTE_SIGNATURE");
});

test("5,200 mutated manifests and notes: none accepted, none breaks anything", () => {
  const counts = fuzzRelease({ seed: 1, wanted: 5200 });
  assert.is(counts.tried, 5200);
  assert.is(counts.accepted, 0);
  assert.ok(
    counts.reachedSignature > 1000,
    `only ${counts.reachedSignature} reached the signature`,
  );
});

test("an emulated camera judges as Node does, with the verifier in at most 4 KB", async () => {
  const { code } = await bundle({ entry: VERIFIER, profile: false });
  assert.ok(code.length <= VERIFIER_BYTES_MAX, `the verifier takes ${code.length} bytes`);
  const emulator = Emulator.boot({ extension: true, files: { ".bootcde": code } });
  const b64 = (text: string) => `atob("${Buffer.from(text, "latin1").toString("base64")}")`;
  emulator.evaluate(`(function(){c=require("crypto");K={hardware:"esp32s3",clockS:${NOW_S + 60},
    installed:function(){return{counter:${COUNTER - 10},digest:${b64(crypto.sha256(RUNNING.toString("latin1")))}}},
    bytesMax:function(){return 65536}};T=thicket.judgeTrust(c,undefined,${b64(TRUST_TEXT)}).accepted;
    judge=function(n,m){n=thicket.judgeNote(c,T,K,n);
      return n.problem||thicket.judgeManifest(c,T,K,n.accepted,m).problem||"accepted"};return T.version})()`);
  const judge = (noteText: string, manifestText: string) =>
    emulator.evaluate(`judge(${b64(noteText)},${b64(manifestText)})`);
  assert.is(judge(note(), manifest()), "accepted");
  for (const at of [0, 4, 12, 14, 18, 30, 69, 70, 74, 105, 137])
    assert.is(
      judge(note(), flipped(manifest(), at)),
      refusal(crypto, known, { manifest: flipped(manifest(), at) }),
    );
  for (const [problem, , documents] of REFUSED)
    assert.is(judge(documents.note ?? note(), documents.manifest ?? manifest()), problem);
  emulator.close();
});

test.run();
