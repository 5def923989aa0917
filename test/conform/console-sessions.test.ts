/**
 * Sessions typed at the console, recorded from the real interpreter (32-bit build with the ESP32's settings, its board
 * name replaced): each piece of input and what came back within 0.25 s.
 */
import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Emulator } from "../../toolchain/emulator/emulator.ts";

interface Session {
  sent: string[];
  received: string[];
}

const FILE = new URL("./console-sessions.json", import.meta.url);
const sessions: Session[] = JSON.parse(readFileSync(FILE, "utf8"));

for (const { sent, received } of sessions) {
  test(`typed as recorded: ${JSON.stringify(sent.join("")).slice(0, 60)}`, async () => {
    let heard = "";
    const emulator = Emulator.boot({
      onConsole: (bytes) => {
        heard += bytes;
      },
    });
    await emulator.run({ ms: 100 });
    for (const [index, bytes] of sent.entries()) {
      heard = "";
      emulator.console.write(bytes);
      await emulator.run({ ms: 250 });
      assert.is(JSON.stringify(heard), JSON.stringify(received[index]), `input ${index + 1}`);
    }
    emulator.close();
  });
}

test("there are sessions to compare with", () => {
  assert.ok(sessions.length > 50);
});

test.run();
