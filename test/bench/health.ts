/** Bytes of a routine check-in without records: heartbeat packed, against the same heartbeat as JSON. */
import { detailsOf, packHeartbeat } from "../../device/protocol/heartbeat.ts";
import { bootProvisioned } from "../device/camera.ts";
import type { Figure } from "./run.ts";

export async function figures(): Promise<Figure[]> {
  const camera = bootProvisioned();
  camera.ports.clock.pass(120);
  for (let contact = 0; contact < 2; contact++) {
    camera.console.checkIn();
    camera.ports.clock.pass(5);
  }
  const sent = camera.ports.links.requests.filter(({ url }) => url.endsWith("/check-in"));
  const body = sent.at(-1)?.body ?? "";
  const { heartbeat } = camera.console.status();
  // The heartbeat before it was packed: without the fields that came with the packed form.
  const { lens, poweredS, unableS, captureMsP50, captureMsP95, ...rest } = heartbeat;
  const { inferenceMsP50, inferenceMsP95, inferenceFailures, selfTest, ...before } = rest;
  const asJson = JSON.stringify({ ...JSON.parse(body), heartbeat: before });
  return [
    {
      ...{ name: "check-in bytes", value: body.length, unit: "bytes" },
      ...{ vs: `heartbeat as JSON: ${asJson.length} bytes` },
      ratio: Number((asJson.length / body.length).toPrecision(3)),
    },
    {
      ...{ name: "heartbeat", value: packHeartbeat(heartbeat).length, unit: "bytes" },
      ...{ vs: "", ratio: null },
    },
    {
      ...{ name: "details of a check-in", value: JSON.stringify(detailsOf(heartbeat)).length },
      ...{ unit: "bytes", vs: "", ratio: null },
    },
  ];
}
