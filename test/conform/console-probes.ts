/**
 * Raw console bytes as recorded from the real interpreter in its ESP32-like build: name, bytes sent, bytes received
 * within 0.4 s. Left out of the recordings: lines that only the Linux port prints ("Press Ctrl-C again to exit", when
 * a packet's length byte happens to be 3) and its board name.
 */
export type Probe = [name: string, sent: string, received: string];

const BANNER =
  "\x1b[?7l\r\n ____                 _ \r\n|  __|___ ___ ___ _ _|_|___ ___ \r\n|  __|_ -| . |  _| | | |   | . |\r\n" +
  "|____|___|  _|_| |___|_|_|_|___|\r\n         |_| espruino.com\r\n 2v29.277 (c) 2026 G.Williams\r\n\r\n" +
  "Espruino is Open Source. Our work is supported\r\nonly by sales of official boards and donations:\r\n" +
  "http://espruino.com/Donate\r\n\r\n>";

const FOO_ERROR =
  'Uncaught ReferenceError: "foo" is not defined\r\n    at REPL (:1:1)\r\nfoo()\r\n^\r\n';

export const LINE_PROBES: Probe[] = [
  ["newline", "\n", "\r\n>"],
  ["expression with echo", "1+1\n", "1+1\r\n=2\r\n>"],
  ["DLE: no echo", "\x101+1\n", ""],
  ["DLE and print", "\x10print(5)\n", "5\r\n>"],
  ["string", '"abc"\n', '"abc"\r\n="abc"\r\n>'],
  ["undefined", "undefined\n", "undefined\r\n=undefined\r\n>"],
  ["object", "({a:1,b:[1,2]})\n", "({a:1,b:[1,2]})\r\n={ a: 1, \r\n  b: [ 1, 2 ]\r\n }\r\n>"],
  ["first of two lines", "if (1) {\n", "if (1) {\r\n:"],
  ["second of two lines", "print(7)}\n", "print(7)}\r\n7\r\n=undefined\r\n>"],
  ["error", "foo()\n", `foo()\r\n${FOO_ERROR}>`],
  ["error after DLE", "\x10foo()\n", `${FOO_ERROR}>`],
  ["enquiry", "\x05", "Espruino 2v29.277 ESP32S3\r\n"],
  ["echo(0)", "echo(0)\n", "echo(0)\r\n"],
  ["expression without echo", "2+2\n", ""],
  ["print without echo", "print(1)\n", "1\r\n"],
  ["error without echo", "foo()\n", FOO_ERROR],
  ["echo(1)", "echo(1)\n", "=undefined\r\n>"],
  ["arrow up", "\x1b[A", "\x1b[Jecho(1)"],
  ["run it again", "\n", "\r\n=undefined\r\n>"],
  ["ESC newline", "\x10function q(a) {\x1b\n  return a+1;\x1b\n}\n", ""],
  ["call it", "\x10print(q(1))\n", "2\r\n>"],
  ["line number", "\x10\x1b[12dfoo()\n", `${FOO_ERROR}>`],
  ["timer prints", '\x10setTimeout(function(){print("T")},100)\n', "\r\x1b[JT\r\n>"],
  [
    "timer prints while typing",
    '\x10setTimeout(function(){print("T")},200)\nabc',
    "abc\x1b[D\x1b[D\x1b[D\r\x1b[JT\r\n>abc",
  ],
  ["finish the line", "=1;\n", "=1;\r\n=1\r\n>"],
];

export const PACKET_PROBES: Probe[] = [
  ["EVAL", "\x10\x01 \x031+2", "\x06\x10\x01\x00\x013"],
  ["EVAL that prints", '\x10\x01 \nprint("x")', "\r\x1b[Jx\r\n\x06\x10\x01\x00\x04null>"],
  ["EVAL of an object", '\x10\x01 \r({a:1,s:"q"})', '\x06\x10\x01\x00\x0b{a:1,s:"q"}'],
  [
    "EVAL that fails",
    "\x10\x01 \x05foo()",
    '\r\x1b[J\x15Uncaught ReferenceError: "foo" is not defined\r\n    at :1:1\r\nfoo()\r\n^\r\n>',
  ],
  [
    "listeners",
    '\x10E.on("packet",function(d){print("PKT",d)});E.on("packetUpload",function(a,b,c){print("UP",a,b,c)})\n',
    "",
  ],
  ["EVENT", '\x10\x01@\x0f{hello:"world"}', '\r\x1b[JPKT { \r\n  "hello": "world"\r\n }\r\n\x06>'],
  ["FILE_SEND", '\x10\x01`\x11{fn:"t.txt",s:11}', "\x06"],
  [
    "first DATA",
    "\x10\x01\x80\x05hello",
    '\r\x1b[JUP { "l": 5, "o": 5, "s": 11, \r\n  "fn": "t.txt"\r\n } undefined undefined\r\n\x06>',
  ],
  [
    "last DATA",
    "\x10\x01\x80\x06 world",
    '\r\x1b[JUP { "l": 6, "o": 11, "s": 11, \r\n  "fn": "t.txt"\r\n } undefined undefined\r\n\x06>',
  ],
  ["DATA without a file", "\x10\x01\x80\x01x", "\x15"],
  ["what was written", '\x10print(require("Storage").read("t.txt"))\n', "hello world\r\n>"],
  ["FILE_RECV", '\x10\x01\xa0\x0c{fn:"t.txt"}', "\x06\x10\x01\x80\x0bhello world\x10\x01\x80\x00"],
  ["FILE_RECV of nothing", '\x10\x01\xa0\x0b{fn:"nope"}', "\x15"],
  ["FILE_SEND with bad JSON", "\x10\x01`\x03{fn", "\r\x1b[J\x15>"],
  ["FILE_SEND of nothing", '\x10\x01`\x0c{fn:"z",s:0}', "\x15"],
  ["FILE_SEND, too short", '\x10\x01`\x0c{fn:"o",s:3}', "\x06"],
  [
    "DATA, too long",
    "\x10\x01\x80\x05hello",
    '\r\x1b[JUP { "l": 5, "o": 5, "s": 3, \r\n  "fn": "o"\r\n } undefined undefined\r\n\x06Uncaught Error: Too much data for file size\r\n>',
  ],
  ["list", '\x10print(require("Storage").list())\n', '[ \r\n  "t.txt", \r\n  "o"\r\n ]\r\n>'],
  ["RESPONSE from the host", "\x10\x01\x00\x01x", "\x15"],
  ["unknown type", "\x10\x01\xc0\x01x", "\x15"],
];

export const STATE_PROBES: Probe[] = [
  [
    "dump()",
    "\x10dump()\n",
    'function q(a) {return a+1;}\r\nvar abc = 1;\r\nE.on("packet", function (d) {print("PKT",d)});\r\n' +
      'E.on("packetUpload", function (a,b,c) {print("UP",a,b,c)});\r\n',
  ],
  ["reset()", "reset()\n", `reset()\r\n=undefined\r\n${BANNER}`],
];
