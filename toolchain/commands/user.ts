/** `toolchain user`: people of a fleet server, their roles and the tokens of their programs. */
import {
  type CommandFunction,
  type CommandInput,
  textOption,
  verbOf,
  wholeNumber,
} from "../command-line.ts";
import { EXIT, usageError } from "../errors.ts";
import type { FleetClient } from "../fleet/client.ts";
import { ROLES } from "../fleet/rights/rights.ts";
import type { Io } from "../log.ts";
import { fleetOf } from "./fleet-of.ts";

interface Call {
  fleet: FleetClient;
  input: CommandInput;
  /** Words after the verb. */
  words: string[];
  io: Io;
}

interface ListedUser {
  name: string;
  roles: { role: string; scope: string; scopeID: string }[];
  hasPassword: boolean;
  tokens: { tokenID: string; name: string; expires: string }[];
}

const VERBS: Record<string, (call: Call) => Promise<void>> = { add, list, remove, role, token };
const SCOPES = ["organisation", "project", "site"];
const DAYS = 365;
const DAYS_MAX = 3650;

export const run: CommandFunction = async (input, io) => {
  const { action, words } = verbOf(input, "user", VERBS);
  await action({ fleet: fleetOf(input, "user needs --token"), input, words, io });
  return EXIT.ok;
};

async function add({ fleet, input, words, io }: Call): Promise<void> {
  const name = nameIn(words, "add");
  const wanted = roleIn(textOption(input, "role"));
  const where = placeIn(input);
  // Not an option: the list of processes shows those to everybody on the machine.
  const password = process.env.THICKET_PASSWORD;
  await fleet.send("POST", "/api/v1/users", {
    ...{ name, role: wanted, ...where },
    ...(password ? { password } : {}),
  });
  const how = password ? "logs in with the password" : "has no password: give them a token";
  say(
    input,
    io,
    { name, role: wanted, ...where },
    `${name} is ${wanted}${placeText(where)} and ${how}`,
  );
}

async function list({ fleet, input, io }: Call): Promise<void> {
  const users = await fleet.list<ListedUser>("/api/v1/users", "users");
  if (input.options.json) return io.out(JSON.stringify({ users }));
  if (users.length === 0) io.out("nobody yet but the holder of the operator token");
  for (const user of users) {
    const roles = user.roles.map((held) => `${held.role}${placeText(held)}`).join(", ");
    io.out(`${user.name}  ${roles || "no role"}${user.hasPassword ? "" : "  no password"}`);
    for (const { tokenID, name, expires } of user.tokens) {
      io.out(`  token ${name}  until ${expires.slice(0, 10)}  ${tokenID}`);
    }
  }
}

async function remove({ fleet, input, words, io }: Call): Promise<void> {
  const name = nameIn(words, "remove");
  await fleet.send("DELETE", `/api/v1/users/${encodeURIComponent(name)}`);
  say(input, io, { removed: name }, `${name} is gone, with roles, tokens and sessions`);
}

async function role({ fleet, input, words, io }: Call): Promise<void> {
  const name = nameIn(words, "role");
  const wanted = words[1] === "none" ? null : roleIn(words[1]);
  const where = placeIn(input);
  await fleet.send("PUT", `/api/v1/users/${encodeURIComponent(name)}/role`, {
    ...{ role: wanted, ...where },
  });
  const text = `${name} is ${wanted ?? "without a role"}${placeText(where)}`;
  say(input, io, { name, role: wanted, ...where }, text);
}

async function token({ fleet, input, words, io }: Call): Promise<void> {
  const path = `/api/v1/users/${encodeURIComponent(nameIn(words, "token"))}/tokens`;
  const remove = textOption(input, "remove");
  if (remove !== undefined) {
    await fleet.send("DELETE", `${path}/${encodeURIComponent(remove)}`);
    return say(input, io, { removed: remove }, "the token counts no more");
  }
  const scopes = textOption(input, "scopes")?.split(",");
  const made = await fleet.send<{ token: string; expires: string }>("POST", path, {
    name: textOption(input, "name") ?? "unnamed",
    days: wholeNumber(input, "days", DAYS, [1, DAYS_MAX]),
    ...(scopes ? { scopes } : {}),
  });
  say(input, io, made, `${made.token}\nIt is shown this once, and counts until ${made.expires}.`);
}

function say({ options }: CommandInput, io: Io, result: object, text: string): void {
  io.out(options.json ? JSON.stringify(result) : text);
}

interface Place {
  scope?: string;
  scopeID?: string;
}

/** Where a role holds, as the options say; nothing: on the whole server. */
function placeIn(input: CommandInput): Place {
  const given = SCOPES.flatMap((scope) => {
    const scopeID = textOption(input, scope);
    return scopeID === undefined ? [] : [{ scope, scopeID }];
  });
  if (given.length < 2) return given[0] ?? {};
  throw usageError(
    "BAD_OPTION",
    "a role holds at one place",
    "give --organisation, --project or --site",
  );
}

const placeText = ({ scope, scopeID }: Place): string =>
  scope === undefined || scope === "server" ? "" : ` at ${scope} ${scopeID}`;

function nameIn([name]: string[], verb: string): string {
  if (name) return name;
  throw usageError("MISSING_ARGUMENT", `user ${verb} needs a name`, "toolchain user --help");
}

function roleIn(text: string | undefined): string {
  if (text && (ROLES as readonly string[]).includes(text)) return text;
  throw usageError(
    "BAD_ROLE",
    text ? `there is no role "${text}"` : "a role is needed",
    `one of ${ROLES.join(", ")}`,
  );
}
