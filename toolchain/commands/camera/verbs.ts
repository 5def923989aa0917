/** `toolchain camera`: what became of each camera, and what is done about it. */
import {
  type CommandFunction,
  type CommandInput,
  textOption,
  wholeNumber,
} from "../../command-line.ts";
import { EXIT, usageError } from "../../errors.ts";
import type { FleetClient } from "../../fleet/client.ts";
import type { createClaims, listClaims } from "../../fleet/store/claims.ts";
import type { lifeOf, listLives } from "../../fleet/store/lives.ts";
import { checkLines } from "../../setup/check-lines.ts";
import { fleetOf } from "../fleet-of.ts";

type Life = Awaited<ReturnType<typeof listLives>>["cameras"][number];
type WholeLife = Awaited<ReturnType<typeof lifeOf>>;
type Claim = Awaited<ReturnType<typeof listClaims>>["claims"][number];

interface Call {
  fleet: FleetClient;
  input: CommandInput;
}

/** What is printed: the object with --json, else the lines. */
type Answer = [unknown, string[]];

const VERBS = {
  ...{ list, show, transfer, decommission, revoke, rotate },
  ...{ claim, claims, unclaim },
};

export const command =
  (verb: keyof typeof VERBS): CommandFunction =>
  async (input, io) => {
    const fleet = fleetOf(input, `camera ${verb} needs --token`);
    const [answer, lines] = await VERBS[verb]({ fleet, input });
    if (input.options.json) io.out(JSON.stringify(answer));
    else for (const line of lines) io.out(line);
    return EXIT.ok;
  };

// --- One camera

async function list({ fleet }: Call): Promise<Answer> {
  const cameras = await fleet.list<Life>("/api/v1/lives", "cameras");
  const rows = cameras.map((life) => [
    ...[life.cameraID, life.name, life.site, life.group ?? "-", life.state],
    ...[life.fingerprint ?? "no keys", minute(life.lastSeen) ?? "never"],
  ]);
  const head = ["camera", "name", "site", "group", "state", "key", "last seen"];
  return [{ cameras }, cameras.length ? columns([head, ...rows]) : ["no cameras yet"]];
}

async function show(call: Call): Promise<Answer> {
  const life = await call.fleet.get<WholeLife>(await pathOf(call, "life"));
  return [life, linesOf(life)];
}

async function transfer(call: Call): Promise<Answer> {
  const site = textOption(call.input, "site");
  if (!site) throw usageError("MISSING_OPTION", "camera transfer needs --site: where does it go?");
  const body = {
    ...{ site, name: textOption(call.input, "name"), group: textOption(call.input, "group") },
    ...{ latitude: degrees(call, "latitude", 90), longitude: degrees(call, "longitude", 180) },
  };
  const life = await act(call, "transfer", body);
  return [
    life,
    [`${life.name} (${life.cameraID}) belongs to ${site} now; it hears of it at its next contact`],
  ];
}

async function decommission(call: Call): Promise<Answer> {
  const life = await act(call, "decommission", { force: call.input.options.force === true });
  const what =
    life.state === "leaving"
      ? "delivers and wipes itself at its next contact; camera show says when it has"
      : "is out of service; its credential has ended";
  return [life, [`${life.name} (${life.cameraID}) ${what}`]];
}

async function revoke(call: Call): Promise<Answer> {
  const life = await act(call, "revoke");
  return [life, [`${life.name} (${life.cameraID}) is cut off; enrol it again to let it back in`]];
}

async function rotate(call: Call): Promise<Answer> {
  const life = await act(call, "rotate");
  return [life, [`${life.name} (${life.cameraID}) gets a new credential at its next contact`]];
}

async function act(call: Call, what: string, body?: object): Promise<WholeLife> {
  return call.fleet.send<WholeLife>("POST", await pathOf(call, what), body);
}

