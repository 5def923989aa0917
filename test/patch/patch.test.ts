/** Patches made on the host: small, right, refused when broken, and the same image in the camera's decoder. */
import { createHash } from "node:crypto";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { applyPatch, makePatch, smallestPayload } from "../../toolchain/patch/patch.ts";
import { vaultFlash, vaultModule } from "../device/vault-module.ts";

const latin1 = (data: Uint8Array): string => Buffer.from(data).toString("latin1");
const sha256 = (data: Uint8Array): string => latin1(createHash("sha256").update(data).digest());

function randomWith(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return (state >>> 8) % limit;
  };
}

/** Something like a program: words of a small vocabulary. */
function text(random: (limit: number) => number, bytes: number): Buffer {
  const words = Array.from({ length: 60 }, (_, i) => `word${i}${"()=>{};".slice(i % 7)}`);
  let made = "";
  while (made.length < bytes) made += words[random(60)] + String(random(50));
  return Buffer.from(made.slice(0, bytes));
}

/** Bytes replaced, put in, taken out, moved. */
function edited(base: Buffer, random: (limit: number) => number, edits: number): Buffer {
  let image = base;
  for (let i = 0; i < edits; i++) {
    const at = random(image.length + 1);
    const end = Math.min(image.length, at + random(40));
    const from = random(base.length);
    const put = [Buffer.from("new"), text(random, random(90)), base.subarray(from, from + 200)];
    image = Buffer.concat([image.subarray(0, at), put[random(3)]!, image.subarray(end)]);
  }
  return image;
}

test("a patch makes the image that it was made for", () => {
  for (let seed = 1; seed <= 16; seed++) {
    const random = randomWith(seed);
    const base = text(random, random(3000));
    const image = seed % 10 ? edited(base, random, 1 + random(12)) : text(random, 900);
    if (!image.length) continue;
    assert.ok(Buffer.from(applyPatch(base, makePatch(base, image))).equals(image), `seed ${seed}`);
  }
});

test("a byte replaced costs 4 bytes, one put in or taken out 5, beside what the ends cost", () => {
  const base = text(randomWith(5), 6000);
  const same = makePatch(base, base).length;
  assert.ok(same <= 6, `${same}`);
  const replaced = Buffer.concat([base.subarray(0, 3000), Buffer.from("~"), base.subarray(3001)]);
  assert.ok(makePatch(base, replaced).length <= same + 4);
  const added = Buffer.concat([base.subarray(0, 3000), Buffer.from("~"), base.subarray(3000)]);
  assert.ok(makePatch(base, added).length <= same + 5);
  const removed = Buffer.concat([base.subarray(0, 3000), base.subarray(3001)]);
  assert.ok(makePatch(base, removed).length <= same + 5);
});

test("what is smaller is sent", () => {
  const random = randomWith(8);
  const base = text(random, 4000);
  const image = edited(base, random, 2);
  assert.ok(smallestPayload(base, image).isPatch);
  assert.is(smallestPayload(undefined, image).payload, image);
  const noise = Buffer.from(Array.from({ length: 500 }, () => random(256)));
  assert.equal(smallestPayload(base, noise), { payload: noise, isPatch: false });
});

test("the camera's decoder makes the same of it, in pieces of any size, over restarts", () => {
  for (let seed = 40; seed < 43; seed++) {
    const random = randomWith(seed);
    const base = text(random, 9000);
    const image = edited(base, random, 8);
    const patch = makePatch(base, image);
    const flash = vaultFlash();
    let vault = vaultModule(flash);
    vault.open();
    vault.begin("app", 0);
    vault.writeSlot("app", 0, 0, latin1(base));
    vault.stage("app", 0, base.length, 1, sha256(base));
    vault.switchTo("app", 0);
    vault.confirm("app", 0);
    vault.begin("app", 1);
    vault.write("patch", "");
    for (let taken = 0; taken < patch.length; ) {
      const piece = patch.subarray(taken, taken + 1 + random(seed % 2 ? 3 : 60));
      const state = vault.patch("app", 1, vault.read("patch") ?? "", latin1(piece));
      // A restart before the state is kept: the piece comes again.
      if (random(4)) vault.write("patch", state);
      vault = vaultModule(flash);
      vault.open();
      taken = vault.patchOffset(vault.read("patch") ?? "")[0]!;
    }
    const offsets = vault.patchOffset(vault.read("patch") ?? "");
    assert.equal(offsets, [patch.length, image.length]);
    vault.stage("app", 1, image.length, 2, sha256(image));
    assert.is(vault.image("app", 1), latin1(image), `seed ${seed}`);
  }
});

test("broken patches are refused by name, on the host as on the camera", () => {
  const random = randomWith(77);
  const base = text(random, 700);
  const patch = makePatch(base, edited(base, random, 5));
  let refused = 0;
  for (let i = 0; i < 2000; i++) {
    const broken = Uint8Array.from(patch);
    broken[random(broken.length)] = random(256);
    // An announced size of megabytes is the manifest's to refuse.
    if ((broken[2] ?? 0) & 128) continue;
    try {
      applyPatch(base, broken.subarray(0, random(3) ? broken.length : random(broken.length)));
    } catch (error) {
      refused++;
      assert.is((error as { code?: string }).code, "BAD_PATCH", String(error));
    }
  }
  assert.ok(refused > 100);
});

test.run();
