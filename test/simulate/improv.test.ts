/** Random sessions of setting a camera up by Improv; `npm run simulate:improv SEED N` has more. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { fakeBench } from "./improv-bench.ts";
import { liveImprov, type Session } from "./improv-run.ts";

test("over a bad line a camera is set up or says rightly why not, and is soon ready again", async () => {
  const sessions: Session[] = [];
  for (let seed = 1; seed <= 1000; seed++) sessions.push(await liveImprov(seed, fakeBench));
  const bad = sessions.filter(({ problem }) => problem);
  assert.equal(
    bad.map(({ seed, problem }) => `seed ${seed}: ${problem}`),
    [],
  );
  const finished = sessions.filter(({ isFinished }) => isFinished).length;
  assert.ok(finished > 500, `${finished} were finished`);
  assert.ok(finished < 1000, "the line was bad");
});

test.run();
