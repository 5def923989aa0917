/**
 * The fleet for Prometheus, text format 0.0.4: aggregates by site and release, never by camera, so that the number of series
 * does not grow with the fleet. Names: https://prometheus.io/docs/practices/naming/
 */
import type { Db } from "../db/open.ts";
import { NOWHERE } from "../rights/reach.ts";
import { listCameras } from "../store/cameras.ts";

export const METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** Upper bounds, volts and points. */
const VOLTS = [3.3, 3.5, 3.6, 3.7, 3.8, 3.9, 4, 4.1, 4.2, 6, 9, 13];

type Labels = Record<string, string>;
type Sample = [labels: Labels, value: number];

interface Metric {
  name: string;
  type: "counter" | "gauge" | "histogram";
  help: string;
  samples: (Sample | [labels: Labels, value: number, suffix: string])[];
}

export async function metricsText(db: Db, version: string, nowMs: number): Promise<string> {
  const metrics = [
    gauge("thicket_build_info", "Version of the server; always 1.", [[{ version }, 1]]),
    ...cameraMetrics(await listCameras(db, { nowMs, exact: NOWHERE })),
    ...(await dayMetrics(db)),
    await observationMetric(db),
    await rolloutMetric(db),
  ];
  return metrics.map(textOf).join("");
}

function cameraMetrics(cameras: Awaited<ReturnType<typeof listCameras>>): Metric[] {
  const heard = cameras.flatMap(({ heartbeat, site }) => (heartbeat ? [{ heartbeat, site }] : []));
  return [
    gauge(
      "thicket_cameras",
      "Cameras by how late they are against their own promised interval.",
      countBy(cameras, ({ site, status }) => ({ site, state: status })),
    ),
    gauge(
      "thicket_camera_releases",
      "Cameras by the version of their program.",
      countBy(heard, ({ site, heartbeat }) => ({ site, release: heartbeat.appVersion })),
    ),
    gauge(
      "thicket_backlog_pictures",
      "Pictures that wait on cameras, as last reported.",
      sumBy(heard, ({ site, heartbeat }) => [{ site }, heartbeat.queuedMedia]),
    ),
    gauge(
      "thicket_backlog_records",
      "Records that wait on cameras, as last reported.",
      sumBy(heard, ({ site, heartbeat }) => [{ site }, heartbeat.queuedRecords]),
    ),
    voltages(heard),
  ];
}

function voltages(heard: { heartbeat: { batteryMv: number }; site: string }[]): Metric {
  const measured = heard.filter(({ heartbeat }) => heartbeat.batteryMv > 0);
  const sites = [...new Set(measured.map(({ site }) => site))];
  const samples = sites.flatMap((site) => {
    const volts = measured
      .filter((row) => row.site === site)
      .map(({ heartbeat }) => heartbeat.batteryMv / 1000);
    const upTo = (bound: number) => volts.filter((value) => value <= bound).length;
    const sum = volts.reduce((total, value) => total + value, 0);
    return [
      ...VOLTS.map((le) => [{ site, le: String(le) }, upTo(le), "_bucket"] as Metric["samples"][0]),
      [{ site, le: "+Inf" }, volts.length, "_bucket"] as Metric["samples"][0],
      [{ site }, Math.round(sum * 1000) / 1000, "_sum"] as Metric["samples"][0],
      [{ site }, volts.length, "_count"] as Metric["samples"][0],
    ];
  });
  const help = "Battery voltage of the cameras that measure it, as last reported.";
  return { name: "thicket_camera_battery_volts", type: "histogram", help, samples };
}

/** Column of health_days, name, help. Days are never removed, so that the sums only grow. */
const COUNTERS = [
  ["contacts", "thicket_heartbeats_total", "Heartbeats received."],
  ["boots", "thicket_boots_total", "Starts of cameras."],
  ["resets", "thicket_unannounced_restarts_total", "Starts of cameras that nobody announced."],
  ["triggers", "thicket_triggers_total", "Triggers of motion sensors."],
  ["captures", "thicket_captures_total", "Pictures taken."],
  ["captureFailures", "thicket_capture_failures_total", "Pictures that could not be taken."],
  ["poweredS", "thicket_powered_seconds_total", "Time with power, as cameras counted it."],
  [
    "unableS",
    "thicket_unable_seconds_total",
    "Of it, time without the ability to take and keep a picture.",
  ],
] as const;

async function dayMetrics(db: Db): Promise<Metric[]> {
  const rows = await db
    .selectFrom("health_days")
    .innerJoin("deployments", (join) =>
      join
        .onRef("deployments.cameraID", "=", "health_days.cameraID")
        .on("deployments.deploymentEnd", "is", null),
    )
    .select((row) => [
      "deployments.siteID as site",
      ...COUNTERS.map(([column]) => row.fn.sum<number>(`health_days.${column}`).as(column)),
    ])
    .groupBy("deployments.siteID")
    .orderBy("deployments.siteID")
    .execute();
  return COUNTERS.map(([column, name, help]) => ({
    ...{ name, help, type: "counter" as const },
    samples: rows.map((row): Sample => [{ site: row.site ?? "" }, Number(row[column])]),
  }));
}

/** A gauge: people decide, and what was counted as one thing is another. */
async function observationMetric(db: Db): Promise<Metric> {
  const rows = await db
    .selectFrom("observation_sums")
    .select((row) => ["observationType as type", row.fn.sum<number>("records").as("count")])
    .groupBy("observationType")
    .orderBy("observationType")
    .execute();
  const samples = rows.map(({ type, count }): Sample => [{ type }, Number(count)]);
  const help = "Observations, by what they are held to be.";
  return { name: "thicket_observations", type: "gauge", help, samples };
}

async function rolloutMetric(db: Db): Promise<Metric> {
  const rows = await db
    .selectFrom("rollout_members")
    .innerJoin("rollouts", "rollouts.rolloutID", "rollout_members.rolloutID")
    .select((row) => ["rollouts.releaseID", "state", row.fn.countAll<number>().as("count")])
    .groupBy(["rollouts.releaseID", "state"])
    .orderBy("rollouts.releaseID")
    .execute();
  return gauge(
    "thicket_rollout_cameras",
    "Cameras in roll-outs by release and state.",
    rows.map(
      ({ releaseID, state, count }): Sample => [{ release: releaseID, state }, Number(count)],
    ),
  );
}

const gauge = (name: string, help: string, samples: Sample[]): Metric => ({
  ...{ name, type: "gauge", help, samples },
});

const countBy = <T>(rows: T[], labelsOf: (row: T) => Labels): Sample[] =>
  sumBy(rows, (row) => [labelsOf(row), 1]);

function sumBy<T>(rows: T[], sampleOf: (row: T) => Sample): Sample[] {
  const sums = new Map<string, Sample>();
  for (const row of rows) {
    const [labels, value] = sampleOf(row);
    const key = JSON.stringify(labels);
    sums.set(key, [labels, value + (sums.get(key)?.[1] ?? 0)]);
  }
  return [...sums.values()];
}

function textOf({ name, type, help, samples }: Metric): string {
  const lines = samples.map(([labels, value, suffix = ""]) => {
    const pairs = Object.entries(labels).map(([key, text]) => `${key}="${escaped(text)}"`);
    return `${name}${suffix}{${pairs.join(",")}} ${value}\n`;
  });
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join("")}`;
}

const escaped = (text: string): string =>
  text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll('"', '\\"');
