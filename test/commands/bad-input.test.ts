/** Everything a user can get wrong: one clear line that names the thing, the right exit code, nothing half-written. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { EXIT } from "../../toolchain/errors.ts";
import { assertRefused, toolchain, toolchainHere } from "../support/toolchain.ts";
import { MODEL, withUnknownOperator } from "../support/unsupported-model.ts";

/** Command, exit code, the line. */
type Row = [command: string, status: number, message: RegExp];

/** Type each command in a folder of its own with these files ("name/" is a folder); afterwards nothing else is in it. */
async function refuse(rows: Row[], files: Record<string, string | Uint8Array> = {}): Promise<void> {
  const cwd = mkdtempSync(join(tmpdir(), "thicket-bad-input-"));
  for (const [name, data] of Object.entries(files)) {
    if (name.endsWith("/")) mkdirSync(join(cwd, name), { recursive: true });
    else writeFileSync(join(cwd, name), data);
  }
  const content = () =>
    readdirSync(cwd, { recursive: true, withFileTypes: true })
      .map((entry) => {
        const path = join(entry.parentPath, entry.name);
        return entry.isFile() ? `${path} ${readFileSync(path, "latin1")}` : path;
      })
      .sort();
  const before = content();
  try {
    for (const [index, [command, status, message]] of rows.entries()) {
      const args = command.split(" ");
      // The first of each table as a process of its own; also servers, which change what a process is.
      const isOwn = index === 0 || /^(demo|serve) /.test(command);
      const ended = isOwn ? await toolchain(args, { cwd }) : await toolchainHere(args, cwd);
      assertRefused(ended, status, message);
    }
    assert.equal(content(), before);
  } finally {
    rmSync(cwd, { recursive: true });
  }
}

async function withBusyPort(body: (port: number) => Promise<void>): Promise<void> {
  const occupant = createServer();
  await new Promise<void>((resolve) => occupant.listen(0, "127.0.0.1", resolve));
  const address = occupant.address();
  try {
    await body(typeof address === "object" && address ? address.port : 0);
  } finally {
    await new Promise((resolve) => occupant.close(resolve));
  }
}

test("a folder of photographs that is none, is empty, or holds a damaged picture", async () => {
  // Starts and ends as a JPEG does; nothing between makes sense.
  const damaged = Buffer.concat([
    Buffer.from([0xff, 0xd8, 0xff, 0xe0]),
    Buffer.alloc(2000, 7),
    Buffer.from([0xff, 0xd9]),
  ]);
  await refuse(
    [
      ["emulate --frames nowhere", EXIT.config, /the folder nowhere does not exist/],
      ["demo --exit --port 0 --data d --frames nowhere", EXIT.config, /the folder nowhere does/],
      ["emulate --frames empty", EXIT.config, /the folder empty holds no photographs/],
      ["demo --exit --port 0 --data d --frames empty", EXIT.config, /empty holds no photographs/],
      ["emulate --frames damaged --json", EXIT.config, /damaged\/one\.jpg is not a readable pict/],
      ["demo --exit --port 0 --data d --frames damaged", EXIT.config, /damaged\/one\.jpg is not a/],
    ],
    { "empty/": "", "damaged/": "", "damaged/one.jpg": damaged },
  );
});

test("a model that will not run, and an input of the wrong size", async () => {
  await refuse(
    [
      ["model check cut.tflite", EXIT.config, /cut\.tflite will not run: MODEL_BOUNDS: /],
      ["model check odd.tflite", EXIT.config, /odd\.tflite .* operator 23 \(STRIDED_SLICE\)/],
      ["model check nowhere.tflite", EXIT.config, /cannot read nowhere\.tflite: no such file/],
      [
        "model run good.tflite --input short.raw --output out.raw",
        EXIT.config,
        /the input has 5 bytes, but one sample of this model takes 27648/,
      ],
      ["model run odd.tflite --input short.raw --output out.raw", EXIT.config, /STRIDED_SLICE/],
    ],
    {
      "cut.tflite": readFileSync(MODEL).subarray(0, 30_000),
      "odd.tflite": withUnknownOperator(),
      "good.tflite": readFileSync(MODEL),
      "short.raw": "short",
    },
  );
});

