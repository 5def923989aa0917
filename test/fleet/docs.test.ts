/** docs/server.md and docs/protocol.md say what the server does: routes, errors, examples. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { createSimulatedClock } from "../../toolchain/fleet/clock.ts";
import { HTTP_ERRORS } from "../../toolchain/fleet/http-errors.ts";
import { ROOT } from "../support/skip.ts";
import { addCamera, exchange, heartbeat, withFleet } from "./support/fleet.ts";

const read = (name: string): string => readFileSync(join(ROOT, "docs", name), "utf8");

test("every error code is in the guide with its status, and no other", () => {
  const rows = [...read("server.md").matchAll(/^\| (\d{3}) +\| (.*?) *\|$/gm)];
  const documented = rows.flatMap(([, status, codes = ""]) =>
    [...codes.matchAll(/`(\w+)`/g)].map(([, code]) => `${code} ${status}`),
  );
  const actual = Object.entries(HTTP_ERRORS).map(([code, { status }]) => `${code} ${status}`);
  assert.equal(documented.sort(), actual.sort());
});

test("every route is in the guide", async () => {
  const guide = read("server.md");
  await withFleet(
    async ({ server }) => {
      for (const { method, url } of server.routes) {
        if (url === "/" || url.startsWith("/device/")) continue;
        assert.ok(guide.includes(`\`${method} ${url}`), `${method} ${url}`);
      }
    },
    { clock: createSimulatedClock(0) },
  );
});

test("the protocol's example is a check-in the server takes", async () => {
  const [example = ""] = read("protocol.md").match(/(?<=```json\n)\{[\s\S]*?(?=```)/) ?? [];
  await withFleet(async (fleet) => {
    const body = JSON.parse(example);
    const { "...": _, ...shown } = body.heartbeat;
    const sent = { ...body, heartbeat: heartbeat(shown) };
    const reply = await exchange(fleet, await addCamera(fleet), sent);
    assert.equal(reply.acknowledged, ["7-12", "7-13", "7-14"]);
    assert.equal(reply.refused, []);
    assert.equal(fleet.problems, []);
  });
});

test.run();
