/**
 * Mutated manifests, notes and lists of keys before the camera's verifier, at the speed of Node: the camera's own code,
 * signatures by node:crypto. `npm run fuzz:release [-- --count N] [--seed N]` runs a million and prints the counts.
 */
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { judgeManifest, judgeNote } from "../../device/deployment/release.ts";
import { judgeTrust } from "../../device/deployment/trust.ts";
import type { Crypto } from "../../device/ports.ts";
import { decodeTrust } from "../../device/protocol/trust.ts";
import { signTrust } from "../../toolchain/keys/release-documents.ts";
import { newSigningKey } from "../../toolchain/keys/signing.ts";
import { nodeCrypto } from "../device/node-crypto.ts";
import {
  COUNTER,
  FIRST_LIST,
  KEYS,
  knowledge,
  manifest,
  NEXT,
  NOW_S,
  note,
  noteOf,
  publicKeys,
  RUNNING,
  TRUST,
  text,
} from "../device/release-documents.ts";
import { Dice } from "./dice.ts";

export interface FuzzCounts {
  tried: number;
  accepted: number;
  /**
   * Lists of keys that were taken because only their entries of signatures changed and enough are genuine (another
   * genuine signature, one twice, one more): the same list. Not counted as tried.
   */
  sameList: number;
  /** Of those tried, how many were refused by a signature and not before. */
  reachedSignature: number;
  refusals: Record<string, number>;
}

/** Order of P-256 (FIPS 186-4, D.1.2.3). */
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

/** Genuine documents: what is mutated, and what pieces come from. `good` is what the camera would take now. */
interface Kind {
  good: string[];
  others: string[];
  judge(crypto: Crypto, text: string): string;
}

function kinds(): Kind[] {
  const delta = { payload: Buffer.alloc(50, 7), base: RUNNING };
  const known = knowledge(nodeCrypto);
  const noted = noteOf();
  const second = { ...FIRST_LIST, version: 2, notes: publicKeys([newSigningKey()]) };
  const others = [newSigningKey(), newSigningKey()];
  return [
    {
      good: [manifest(), manifest({ delta }), manifest({ hardware: "any" }, KEYS.spare)],
      others: [
        manifest({ hardware: "esp32" }),
        manifest({ counter: COUNTER - 20, image: RUNNING }),
        manifest({ counter: COUNTER + 1 }),
        manifest({ expiryS: NOW_S - 1 }),
        manifest({ kind: "model", image: NEXT.subarray(1) }),
        manifest({}, newSigningKey()),
      ],
      judge: (crypto, text) => judgeManifest(crypto, TRUST, known, noted, text).problem,
    },
    {
      good: [note(), note({ issuedS: NOW_S + 1, counters: [COUNTER, COUNTER, COUNTER] })],
      others: [
        note({ hardware: "esp32" }),
        note({ expiryS: NOW_S }),
        note({ counters: [COUNTER - 1, 0, 0] }),
        note({}, KEYS.release),
      ],
      judge: (crypto, text) => judgeNote(crypto, TRUST, { ...known, seen: noted }, text).problem,
    },
    {
      good: [
        text(signTrust(second, KEYS.roots.slice(0, 2))),
        text(signTrust(second, KEYS.roots.slice(1))),
      ],
      others: [
        text(signTrust({ ...second, version: 3 }, KEYS.roots.slice(0, 2))),
        text(signTrust({ ...second, roots: publicKeys(others) }, others)),
        text(signTrust({ ...second, threshold: 1 }, KEYS.roots.slice(0, 1))),
      ],
      judge: (crypto, text) => judgeTrust(crypto, TRUST, text).problem,
    },
  ];
}

function isSameList(genuine: string, mutated: string): boolean {
  const list = decodeTrust(genuine);
  return list !== undefined && decodeTrust(mutated)?.signed === list.signed;
}

const withByte = (text: string, at: number, byte: number): string =>
  text.slice(0, at) + String.fromCharCode(byte) + text.slice(at + 1);

