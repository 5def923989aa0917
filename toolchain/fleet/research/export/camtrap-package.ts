/**
 * A project as a Camtrap DP 1.0.2 package: three tables, the custom table `failures` where there were any, datapackage.json.
 * Source: https://camtrap-dp.tdwg.org
 */
import { DEPLOYMENT_FIELDS, type Field, MEDIA_FIELDS, OBSERVATION_FIELDS } from "../camtrap-dp.ts";
import type { FailurePeriod } from "../source.ts";
import { tableChunks } from "./csv.ts";
import { descriptorOf, newSeen } from "./descriptor.ts";
import type { PackageOutput } from "./output.ts";
import { type ExportReport, newReport } from "./report.ts";
import type { ExportDeployment, ExportView } from "./view.ts";

export const FAILURE_FIELDS: readonly Field<keyof FailurePeriod>[] = [
  { name: "deploymentID", type: "string", isRequired: true },
  { name: "failureStart", type: "datetime", isRequired: true },
  { name: "failureEnd", type: "datetime", isRequired: true },
  { name: "reason", type: "string", isRequired: true },
];

export async function writeCamtrapPackage(
  view: ExportView,
  output: PackageOutput,
): Promise<ExportReport> {
  const report = newReport();
  const seen = newSeen();
  // The standard has no row for a camera that stands nowhere.
  const placed = new Map<string, ExportDeployment>();
  for (const [id, deployment] of view.deploymentsByID) {
    if (Number.isNaN(deployment.latitude) || Number.isNaN(deployment.longitude)) {
      report.withoutPlace.push(id);
    } else placed.set(id, deployment);
  }
  const ofPlaced = <T extends { deploymentID: string }>(rows: AsyncIterable<T>) =>
    report.withoutPlace.length ? only(rows, placed) : rows;
  await output.write(
    "deployments.csv",
    tableChunks(DEPLOYMENT_FIELDS, placed.values(), () => report.deployments++),
  );
  await output.write(
    "media.csv",
    tableChunks(MEDIA_FIELDS, ofPlaced(view.media()), ({ captureMethod }) => {
      report.media += 1;
      if (captureMethod) seen.captureMethods.add(captureMethod);
    }),
  );
  await output.write(
    "observations.csv",
    tableChunks(OBSERVATION_FIELDS, ofPlaced(view.observations()), (row) => {
      report.observations += 1;
      seen.observationLevels.add(row.observationLevel);
      if (row.scientificName) seen.taxa.add(row.scientificName);
      if (row.individualID) seen.hasIndividuals = true;
    }),
  );
  const failures = only(view.failures(), placed);
  const first = await failures.next();
  if (!first.done) {
    await output.write(
      "failures.csv",
      tableChunks(FAILURE_FIELDS, startingWith(first.value, failures)),
    );
  }
  const about = { ...view, deploymentsByID: placed };
  const { descriptor, assumed } = descriptorOf(about, seen, { hasFailures: !first.done });
  report.assumed = assumed;
  await output.write("datapackage.json", `${JSON.stringify(descriptor, undefined, 2)}\n`);
  return report;
}

async function* only<T extends { deploymentID: string }>(
  rows: AsyncIterable<T>,
  deployments: Map<string, unknown>,
): AsyncGenerator<T> {
  for await (const row of rows) if (deployments.has(row.deploymentID)) yield row;
}

async function* startingWith<T>(first: T, rest: AsyncIterable<T>): AsyncGenerator<T> {
  yield first;
  yield* rest;
}
