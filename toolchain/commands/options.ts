/** Options that mean the same in several commands, for the rows of the program's table (cli.ts). */
export const JSON_OPTION = {
  json: { type: "boolean", help: "print one JSON object instead of text" },
} as const;

export const PORT_OPTION = {
  port: {
    type: "string",
    value: "PORT",
    help: "serial device, tcp://host:port, or emulator (tcp://127.0.0.1:2323)",
  },
} as const;

export const BOARD_OPTION = {
  board: {
    type: "string",
    value: "NAME",
    help: "esp32s3 (default), esp32, or esp32c3 (no camera)",
  },
} as const;

export const TOKEN_OPTION = {
  token: { type: "string", value: "TOKEN", help: "operator token (or THICKET_TOKEN)" },
} as const;

/** Which fleet server, and who asks; fleet-of.ts reads them. */
export const FLEET_OPTIONS = {
  server: { type: "string", value: "URL", help: "fleet server (default http://127.0.0.1:8700)" },
  ...TOKEN_OPTION,
} as const;

export const PROJECT_OPTION = {
  project: { type: "string", value: "ID", help: "project (default: default)" },
} as const;
