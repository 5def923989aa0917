/**
 * The program is this table: every command, its options and one line of help. No logic lives here.
 * `commands/<name>.ts` holds the function behind a row; `command-line.ts` parses, prints help and catches.
 */
import { type CommandGroup, type CommandRow, runCommandLine } from "./command-line.ts";
import { CAMERA_COMMANDS, PROVISION_COMMAND, SETUP_COMMAND } from "./commands/camera.ts";
import { BOARD_OPTION, FLEET_OPTIONS, JSON_OPTION, PORT_OPTION } from "./commands/options.ts";
import { OTA_COMMANDS } from "./commands/ota.ts";
import { RESEARCH_COMMANDS } from "./commands/research.ts";
import { SERVER_COMMANDS } from "./commands/server.ts";

export const COMMANDS: (CommandRow | CommandGroup)[] = [
  {
    name: "demo",
    summary: "a whole system on this machine: server, cameras, a day in about a minute",
    options: {
      exit: { type: "boolean", help: "stop after the day; exit 0 only if nothing was lost" },
      cameras: { type: "string", value: "N", help: "number of emulated cameras (default 3)" },
      hours: { type: "string", value: "H", help: "length of the day to live through (default 24)" },
      frames: { type: "string", value: "DIR", help: "photographs instead of drawn scenes" },
      port: { type: "string", value: "PORT", help: "port of the fleet server (default 8700)" },
      data: {
        type: "string",
        value: "DIR",
        help: "keep the server's data here (default: a new temporary folder)",
      },
      seed: { type: "string", value: "N", help: "seed of the world (default 1)" },
      ...JSON_OPTION,
    },
    examples: ["toolchain demo", "toolchain demo --exit --hours 6 --cameras 2"],
    load: () => import("./commands/demo.ts"),
  },
  {
    name: "build",
    summary: "build the camera's bundle into dist/device and check it",
    options: {
      ...BOARD_OPTION,
      profile: { type: "string", value: "NAME", help: "budget profile: default, c3, small" },
      out: { type: "string", value: "DIR", help: "where to write (default dist/device)" },
      entry: { type: "string", value: "FILE", help: "entry point (default device/main.ts)" },
      "guard-header": {
        type: "string",
        value: "FILE",
        help: "also write the boot guard as a C header, for the firmware",
      },
      verbose: { type: "boolean", help: "also who holds the interpreter's variables" },
      ...JSON_OPTION,
    },
    examples: ["toolchain build --verbose", "toolchain build --board esp32 --json"],
    load: () => import("./commands/build.ts"),
  },
  {
    name: "check",
    summary: "check that a script or bundle uses only what the camera's interpreter can run",
    arguments: "[FILE]",
    options: { ...BOARD_OPTION, ...JSON_OPTION },
    examples: ["toolchain check", "toolchain check my-script.ts"],
    load: () => import("./commands/check.ts"),
  },
  {
    name: "emulate",
    summary: "run the bundle, a script or photographs on an emulated camera",
    options: {
      ...BOARD_OPTION,
      app: { type: "string", value: "FILE", help: "bundle to run (default: build device/main.ts)" },
      script: { type: "string", value: "FILE", help: "run one script headless and report" },
      "virtual-ms": {
        type: "string",
        value: "N",
        help: "with --script: virtual time to run (default 1000)",
      },
      frames: { type: "string", value: "DIR", help: "show these photographs to the camera" },
      tcp: {
        type: "string",
        value: "PORT",
        help: "serve the console on this TCP port (default 2323 when interactive)",
      },
      "walk-past": { type: "string", value: "S", help: "with --tcp: a passer-by every S seconds" },
      days: { type: "string", value: "N", help: "virtual days to live (default 1)" },
      seed: { type: "string", value: "N", help: "seed of the world (default 1)" },
      server: {
        type: "string",
        value: "URL",
        help: "fleet server the camera may reach (with --tcp: any)",
      },
      flash: { type: "string", value: "FILE", help: "keep the flash image in this file" },
      profile: { type: "boolean", help: "show what the days cost, by stage and by function" },
      cost: {
        type: "string",
        value: "US",
        help: "microseconds of chip time for an operation (default: the board's estimate)",
      },
      ...JSON_OPTION,
    },
    examples: [
      "toolchain emulate --tcp 2323",
      "toolchain emulate --frames photos --json",
      "toolchain emulate --days 1 --profile",
      "toolchain emulate --script blink.js --virtual-ms 5000 --json",
    ],
    load: () => import("./commands/emulate.ts"),
  },
  {
    name: "flash",
    summary: "write the firmware to a board; what the camera keeps is not touched",
    options: {
      ...PORT_OPTION,
      firmware: { type: "string", value: "DIR", help: "folder with firmware.json and its images" },
      "erase-vault": {
        type: "boolean",
        help: "also erase the camera's identity, settings and pictures",
      },
      baud: { type: "string", value: "N", help: "speed of the transfer (default 460800)" },
      ...JSON_OPTION,
    },
    examples: ["toolchain flash --port /dev/ttyACM0 --firmware firmware/esp32s3"],
    load: () => import("./commands/flash.ts"),
  },
  PROVISION_COMMAND,
  SETUP_COMMAND,
  {
    name: "camera",
    summary: "claims, and cameras' lives: list, move, retire, cut off",
    commands: CAMERA_COMMANDS,
  },
  {
    name: "config",
    summary: "see, change, compare and undo what cameras are set to",
    arguments:
      "get|set|diff|history|rollback|apply|explain|drift|export|group|retry [KEY=VALUE|NAME|VERSION|FILE ...]",
    options: {
      ...FLEET_OPTIONS,
      camera: { type: "string", value: "NAME", help: "one camera, by name or cameraID" },
      group: { type: "string", value: "NAME", help: "the layer of a group of cameras" },
      site: { type: "string", value: "NAME", help: "the layer of a site" },
      global: { type: "boolean", help: "the layer of all cameras" },
      "dry-run": { type: "boolean", help: "say what would change, and change nothing" },
      yes: { type: "boolean", help: "confirm a change of keys that matter for security" },
      ...JSON_OPTION,
    },
    examples: [
      "toolchain config explain --camera cam-1",
      "toolchain config set jpegQuality=60 burstCount=5 --site ridge --dry-run",
      "toolchain config apply battery-saver --group winter",
      "toolchain config rollback 3 --site ridge",
    ],
    load: () => import("./commands/config.ts"),
  },
  ...SERVER_COMMANDS,
  {
    name: "upload",
    summary: "build and write the bundle (or FILE) to a camera",
    arguments: "[FILE]",
    options: {
      ...PORT_OPTION,
      ...BOARD_OPTION,
      name: {
        type: "string",
        value: "NAME",
        help: "name on the camera (default .bootcde for scripts)",
      },
      labels: { type: "string", value: "FILE", help: "of a model (default labels.txt beside it)" },
      ...JSON_OPTION,
    },
    examples: [
      "toolchain upload --port /dev/ttyACM0",
      "toolchain upload device/model/thicket_96_int8.tflite --port emulator",
      "toolchain upload my-script.ts --port emulator",
    ],
    load: () => import("./commands/upload.ts"),
  },
  {
    name: "monitor",
    summary: "show a camera's console and type into it",
    options: { ...PORT_OPTION },
    examples: ["toolchain monitor --port /dev/ttyACM0"],
    load: () => import("./commands/monitor.ts"),
  },
  {
    name: "doctor",
    summary: "what is well with a camera, what is wrong, and what to do about it",
    options: {
      ...PORT_OPTION,
      camera: { type: "string", value: "NAME", help: "ask the server about this camera instead" },
      ...FLEET_OPTIONS,
      ...JSON_OPTION,
    },
    examples: ["toolchain doctor --port /dev/ttyACM0", "toolchain doctor --camera cam-1"],
    load: () => import("./commands/doctor.ts"),
  },
  { name: "ota", summary: "keys and releases for cameras", commands: OTA_COMMANDS },
  {
    name: "model",
    summary: "check or run a TensorFlow Lite model exactly as the camera will",
    arguments: "check|run FILE",
    options: {
      input: { type: "string", value: "RAW", help: "run: raw bytes of the input tensor" },
      output: { type: "string", value: "RAW", help: "run: where to write the raw output tensor" },
      layers: { type: "boolean", help: "check: also how long each operator takes here" },
      ...JSON_OPTION,
    },
    examples: [
      "toolchain model check device/model/thicket_96_int8.tflite --layers",
      "toolchain model run model.tflite --input in.raw --output out.raw",
    ],
    load: () => import("./commands/model.ts"),
  },
  ...RESEARCH_COMMANDS,
];

export const main = (argv: string[]): Promise<number> => runCommandLine(COMMANDS, argv);
