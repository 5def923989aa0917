/** The client of commands: what it must not rely on between two requests. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { fleetClient } from "../../toolchain/fleet/client.ts";
import { createSimulatedClock } from "../../toolchain/fleet/clock.ts";
import { addCameraAt, FILE, publish } from "./rollout/support.ts";
import { getJson, operate, withFleet } from "./support/fleet.ts";

test("a command that was busy for long does not use a connection that the server has closed", async () => {
  const ports = new Set<number | undefined>();
  const server = createServer((request, response) => {
    ports.add(request.socket.remotePort);
    response.end("{}");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const client = fleetClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, "token");
  await client.get("/api/v1/summary");
  await client.send("POST", "/api/v1/claims", {});
  assert.is(ports.size, 2);
  server.close();
});

test("with a simulated clock a camera falls silent by that clock", async () => {
  const startMs = Date.parse("2026-06-01T00:00:00Z");
  const clock = createSimulatedClock(startMs);
  await withFleet(
    async (fleet) => {
      const camera = await addCameraAt(fleet, "north");
      await publish(fleet, 2, FILE);
      const plan = { rings: [100], soakMs: 3_600_000 };
      await operate(fleet, "POST", "/api/v1/rollouts", { releaseID: "app-2", plan });
      await camera.live();
      const now = new Date(startMs + 4 * 3_600_000).toISOString();
      await operate(fleet, "PUT", "/api/v1/clock", { now });
      const { cameras } = await getJson(fleet, "/api/v1/rollouts/1");
      assert.is(cameras[0].state, "silent");
    },
    { clock },
  );
});

test.run();