/** A camera by its ID, or by its name where that is the only one in service. */
async function pathOf({ fleet, input }: Call, what: string): Promise<string> {
  const [given] = input.positionals;
  if (!given) throw usageError("BAD_ARGUMENT", "which camera? give its name or cameraID");
  const cameras = await fleet.list<Life>("/api/v1/lives", "cameras");
  const named = cameras.filter(({ name }) => name === given);
  const inService = named.filter(({ state }) => state === "active" || state === "revoked");
  const exact = cameras.filter(({ cameraID }) => cameraID === given);
  const found = [exact, inService, named].find(({ length }) => length > 0) ?? [];
  if (found.length === 1) return `/api/v1/cameras/${found[0]?.cameraID}/${what}`;
  throw usageError(
    "CAMERA_UNKNOWN",
    found.length ? `several cameras are called "${given}"` : `no camera is called "${given}"`,
    found.map(({ cameraID }) => cameraID).join(", ") || "toolchain camera list",
  );
}

function degrees({ input }: Call, name: string, limit: number): number | undefined {
  const text = textOption(input, name);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() !== "" && Math.abs(value) <= limit) return value;
  throw usageError(
    "BAD_OPTION",
    `--${name} must be decimal degrees from -${limit} to ${limit}, not "${text}"`,
  );
}

// --- Claims

async function claim({ fleet, input }: Call): Promise<Answer> {
  const site = textOption(input, "site");
  if (!site) throw usageError("MISSING_OPTION", "camera claim needs --site");
  const count = wholeNumber(input, "count", 1, [1, 500]);
  const name = textOption(input, "name");
  if (name && count > 1) throw usageError("BAD_OPTION", "--name is for one claim, not several");
  const made = await fleet.send<{ claims: Awaited<ReturnType<typeof createClaims>> }>(
    "POST",
    "/api/v1/claims",
    {
      ...{ site, name, count, group: textOption(input, "group"), role: textOption(input, "role") },
      expiresS: wholeNumber(input, "hours", 24, [1, 2160]) * 3600,
    },
  );
  const lines = made.claims.map(
    (row) => `${row.claim}  (${row.claimID}, until ${minute(row.expires)})`,
  );
  return [made, lines];
}

async function claims({ fleet }: Call): Promise<Answer> {
  const answer = { claims: await fleet.list<Claim>("/api/v1/claims", "claims") };
  const rows = answer.claims.map((row) => [
    ...[row.claimID, row.site, row.group ?? "-", row.name ?? "-", row.state],
    ...[row.cameraID ?? "-", minute(row.expires) ?? ""],
  ]);
  const head = ["claim", "site", "group", "name", "state", "camera", "until"];
  return [answer, rows.length ? columns([head, ...rows]) : ["no claims yet"]];
}

async function unclaim({ fleet, input }: Call): Promise<Answer> {
  const [claimID] = input.positionals;
  if (!claimID) throw usageError("BAD_ARGUMENT", "which claim? camera claims lists them");
  await fleet.send("DELETE", `/api/v1/claims/${encodeURIComponent(claimID)}`);
  return [{ claimID }, [`${claimID} is revoked`]];
}

// --- Words

const minute = (iso: string | null): string | undefined => iso?.slice(0, 16).replace("T", " ");

function columns(rows: string[][]): string[] {
  const widths = (rows[0] ?? []).map((_, at) =>
    Math.max(...rows.map((row) => row[at]?.length ?? 0)),
  );
  return rows.map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}

function checklistLines(list: WholeLife["deployments"][number]["checklist"]): string[] {
  if (!list) return [];
  const head = `  set up by ${list.by}, ${minute(list.time)}:`;
  return [head, ...checkLines(list.checks).map((line) => `  ${line}`)];
}

function linesOf(life: WholeLife): string[] {
  const at = (latitude: number | null, longitude: number | null) =>
    latitude === null ? "" : ` (${latitude}, ${longitude})`;
  return [
    `${life.name} (${life.cameraID}): ${life.state}`,
    `key ${life.fingerprint ?? "none"}, board ${life.hardware ?? "unknown"}, group ${life.group ?? "none"}`,
    ...life.deployments.flatMap((row) => [
      `at ${row.site}${at(row.latitude, row.longitude)} from ${minute(row.start)}` +
        `${row.end === null ? "" : ` to ${minute(row.end)}`}`,
      ...checklistLines(row.checklist),
    ]),
    ...life.orders.map(
      (row) =>
        `order ${row.number}, ${row.kind}: ${row.done ? "done" : "waits for its next contact"}`,
    ),
    ...life.events.map((row) => `${minute(row.time)} ${row.event}: ${row.detail}`),
  ];
}