/** The other form of the signature that the text ends in: as valid to mathematics, not to the camera. */
function otherSignature(text: string): string {
  const s = Buffer.from(text.slice(-32), "latin1").toString("hex");
  const other = (ORDER - BigInt(`0x${s}`)).toString(16).padStart(64, "0");
  return text.slice(0, -32) + Buffer.from(other, "hex").toString("latin1");
}

const MUTATIONS: ((dice: Dice, text: string, others: string[]) => string)[] = [
  // One bit.
  (dice, text) => {
    const at = dice.below(text.length);
    return withByte(text, at, text.charCodeAt(at) ^ (1 << dice.below(8)));
  },
  // A few bytes anywhere.
  (dice, text) =>
    dice
      .many(8, () => 0, 1)
      .reduce((made) => withByte(made, dice.below(made.length), dice.below(256)), text),
  // An edge value over four bytes: counters, sizes, times.
  (dice, text) => {
    const at = dice.below(text.length - 4);
    return (
      text.slice(0, at) +
      dice.pick(["\0\0\0\0", "\xff\xff\xff\xff", "\x7f\xff\xff\xff"]) +
      text.slice(at + 4)
    );
  },
  // A piece of another genuine document in the same place: its claims under this signature, or the reverse.
  (dice, text, others) => {
    const other = dice.pick(others);
    const from = dice.below(text.length);
    const to = from + 1 + dice.below(text.length - from);
    return text.slice(0, from) + other.slice(from, to) + text.slice(to);
  },
  // Shorter, longer, shifted.
  (dice, text) => text.slice(0, dice.below(text.length)),
  (dice, text) =>
    text + dice.pick(["\0", "\xff", text, text.slice(-68)]).slice(0, 1 + dice.below(80)),
  (dice, text) => {
    const at = dice.below(text.length);
    return text.slice(0, at) + text.slice(at + 1) + String.fromCharCode(dice.below(256));
  },
  // Signatures of zeroes, of ones, and n - s.
  (dice, text) => text.slice(0, -64) + dice.pick(["\0", "\xff", "\x01"]).repeat(64),
  (_dice, text) => otherSignature(text),
];

/**
 * @param wanted mutated documents to judge; none of them equals a genuine one
 * A verifier that throws ends the run: nothing may crash it.
 */
export function fuzzRelease({ seed, wanted }: { seed: number; wanted: number }): FuzzCounts {
  const dice = new Dice(seed);
  const all = kinds();
  const genuine = new Set(all.flatMap(({ good, others }) => [...good, ...others]));
  const counts: FuzzCounts = {
    tried: 0,
    accepted: 0,
    sameList: 0,
    reachedSignature: 0,
    refusals: {},
  };
  let verified = 0;
  const crypto: Crypto = {
    ...nodeCrypto,
    verify: (key, message, signature) => {
      verified++;
      return nodeCrypto.verify(key, message, signature);
    },
  };
  for (const { good, judge } of all)
    for (const text of good)
      if (judge(crypto, text) !== "")
        throw new Error(`the original is refused: ${judge(crypto, text)}`);
  while (counts.tried < wanted) {
    // Of the lists of keys fewer: each costs several signatures.
    const kind = dice.chance(4) ? all[2]! : all[dice.below(2)]!;
    const mutated = dice.pick(MUTATIONS)(dice, dice.pick(kind.good), [
      ...kind.good,
      ...kind.others,
    ]);
    if (genuine.has(mutated)) continue;
    const before = verified;
    const problem = kind.judge(crypto, mutated);
    if (problem === "" && kind.good.some((text) => isSameList(text, mutated))) {
      counts.sameList++;
      continue;
    }
    counts.tried++;
    if (problem === "") counts.accepted++;
    if (verified > before) counts.reachedSignature++;
    counts.refusals[problem] = (counts.refusals[problem] ?? 0) + 1;
  }
  return counts;
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: {
      count: { type: "string", default: "1000000" },
      seed: { type: "string", default: "1" },
    },
  });
  const start = performance.now();
  const counts = fuzzRelease({ seed: Number(values.seed), wanted: Number(values.count) });
  console.log(
    JSON.stringify({ ...counts, seconds: Math.round((performance.now() - start) / 1000) }),
  );
  process.exitCode = counts.accepted ? 1 : 0;
}
