/** The tables of `toolchain provision` and `toolchain camera`; the functions behind the rows are in files of their own. */
import type { CommandRow } from "../command-line.ts";
import { FLEET_OPTIONS, JSON_OPTION, TOKEN_OPTION } from "./options.ts";

const SERVER = { ...FLEET_OPTIONS, ...JSON_OPTION } as const;
const PLACE = {
  latitude: { type: "string", value: "DEG", help: "decimal degrees, -90 to 90" },
  longitude: { type: "string", value: "DEG", help: "decimal degrees, -180 to 180" },
  group: { type: "string", value: "NAME", help: "group whose configuration it takes" },
} as const;

export const PROVISION_COMMAND: CommandRow = {
  name: "provision",
  summary: "make a camera, or a list of them, known to a fleet server over its console",
  options: {
    port: {
      type: "string",
      value: "PORT",
      help: "serial device, tcp://host:port, or emulator; with --batch several: A,B",
    },
    server: {
      type: "string",
      value: "URL",
      help: "fleet server, for example http://192.168.1.5:8700",
    },
    ...TOKEN_OPTION,
    site: { type: "string", value: "NAME", help: "site the camera belongs to" },
    name: { type: "string", value: "NAME", help: "name of the camera" },
    ...PLACE,
    "wifi-ssid": { type: "string", value: "SSID", help: "network to join" },
    "wifi-password": {
      type: "string",
      value: "TEXT",
      help: "its password (or THICKET_WIFI_PASSWORD)",
    },
    releases: { type: "string", value: "DIR", help: "release folder whose keys it is to trust" },
    batch: {
      type: "string",
      value: "CSV",
      help: "list of cameras: name,site,group,latitude,longitude",
    },
    results: {
      type: "string",
      value: "CSV",
      help: "where --batch notes what is done (default CSV.done.csv)",
    },
    wait: { type: "string", value: "S", help: "how long --batch waits for a camera (default 600)" },
    labels: { type: "string", value: "HTML", help: "write labels for the cameras of --batch" },
    ...JSON_OPTION,
  },
  examples: [
    "toolchain provision --port emulator --server http://127.0.0.1:8700 --site ridge --name cam-1",
    "toolchain provision --port /dev/ttyACM0 --server http://192.168.1.5:8700 --site ridge --name cam-1",
    "toolchain provision --batch cameras.csv --port /dev/ttyACM0 --server http://192.168.1.5:8700 --labels labels.html",
  ],
  load: () => import("./provision.ts"),
};

export const SETUP_COMMAND: CommandRow = {
  name: "setup",
  summary: "set a camera up in the field, step by step, with a check-list and a card",
  options: {
    port: {
      type: "string",
      value: "PORT",
      help: "serial device, tcp://host:port, or emulator (default: found or asked)",
    },
    ...FLEET_OPTIONS,
    firmware: { type: "string", value: "DIR", help: "firmware to write where the board has none" },
    answers: { type: "string", value: "JSON", help: "file with answers, a key for each question" },
    yes: { type: "boolean", help: "take what is usual; only what has no usual answer is asked" },
    only: { type: "string", value: "STEPS", help: "only these steps, by comma" },
    skip: { type: "string", value: "STEPS", help: "all steps but these" },
    card: { type: "string", value: "HTML", help: "write the deployment card, to print" },
    ...JSON_OPTION,
  },
  examples: [
    "toolchain setup --server http://192.168.1.5:8700 --card cam-1.html",
    "toolchain setup --port emulator --only aim,pir",
    "toolchain setup --port /dev/ttyACM0 --answers answers.json --yes --json",
  ],
  load: () => import("./setup.ts"),
};

type Verb = Parameters<typeof import("./camera/verbs.ts")["command"]>[0];

const row = (
  name: Verb,
  summary: string,
  words: string | undefined,
  example: string,
  options: CommandRow["options"] = {},
): CommandRow => ({
  ...{ name, summary, ...(words && { arguments: words }), options: { ...options, ...SERVER } },
  examples: [`toolchain camera ${name}${example && ` ${example}`}`],
  load: async () => ({ run: (await import("./camera/verbs.ts")).command(name) }),
});

export const CAMERA_COMMANDS: CommandRow[] = [
  row("list", "all cameras there ever were, with their state and key", undefined, ""),
  row("show", "one camera: deployments, orders, what happened to it", "CAMERA", "ridge"),
  row(
    "transfer",
    "end its deployment and begin another; what it saw stays with the old one",
    "CAMERA",
    "ridge --site boundary --latitude -24.9 --longitude 31.5",
    {
      site: { type: "string", value: "NAME", help: "site it moves to" },
      name: { type: "string", value: "NAME", help: "another name for it" },
      ...PLACE,
    },
  ),
  row(
    "decommission",
    "take it out of service: at its next contact it delivers, then wipes itself",
    "CAMERA",
    "ridge",
    { force: { type: "boolean", help: "it is gone: end its credential now" } },
  ),
  row("revoke", "end its credential now; its place and records stay", "CAMERA", "ridge"),
  row("rotate", "give it a new credential at its next contact", "CAMERA", "ridge"),
  row(
    "claim",
    "make claims for cameras that enrol themselves; shown once",
    undefined,
    "--site ridge --count 3",
    {
      site: { type: "string", value: "NAME", help: "site the cameras will belong to" },
      name: { type: "string", value: "NAME", help: "name of the camera (with --count 1)" },
      group: PLACE.group,
      role: { type: "string", value: "TEXT", help: "what they are there for" },
      count: { type: "string", value: "N", help: "how many (default 1)" },
      hours: { type: "string", value: "H", help: "how long they are valid (default 24)" },
    },
  ),
  row("claims", "claims and what became of them", undefined, ""),
  row("unclaim", "revoke a claim that is not used yet", "CLAIM_ID", "clm-k3m9x7q2"),
];
