/** Rows of the command table for who runs a fleet server: the server, its people, projects, alerts and database. */
import type { CommandRow } from "../command-line.ts";
import { ALERT_COMMAND } from "./alert-row.ts";
import { FLEET_OPTIONS, JSON_OPTION } from "./options.ts";

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
      log: { type: "boolean", help: "every request as a line of JSON on stderr, without secrets" },
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
    arguments: "add|list|remove|role|token [NAME] [ROLE]",
    options: {
      ...FLEET_OPTIONS,
      role: { type: "string", value: "ROLE", help: "viewer, operator, researcher, manager, admin" },
      organisation: { type: "string", value: "ID", help: "the role holds there, not everywhere" },
      project: { type: "string", value: "ID", help: "the role holds there, not everywhere" },
      site: { type: "string", value: "ID", help: "the role holds there, not everywhere" },
      name: { type: "string", value: "NAME", help: "what the new token is for" },
      scopes: { type: "string", value: "LIST", help: "rights the token may use, such as read" },
      days: { type: "string", value: "N", help: "how long the token counts (default 365)" },
      remove: { type: "string", value: "ID", help: "end this token instead" },
      ...JSON_OPTION,
    },
    examples: [
      "toolchain user add ana --role researcher",
      "toolchain user role ana manager --project kenya",
      "toolchain user token ana --name laptop --scopes read",
      "toolchain user role ana none",
      "toolchain user remove ana",
    ],
    load: () => import("./user.ts"),
  },
  ALERT_COMMAND,
  {
    name: "project",
    summary: "what a fleet server keeps apart: organisations, projects, sites, locations",
    arguments: "list|add|organisation|site|location|sensitivity [ID or NAME]",
    options: {
      ...FLEET_OPTIONS,
      name: { type: "string", value: "NAME", help: "for people, where the first word is an ID" },
      organisation: { type: "string", value: "ID", help: "owner of a new project" },
      project: { type: "string", value: "ID", help: "project of a new site" },
      site: { type: "string", value: "ID", help: "site of a new location" },
      sensitivity: {
        type: "string",
        value: "N",
        help: "1 extreme, 2 high, 3 medium, 4 low; 0 not sensitive",
      },
      latitude: { type: "string", value: "DEGREES", help: "of a new location" },
      longitude: { type: "string", value: "DEGREES", help: "of a new location" },
      ...JSON_OPTION,
    },
    examples: [
      "toolchain project organisation savanna --name 'Savanna Trust'",
      "toolchain project add kenya --organisation savanna --name 'Kenya 2027'",
      "toolchain project site north --project kenya --sensitivity 2",
      "toolchain project location 'fig tree' --site kenya/north --latitude -1.2 --longitude 36.8",
      "toolchain project sensitivity kenya/north 1",
    ],
    load: () => import("./project.ts"),
  },
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
