/** Rows of the command table for who runs a fleet server: the server, its people, alerts and database. */
import type { CommandRow } from "../command-line.ts";
import { ALERT_COMMAND } from "./alert-row.ts";

const JSON_OPTION = {
  json: { type: "boolean", help: "print one JSON object instead of text" },
} as const;

export const SERVER_COMMANDS: CommandRow[] = [
  {
    name: "serve",
    summary: "run the fleet server and its dashboard",
    options: {
      port: { type: "string", value: "PORT", help: "port to listen on (default 8700)" },
      host: { type: "string", value: "ADDR", help: "address to listen on (default 127.0.0.1)" },
      data: {
        type: "string",
        value: "DIR",
        help: "database and pictures (default ./thicket-data)",
      },
      "database-url": {
        type: "string",
        value: "URL",
        help: "postgres://... instead of the embedded database (or THICKET_DATABASE_URL)",
      },
      "simulated-clock": {
        type: "boolean",
        help: "let the operator set the server's clock (for demos)",
      },
      "allow-private-webhooks": {
        type: "boolean",
        help: "webhooks of alerts may go to addresses inside this network",
      },
      ...JSON_OPTION,
    },
    examples: ["toolchain serve --data ./fleet", "toolchain serve --host 0.0.0.0 --port 8700"],
    load: () => import("./serve.ts"),
  },
  {
    name: "user",
    summary: "people of a fleet server: their roles, and tokens for their programs",
    arguments: "add|list|role|token [NAME] [ROLE]",
    options: {
      server: {
        type: "string",
        value: "URL",
        help: "fleet server (default http://127.0.0.1:8700)",
      },
      token: { type: "string", value: "TOKEN", help: "operator token (or THICKET_TOKEN)" },
      role: { type: "string", value: "ROLE", help: "viewer, operator, researcher, manager, admin" },
      name: { type: "string", value: "NAME", help: "what the new token is for" },
      scopes: { type: "string", value: "LIST", help: "rights the token may use, such as read" },
      days: { type: "string", value: "N", help: "how long the token counts (default 365)" },
      remove: { type: "string", value: "ID", help: "end this token instead" },
      ...JSON_OPTION,
    },
    examples: [
      "toolchain user add ana --role researcher",
      "toolchain user token ana --name laptop --scopes read",
      "toolchain user role ana none",
    ],
    load: () => import("./user.ts"),
  },
  ALERT_COMMAND,
  {
    name: "db",
    summary: "back up, restore, bring up to date or move a fleet server's data",
    arguments: "backup|restore|migrate|copy [DIR]",
    options: {
      data: {
        type: "string",
        value: "DIR",
        help: "the server's data folder (default ./thicket-data)",
      },
      "database-url": {
        type: "string",
        value: "URL",
        help: "postgres://..., of migrate and copy (or THICKET_DATABASE_URL)",
      },
      ...JSON_OPTION,
    },
    examples: [
      "toolchain db backup ./backup --data ./fleet",
      "toolchain db restore ./backup --data ./fleet",
      "toolchain db copy --data ./fleet --database-url postgres://localhost/thicket",
    ],
    load: () => import("./db.ts"),
  },
];
