/** An import over a server's API, as database-target.ts does it on a folder. */
import type { FleetClient } from "../../client.ts";
import type { Written } from "../sink.ts";
import type { ImportTarget, Judged } from "./target.ts";

export function serverTarget(fleet: FleetClient, projectID: string): ImportTarget {
  const path = `/api/v1/imports/${encodeURIComponent(projectID)}`;
  const rowsTo = (table: string) => (rows: unknown[]) =>
    fleet.send<Written>("POST", `${path}/${table}`, { rows });
  return {
    ...{ deployments: rowsTo("deployments"), media: rowsTo("media") },
    ...{ observations: rowsTo("observations"), failures: rowsTo("failures") },
    metadata: (metadata) => fleet.send("PUT", path, metadata),
    async judged(mediaIDs) {
      const answer = await fleet.send<{ judged: Record<string, Judged> }>(
        "POST",
        `${path}/judged`,
        { mediaIDs },
      );
      return new Map(Object.entries(answer.judged));
    },
    async keepPhotograph(sha256, bytes) {
      const file = { body: bytes, type: "image/jpeg" };
      await fleet.request("PUT", `${path}/photographs/${sha256}`, file);
    },
  };
}
