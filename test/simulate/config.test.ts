/** Random lives of a camera's configuration; `npm run simulate:config` lives 100 000 of them. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { liveConfig } from "./config-run.ts";

test("a change arrives whole or not at all, and both ends agree in the end, whatever is lost or cut", () => {
  const lives = Array.from({ length: 2500 }, (_, seed) => liveConfig(seed + 1, 40));
  const bad = lives.filter(({ problem }) => problem);
  assert.equal(
    bad.map(({ seed, problem }) => `seed ${seed}: ${problem}`),
    [],
  );
  const count = (what: "reverts" | "cuts") => lives.reduce((sum, life) => sum + life[what], 0);
  assert.ok(count("reverts") > 500, "going back was tried");
  assert.ok(count("cuts") > 1000, "power went in writes");
});

test.run();
