/** The table of `toolchain ota`; `ota/<name>.ts` holds the function behind a row. */
import type { CommandRow } from "../command-line.ts";
import { FLEET_OPTIONS, JSON_OPTION, TOKEN_OPTION } from "./options.ts";

const FOLDERS = {
  keys: { type: "string", value: "DIR", help: "folder of the encrypted key files (default keys)" },
  releases: { type: "string", value: "DIR", help: "release folder (default releases)" },
} as const;
const NOTE_DAYS = {
  "note-days": {
    type: "string",
    value: "N",
    help: "days until the freshness note must be renewed (default 7)",
  },
} as const;

const SERVER = { ...FLEET_OPTIONS, ...JSON_OPTION } as const;

/** Of the commands that work on the release folder: they send only where this says so. */
const TO_SERVER = {
  server: { type: "string", value: "URL", help: "fleet server to send it to" },
  ...TOKEN_OPTION,
} as const;

type Loaded = typeof import("./ota/rollouts.ts");

/** A row whose function is one of ota/rollouts.ts. */
const onServer = (
  name: Parameters<Loaded["command"]>[0],
  summary: string,
  words: string,
  example: string,
  options: CommandRow["options"] = {},
): CommandRow => ({
  ...{ name, summary, arguments: words, options: { ...options, ...SERVER } },
  examples: [`toolchain ota ${name}${example && ` ${example}`}`],
  load: async () => ({ run: (await import("./ota/rollouts.ts")).command(name) }),
});

export const OTA_COMMANDS: CommandRow[] = [
  {
    name: "keygen",
    summary: "make root, release and note keys, encrypted, and the release folder that trusts them",
    options: {
      ...FOLDERS,
      roots: { type: "string", value: "N", help: "number of root keys (default 3)" },
      threshold: {
        type: "string",
        value: "K",
        help: "root keys that must sign a change of keys (default 2)",
      },
      "root-days": { type: "string", value: "N", help: "days the root is valid (default 730)" },
      ...JSON_OPTION,
    },
    examples: ["toolchain ota keygen", "toolchain ota keygen --roots 5 --threshold 3"],
    load: () => import("./ota/keygen.ts"),
  },
  {
    name: "publish",
    summary: "sign a release (app, model, firmware) into the release folder",
    options: {
      ...FOLDERS,
      board: { type: "string", value: "NAME", help: "esp32s3 (default), esp32, or esp32c3" },
      app: { type: "string", value: "FILE", help: "built bundle (default: build device/main.ts)" },
      model: { type: "string", value: "FILE", help: "model, a .tflite file; needs --labels" },
      labels: { type: "string", value: "FILE", help: "its labels, one per line, in its order" },
      label: { type: "string", value: "TEXT", help: "version as people call it" },
      firmware: { type: "string", value: "FILE", help: "firmware image" },
      days: { type: "string", value: "N", help: "days it may be installed (default 365)" },
      ...NOTE_DAYS,
      ...TO_SERVER,
      ...JSON_OPTION,
    },
    examples: [
      "toolchain ota publish --server http://127.0.0.1:8700",
      "toolchain ota publish --firmware thicket.bin --board esp32",
    ],
    load: () => import("./ota/publish.ts"),
  },
  {
    name: "refresh",
    summary: "renew the freshness notes; needs the online key only",
    options: { ...FOLDERS, ...NOTE_DAYS, ...TO_SERVER, ...JSON_OPTION },
    examples: ["toolchain ota refresh --note-days 3"],
    load: () => import("./ota/refresh.ts"),
  },
  {
    name: "rotate",
    summary: "replace one key; signed by enough old and enough new root keys",
    arguments: "KEY",
    options: {
      ...FOLDERS,
      "root-days": { type: "string", value: "N", help: "days the root is valid (default 730)" },
      ...JSON_OPTION,
    },
    examples: ["toolchain ota rotate note-1", "toolchain ota rotate root-2"],
    load: () => import("./ota/rotate.ts"),
  },
  onServer("releases", "list the releases of a fleet server", "", ""),
  onServer(
    "rollout",
    "begin to roll a release out",
    "RELEASE",
    "app-29748193 --site ridge,valley",
    {
      site: { type: "string", value: "NAMES", help: "only these sites, by commas" },
      group: { type: "string", value: "NAMES", help: "only these groups" },
      camera: { type: "string", value: "IDS", help: "only these cameras" },
      plan: { type: "string", value: "FILE", help: "JSON of rings, soak, windows ..." },
    },
  ),
  onServer("status", "show roll-outs, or one with its rings and cameras", "[ROLLOUT]", "1 --json"),
  onServer("pause", "offer it to nobody for now", "ROLLOUT", "1"),
  onServer("resume", "go on, also after it has stopped by itself", "ROLLOUT", "1"),
  onServer("cancel", "offer it to nobody any more", "ROLLOUT", "1"),
  onServer("rollback", "tell every camera that runs it to go back", "ROLLOUT", "1"),
  onServer(
    "force",
    "offer it to one camera, whatever the plan says",
    "ROLLOUT CAMERA",
    "1 cam-4k2m",
  ),
];
