/** The table of `toolchain ota`; `ota/<name>.ts` holds the function behind a row. */
import type { CommandRow } from "../command-line.ts";

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
const JSON_OPTION = {
  json: { type: "boolean", help: "print one JSON object instead of text" },
} as const;

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
      model: { type: "string", value: "FILE", help: "model in the form of a model slot" },
      firmware: { type: "string", value: "FILE", help: "firmware image" },
      days: { type: "string", value: "N", help: "days it may be installed (default 365)" },
      ...NOTE_DAYS,
      ...JSON_OPTION,
    },
    examples: [
      "toolchain ota publish",
      "toolchain ota publish --firmware thicket.bin --board esp32",
    ],
    load: () => import("./ota/publish.ts"),
  },
  {
    name: "refresh",
    summary: "renew the freshness notes; needs the online key only",
    options: { ...FOLDERS, ...NOTE_DAYS, ...JSON_OPTION },
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
];
