/** `toolchain project`: organisations, projects, sites and locations of a fleet server. */
import { type CommandFunction, type CommandInput, textOption, verbOf } from "../command-line.ts";
import { EXIT, usageError } from "../errors.ts";
import type { FleetClient } from "../fleet/client.ts";
import type {
  listLocations,
  listOrganisations,
  listProjects,
  listSites,
} from "../fleet/store/tenants.ts";
import type { Io } from "../log.ts";
import { fleetOf } from "./fleet-of.ts";

interface Call {
  fleet: FleetClient;
  input: CommandInput;
  /** Words after the verb. */
  words: string[];
  io: Io;
}

const VERBS: Record<string, (call: Call) => Promise<void>> = {
  ...{ list, add, organisation, site, location, sensitivity },
};

export const run: CommandFunction = async (input, io) => {
  const { action, words } = verbOf(input, "project", VERBS);
  await action({ fleet: fleetOf(input, "project needs --token"), input, words, io });
  return EXIT.ok;
};

type Row<T extends (...args: never[]) => Promise<object>> = Extract<
  Awaited<ReturnType<T>>[keyof Awaited<ReturnType<T>>],
  unknown[]
>[number];

async function list({ fleet, input, io }: Call): Promise<void> {
  const organisations = await fleet.list<Row<typeof listOrganisations>>(
    "/api/v1/organisations",
    "organisations",
  );
  const projects = await fleet.list<Row<typeof listProjects>>("/api/v1/projects", "projects");
  const sites = await fleet.list<Row<typeof listSites>>("/api/v1/sites", "sites");
  const locations = await fleet.list<Row<typeof listLocations>>("/api/v1/locations", "locations");
  if (input.options.json) {
    return io.out(JSON.stringify({ organisations, projects, sites, locations }));
  }
  for (const { organisationID, name } of organisations) {
    io.out(`${organisationID}  ${name}`);
    for (const project of projects.filter((row) => row.organisationID === organisationID)) {
      io.out(`  ${project.projectID}  ${project.name}${sensitive(project)}`);
      for (const here of sites.filter((row) => row.projectID === project.projectID)) {
        io.out(`    ${here.siteID}${sensitive(here)}`);
        for (const place of locations.filter((row) => row.siteID === here.siteID)) {
          const at = place.latitude === null ? "" : `  ${place.latitude} ${place.longitude}`;
          io.out(`      ${place.name}${at}${sensitive(place)}`);
        }
      }
    }
  }
}

const LEVELS = ["", "extremely", "highly", "moderately", "slightly"];
const sensitive = ({ sensitivity: level }: { sensitivity: number }): string =>
  level === 0 ? "" : `  ${LEVELS[level]} sensitive`;

async function add({ fleet, input, words, io }: Call): Promise<void> {
  const projectID = wordIn(words, "add", "an ID");
  const owner = textOption(input, "organisation");
  await fleet.send("POST", "/api/v1/projects", {
    ...{ projectID, name: textOption(input, "name") ?? projectID },
    ...(owner === undefined ? {} : { organisationID: owner }),
    ...levelIn(input),
  });
  say(input, io, { projectID }, `project ${projectID} is there; its sites are ${projectID}/NAME`);
}

async function organisation({ fleet, input, words, io }: Call): Promise<void> {
  const organisationID = wordIn(words, "organisation", "an ID");
  const name = textOption(input, "name") ?? organisationID;
  await fleet.send("POST", "/api/v1/organisations", { organisationID, name });
  say(input, io, { organisationID }, `organisation ${organisationID} is there`);
}

async function site({ fleet, input, words, io }: Call): Promise<void> {
  const projectID = textOption(input, "project");
  const made = await fleet.send<{ siteID: string }>("POST", "/api/v1/sites", {
    name: wordIn(words, "site", "a name"),
    ...(projectID === undefined ? {} : { projectID }),
    ...levelIn(input),
  });
  say(input, io, made, `site ${made.siteID} is there`);
}

async function location({ fleet, input, words, io }: Call): Promise<void> {
  const made = await fleet.send<{ locationID: string }>("POST", "/api/v1/locations", {
    name: wordIn(words, "location", "a name"),
    siteID: textOption(input, "site") ?? missing("location", "--site"),
    latitude: degreesIn(input, "latitude"),
    longitude: degreesIn(input, "longitude"),
    ...levelIn(input),
  });
  say(input, io, made, `location ${made.locationID} is there`);
}

/** Of a site when there is one of that ID, otherwise of a project. */
async function sensitivity({ fleet, input, words, io }: Call): Promise<void> {
  const placeID = wordIn(words, "sensitivity", "a site or a project");
  const level = levelOf(words[1] ?? missing("sensitivity", "a level from 0 to 4"));
  const sites = await fleet.list<{ siteID: string }>("/api/v1/sites", "sites");
  const kind = sites.some(({ siteID }) => siteID === placeID) ? "sites" : "projects";
  const path = `/api/v1/${kind}/${encodeURIComponent(placeID)}`;
  await fleet.send("PATCH", path, { sensitivity: level });
  say(input, io, { placeID, sensitivity: level }, `${placeID} has sensitivity ${level}`);
}

function say({ options }: CommandInput, io: Io, result: object, text: string): void {
  io.out(options.json ? JSON.stringify(result) : text);
}

const wordIn = ([word]: string[], verb: string, what: string): string =>
  word ?? missing(verb, what);

function missing(verb: string, what: string): never {
  throw usageError("MISSING_ARGUMENT", `project ${verb} needs ${what}`, "toolchain project --help");
}

function levelIn(input: CommandInput): { sensitivity?: number } {
  const text = textOption(input, "sensitivity");
  return text === undefined ? {} : { sensitivity: levelOf(text) };
}

function levelOf(text: string): number {
  if (/^[0-4]$/.test(text)) return Number(text);
  throw usageError("BAD_OPTION", `"${text}" is no sensitivity`, "a whole number from 0 to 4");
}

function degreesIn(input: CommandInput, name: string): number {
  const text = textOption(input, name) ?? missing("location", `--${name}`);
  const degrees = Number(text);
  if (text.trim() !== "" && Number.isFinite(degrees)) return degrees;
  throw usageError("BAD_OPTION", `--${name} "${text}" is no number`, "degrees, such as -1.25");
}
