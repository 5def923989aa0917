/** The commands for research data: rows of the program's table (cli.ts), nothing else. */
import type { CommandRow } from "../command-line.ts";
import { FLEET_OPTIONS, JSON_OPTION, PROJECT_OPTION } from "./options.ts";

const DATA_OPTIONS = {
  ...FLEET_OPTIONS,
  data: { type: "string", value: "DIR", help: "data folder of a stopped server instead" },
  ...PROJECT_OPTION,
} as const;

export const RESEARCH_COMMANDS: CommandRow[] = [
  {
    name: "export",
    summary: "a project's data as a package for others, or check a Camtrap DP package",
    arguments: "camtrap-dp|dwca|wildlife-insights|megadetector|csv|parquet|check [DIR]",
    options: {
      out: { type: "string", value: "PATH", help: "a new folder, or a file that ends in .zip" },
      ...DATA_OPTIONS,
      site: { type: "string", value: "NAMES", help: "only these sites, by comma" },
      from: { type: "string", value: "TIME", help: "only from this day or time on" },
      to: { type: "string", value: "TIME", help: "only before this day or time" },
      taxon: { type: "string", value: "NAMES", help: "only these scientific names, by comma" },
      media: { type: "boolean", help: "also the picture files" },
      exact: { type: "boolean", help: "sensitive places as they are (right: locate)" },
      people: { type: "boolean", help: "also pictures of people (right: manage)" },
      ...JSON_OPTION,
    },
    examples: [
      "toolchain export camtrap-dp --out my-package",
      'toolchain export dwca --out dwca.zip --from 2026-01-01 --taxon "Vulpes vulpes"',
      "toolchain export check my-package",
    ],
    load: () => import("./export.ts"),
  },
  {
    name: "import",
    summary: "research data into a project: packages, results, photographs",
    arguments: "camtrap-dp|wildlife-insights|megadetector|photos PATH",
    options: {
      ...DATA_OPTIONS,
      "skip-bad": { type: "boolean", help: "take the good rows when others are bad" },
      timezone: {
        type: "string",
        value: "OFFSET",
        help: "zone of times that name none, such as +02:00 (default Z)",
      },
      deployment: { type: "string", value: "ID", help: "deployment of the photographs" },
      latitude: { type: "string", value: "DEG", help: "where it stood, decimal degrees" },
      longitude: { type: "string", value: "DEG", help: "where it stood, decimal degrees" },
      interval: { type: "string", value: "MIN", help: "pause that ends an event (default 30)" },
      ...JSON_OPTION,
    },
    examples: [
      "toolchain import camtrap-dp my-package --project mica",
      "toolchain import photos /media/sd/DCIM --deployment ridge-1 --latitude 46.5 --longitude 8.2",
    ],
    load: () => import("./import.ts"),
  },
  {
    name: "analyze",
    summary: "statistics of a Camtrap DP package; without a name, which there are",
    arguments: "[NAME]",
    options: {
      package: {
        type: "string",
        value: "DIR",
        help: "folder of the package, or its datapackage.json",
      },
      taxon: { type: "string", value: "NAMES", help: "only these scientific names, by comma" },
      independence: {
        type: "string",
        value: "MIN",
        help: "minutes between independent records (default 0: the package's events)",
      },
      "compared-to": {
        type: "string",
        value: "WHAT",
        help: "lastRecord (default) or lastIndependentRecord",
      },
      occasion: { type: "string", value: "DAYS", help: "length of an occasion (default 7)" },
      time: {
        type: "string",
        value: "HOW",
        help: "time of day: solarMean (default), average or equinoctial",
      },
      protocol: { type: "string", value: "NAME", help: "protocol to compare with: snapshot-usa" },
      level: { type: "string", value: "PCT", help: "level of intervals (default 95)" },
      bootstraps: { type: "string", value: "N", help: "resamples (default 999)" },
      seed: { type: "string", value: "N", help: "seed of the resamples (default 1)" },
      svg: { type: "string", value: "FILE", help: "also write the first plot" },
      ...JSON_OPTION,
    },
    examples: [
      "toolchain analyze",
      "toolchain analyze rai --package my-package",
      'toolchain analyze overlap --package my-package --taxon "Vulpes vulpes,Meles meles" --time average',
    ],
    load: () => import("./analyze.ts"),
  },
];
