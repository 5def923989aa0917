/** The console's character machine with a fake interpreter behind it. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { openBrackets } from "../../../toolchain/emulator/board/console/brackets.ts";
import { LineEditor } from "../../../toolchain/emulator/board/console/line-editor.ts";

/** An editor whose lines are recorded; "1+1" answers 2, "print" prints p. */
function setup() {
  const lines: string[] = [];
  const packets: [number, string][] = [];
  let out = "";
  const editor: LineEditor = new LineEditor({
    send: (bytes) => {
      out += bytes;
    },
    execute: (line) => {
      lines.push(line);
      if (line === "print") {
        editor.removeLine();
        out += "p\r\n";
      }
      return () => (line === "1+1" ? "2" : "undefined");
    },
    packet: (type, data) => packets.push([type, data]),
    packetTimer: () => {},
    identity: () => "Espruino TEST",
  });
  /** One turn: all bytes, then the prompt comes back. Returns what was sent meanwhile. */
  const turn = (bytes: string): string => {
    out = "";
    for (const char of bytes) editor.receive(char.charCodeAt(0));
    editor.returnLine();
    return out;
  };
  return { editor, lines, packets, turn, sent: () => out };
}

test("echoes, shows the result and the prompt", () => {
  const { turn } = setup();
  assert.is(turn("\n"), "\r\n>");
  assert.is(turn("1+1\n"), "1+1\r\n=2\r\n>");
});

test("DLE switches echo, result and prompt off for one line", () => {
  const { turn } = setup();
  assert.is(turn("\x101+1\n"), "");
  assert.is(turn("\x10print\n"), "p\r\n>");
  assert.is(turn("1+1\n"), "1+1\r\n=2\r\n>");
});

test("lines that arrive together are not echoed once the first has run", () => {
  const { turn, lines } = setup();
  assert.is(turn("1+1\n1+1\n"), "1+1\r\n=2\r\n=2\r\n>");
  assert.equal(lines, ["1+1", "1+1"]);
});

test("open brackets continue the line after a colon", () => {
  const { turn, lines } = setup();
  assert.is(turn("if (1) {\n"), "if (1) {\r\n:");
  assert.is(turn("x}\n"), "x}\r\n=undefined\r\n>");
  assert.equal(lines, ["if (1) {\nx}"]);
});

test("ESC newline adds a line without running it", () => {
  const { turn, lines } = setup();
  assert.is(turn("\x10a\x1b\nb\x1b\nc\n"), "");
  assert.equal(lines, ["a\nb\nc"]);
});

test("a source line number is swallowed", () => {
  const { turn, lines } = setup();
  turn("\x10\x1b[12dfoo()\n");
  assert.equal(lines, ["foo()"]);
});

test("without echo nothing is shown", () => {
  const { editor, turn } = setup();
  editor.isEchoOn = false;
  assert.is(turn("1+1\n"), "");
});

test("the cursor moves, inserts and deletes within the line", () => {
  const { turn, lines } = setup();
  assert.is(turn("ac\x1b[Db"), "ac\x1b[Dbc \b\b\bb");
  turn("\x1b[C\x7f\n");
  assert.equal(lines, ["ab"]);
});

test("delete, home and end keys", () => {
  const { turn, lines } = setup();
  turn("abcd\x1b[H\x1b[3~\x1b[FX\x1b[1~Y\x1b[4~Z\n");
  assert.equal(lines, ["YbcdXZ"]);
});

test("arrow up brings the last line back, edits leave history alone", () => {
  const { turn, lines } = setup();
  turn("one\n");
  turn("two\n");
  assert.is(turn("\x1b[A"), "\x1b[Jtwo");
  assert.is(turn("\x1b[A"), "\x1b[D\x1b[D\x1b[D\x1b[Jone");
  assert.is(turn("\x1b[B"), "\x1b[D\x1b[D\x1b[D\x1b[Jtwo");
  turn("!\n");
  turn("\x1b[A\x1b[A\n");
  assert.equal(lines, ["one", "two", "two!", "two"]);
});

test("output while typing clears the line and draws it again", () => {
  const { editor, turn } = setup();
  turn("abc");
  editor.removeLine();
  assert.is(turn(""), ">abc");
});

test("ESC [ 2 H throws the line away", () => {
  const { turn, lines } = setup();
  turn("abc\x1b[2H");
  turn("ok\n");
  assert.equal(lines, ["ok"]);
});

test("ENQ on an empty line says who is there", () => {
  const { turn } = setup();
  assert.is(turn("\x05"), "Espruino TEST\r\n");
  assert.is(turn("a\x05"), "a");
});

test("a packet is framed by its length and keeps the typed line", () => {
  const { turn, packets, lines } = setup();
  turn("ab");
  turn("\x10\x01\x20\x031+2");
  turn("\x10\x01\x80\x05a\nb\x03c");
  turn("\x10\x01\x60\x00");
  assert.equal(packets, [
    [0x2000, "1+2"],
    [0x8000, "a\nb\x03c"],
    [0x6000, ""],
  ]);
  turn("c\n");
  assert.equal(lines, ["abc"]);
});

test("a locked console compares, and shows nothing of what is typed", () => {
  const { editor, turn, lines } = setup();
  editor.password = "secret";
  editor.isLocked = true;
  assert.is(turn("1+1\n"), "\r\n  Invalid password\r\npassword>");
  assert.is(turn("secret\n"), "\r\n  Logged in.\r\n>");
  assert.equal(lines, []);
});

for (const [source, depth] of [
  ["", 0],
  ["f(", 1],
  ["f({[", 3],
  ["}", -1],
  ['"("', 0],
  ["'\\'('", 0],
  ["// (", 0],
  ["/* (", 1000],
  ["`(", 1000],
  ["`a(`", 0],
  ["/[(]/.test(x", 1],
  ["a / b / (c", 1],
  ["x = /\\//; (", 1],
  ['"unfinished (', 0],
  ["return /(/", 0],
] as const) {
  test(`counts ${depth} open brackets in ${JSON.stringify(source)}`, () => {
    assert.is(openBrackets(source), depth);
  });
}

test.run();
