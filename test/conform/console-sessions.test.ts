/** Recorded console sessions replayed on the emulator, byte for byte. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { replay, SESSIONS } from "./sessions.ts";

for (const session of SESSIONS) {
  const { sent, received } = session;
  test(`typed as recorded: ${JSON.stringify(sent.join("")).slice(0, 60)}`, async () => {
    const answers = await replay(session);
    for (const [index, heard] of answers.entries()) {
      assert.is(JSON.stringify(heard), JSON.stringify(received[index]), `input ${index + 1}`);
    }
    assert.is(answers.length, received.length);
  });
}

test("there are sessions to compare with", () => {
  assert.ok(SESSIONS.length > 50);
});

test.run();
