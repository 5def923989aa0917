/** Improv frames byte for byte, and how they are found again after bytes were lost, doubled or mixed with others. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { improvCodec, type Piece } from "../../device/protocol/improv.ts";
import { createRandom } from "../../toolchain/emulator/world/random.ts";

const codec = improvCodec();
const HEADER = "494d50524f5601";
const bytes = (hex: string): string =>
  Buffer.from(hex.replaceAll(" ", ""), "hex").toString("latin1");
/** With the line ends that stand around each frame. */
const framed = (hex: string): string => `\n${bytes(HEADER + hex)}\n`;

function pieces(text: string): { found: Piece[]; rest: string } {
  const found: Piece[] = [];
  let rest = text;
  for (;;) {
    const piece = codec.nextPiece(rest);
    found.push(piece);
    rest = piece.rest;
    if (!piece.type && !piece.isDamaged) return { found, rest };
  }
}
const frames = (text: string) =>
  pieces(text)
    .found.filter(({ type }) => type > 0)
    .map(({ type, data }) => [type, data]);

const wifi = codec.rpcData(1, codec.packTexts(["MyWirelessAP", "mysecurepassword"]));
const MADE: [string, string, string][] = [
  ["get state", codec.frame(3, codec.rpcData(2, "")), "03 02 02 00 e5"],
  ["device information", codec.frame(3, codec.rpcData(3, "")), "03 02 03 00 e6"],
  ["scan", codec.frame(3, codec.rpcData(4, "")), "03 02 04 00 e7"],
  ["state ready", codec.frame(1, "\x02"), "01 01 02 e2"],
  ["state joining", codec.frame(1, "\x03"), "01 01 03 e3"],
  ["state joined", codec.frame(1, "\x04"), "01 01 04 e4"],
  ["no error", codec.frame(2, "\0"), "02 01 00 e1"],
  ["error unable to connect", codec.frame(2, "\x03"), "02 01 03 e4"],
  ["end of a scan", codec.result(4, []), "04 02 04 00 e8"],
  [
    "address after joining",
    codec.result(1, ["http://10.0.0.9/"]),
    `04 13 01 11 10 ${Buffer.from("http://10.0.0.9/").toString("hex")} 22`,
  ],
  [
    "Wi-Fi settings",
    codec.frame(3, wifi),
    `03 20 01 1e 0c ${Buffer.from("MyWirelessAP").toString("hex")} 10 ${Buffer.from("mysecurepassword").toString("hex")} c1`,
  ],
];
for (const [name, made, hex] of MADE) {
  test(`${name}: ${hex.slice(0, 30)}`, () => {
    assert.is(made, framed(hex));
    assert.is(frames(made).length, 1);
  });
}

test("no result has exactly ten bytes of data, which line-reading clients lose", () => {
  for (let length = 0; length < 40; length++) {
    const name = "n".repeat(length);
    const [[, data] = []] = frames(codec.result(6, [name]));
    const text = `${data}`;
    assert.is.not(text.length, 10, name);
    assert.is(codec.unpackTexts(text.slice(2))?.[0], name);
  }
});

test("texts come back as they were packed; a length that does not fit is refused", () => {
  for (const texts of [[], [""], ["a", "", "caf\xc3\xa9"], ["x".repeat(255)]]) {
    assert.equal(codec.unpackTexts(codec.packTexts(texts)), texts);
  }
  for (const bad of ["\x02a", "\x01a\x05b", "\xff"]) assert.is(codec.unpackTexts(bad), undefined);
});

test("a byte that breaks a header is looked at again as the first of one", () => {
  const frame = bytes(`${HEADER}03020200e5`);
  for (const before of ["I", "IM", "IMPROI", "IIIMP", "IMPROV\x02", "print(1)\nI"]) {
    const { found } = pieces(before + frame);
    assert.is(found[0]?.text, before);
    assert.equal(frames(before + frame), [[3, "\x02\0"]]);
  }
});

test("a frame may come in any pieces, and what is about it is kept apart", () => {
  const frame = bytes(`${HEADER}03020200e5`);
  const whole = `abc${frame}def`;
  for (let cut = 4; cut < 3 + frame.length; cut++) {
    const first = codec.nextPiece(whole.slice(0, cut));
    assert.equal([first.text, first.type], ["abc", 0], `${cut}`);
    const second = codec.nextPiece(first.rest + whole.slice(cut));
    assert.equal([second.type, second.data, second.rest], [3, "\x02\0", "def"], `${cut}`);
  }
});

test("a damaged frame is left out, and one that begins inside it is found", () => {
  const good = bytes(`${HEADER}03020200e5`);
  assert.equal(frames(bytes(`${HEADER}03020200e6`)), []);
  assert.ok(pieces(bytes(`${HEADER}03020200e6`)).found[0]?.isDamaged);
  // Its length byte was lost: what it takes for data is the next frame.
  assert.equal(frames(bytes(`${HEADER}030a01`) + good), [[3, "\x02\0"]]);
  assert.ok(codec.isSurelyImprov(good.slice(0, 7)));
  assert.not.ok(codec.isSurelyImprov(good.slice(0, 6)));
});

test("random bytes around and in 2000 frames: nothing is lost but what was hit", () => {
  const random = createRandom(5);
  const noise = () =>
    Array.from({ length: Math.floor(random() * 20) }, () =>
      String.fromCharCode(Math.floor(random() * 256)),
    ).join("");
  for (let round = 0; round < 2000; round++) {
    const data = codec.rpcData(1, noise());
    const before = noise();
    const got = frames(`${before}${codec.frame(3, data)}`);
    // Noise that itself looks like the head of a frame does not come up in these rounds.
    assert.equal(got, [[3, data]], `round ${round}`);
  }
});

test.run();
