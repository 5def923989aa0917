/** Camtrap DP rows with only what a test is about. */
import type { Deployment, Observation } from "../../../../toolchain/fleet/research/camtrap-dp.ts";

export const deployment = (part: Partial<Deployment>): Deployment => ({
  deploymentID: "d1",
  latitude: 50,
  longitude: 5,
  deploymentStart: "2024-05-01T00:00:00Z",
  deploymentEnd: "2024-05-31T00:00:00Z",
  ...part,
});

let count = 0;
export const observation = (part: Partial<Observation>): Observation => ({
  observationID: `o${++count}`,
  deploymentID: "d1",
  eventStart: "2024-05-02T21:00:00Z",
  eventEnd: "2024-05-02T21:00:10Z",
  observationLevel: "event",
  observationType: "animal",
  ...part,
});