test("a port in use, and one where nobody listens", async () => {
  await withBusyPort((port) =>
    refuse([
      [`serve --port ${port} --data d`, EXIT.network, new RegExp(`port ${port} is busy`)],
      [`demo --exit --port ${port} --data d`, EXIT.network, new RegExp(`port ${port} is busy`)],
    ]),
  );
  const server = "--server http://127.0.0.1:2 --name a --site b --token t";
  const nobody = /nothing answers at tcp:\/\/127\.0\.0\.1:2 \(ECONNREFUSED\)/;
  await refuse(
    [
      ["monitor --port tcp://127.0.0.1:2", EXIT.noDevice, nobody],
      ["upload blink.ts --port tcp://127.0.0.1:2", EXIT.noDevice, nobody],
      [`provision --port tcp://127.0.0.1:2 ${server}`, EXIT.noDevice, nobody],
      ["monitor --port /dev/ttyNONE", EXIT.noDevice, /no serial port \/dev\/ttyNONE/],
    ],
    { "blink.ts": "digitalWrite(D2, 1);\n" },
  );
});

test("a program that is too large, is refused by the check, or is not there", async () => {
  const words = Array.from({ length: 6000 }, (_, i) => `"word ${i * 7919}"`).join(",\n");
  await refuse(
    [
      ["build --entry large.ts --out o", EXIT.build, /over budget: \d+ of 65536 bytes$/m],
      ["build --entry refused.ts --out o", EXIT.build, /refused\.ts:2/],
      ["check refused.ts", EXIT.build, /problems?: the camera cannot run refused\.ts/],
      ["check nowhere.ts", EXIT.config, /no file nowhere\.ts/],
      ["upload nowhere.ts --port emulator", EXIT.config, /cannot read nowhere\.ts: no such file/],
      ["emulate --script nowhere.js", EXIT.config, /cannot read nowhere\.js: no such file/],
      ["emulate --script folder", EXIT.config, /cannot read folder: it is a folder/],
      ["upload bare.tflite --port emulator", EXIT.config, /cannot read labels\.txt: no such file/],
      ["upload folder --port emulator", EXIT.config, /cannot read folder: it is a folder/],
      ["check folder.ts", EXIT.config, /folder\.ts is not a file/],
      ["emulate --app empty.js", EXIT.config, /empty\.js is empty/],
      ["build --entry blink.ts --out blink.ts", EXIT.config, /cannot write into blink\.ts: a file/],
      ["emulate --app blink.ts --flash blink.ts", EXIT.config, /blink\.ts is not a flash image/],
    ],
    {
      "large.ts": `const words = [${words}];\nprint(words.length);\n`,
      "bare.tflite": "no model",
      "refused.ts": "let n = 0;\nprint(10n + BigInt(n));\n",
      "blink.ts": "digitalWrite(D2, 1);\n",
      "empty.js": "",
      "folder/": "",
      "folder.ts/": "",
    },
  );
});

test("options that mean nothing", async () => {
  const shown = /no board named "pico"/;
  await refuse(
    [
      ["fly", EXIT.usage, /no command named "fly"/],
      ["demo --hours x", EXIT.usage, /--hours must be a whole number from 1 to 240, not "x"/],
      ["demo --cameras 0", EXIT.usage, /--cameras must be a whole number from 1 to 50/],
      ["emulate --days 0", EXIT.usage, /--days must be a whole number/],
      ["serve --port 80000 --data d", EXIT.usage, /--port must be a whole number/],
      ["serve extra", EXIT.usage, /serve: Unexpected argument 'extra'/],
      ["build --board pico", EXIT.usage, shown],
      ["build --profile huge", EXIT.usage, /no profile named "huge"/],
      ["emulate --board pico", EXIT.usage, shown],
      ["upload --board pico --port emulator", EXIT.usage, shown],
      ["upload", EXIT.usage, /--port is missing/],
      ["monitor --port tcp://nowhere", EXIT.usage, /"tcp:\/\/nowhere" is not tcp:\/\/host:port/],
      ["provision --wifi-password -x", EXIT.usage, /'--wifi-password' argument is ambiguous$/],
      ["provision --name a", EXIT.usage, /provision needs --site, --server, --token/],
      ["model", EXIT.usage, /model: say check or run/],
    ],
    {},
  );
});

test.run();
