/** `toolchain ota releases|rollout|status|pause|resume|cancel|rollback|force`: releases and roll-outs of a fleet server. */
import { type CommandFunction, type CommandInput, textOption } from "../../command-line.ts";
import { inputError, usageError } from "../../errors.ts";
import { readInput } from "../../files.ts";
import type { FleetClient } from "../../fleet/client.ts";
import { fleetOf } from "../fleet-of.ts";

const HINT = "toolchain ota --help";
const PATH = "/api/v1/rollouts";

interface Rollout {
  rolloutID: number;
  releaseID: string;
  status: string;
  reason: string;
  stopsAt: number;
  rings: {
    upTo: number;
    isOpen: boolean;
    cameras: number;
    evidence: number;
    states: Record<string, number>;
  }[];
  /** Only of one roll-out. */
  cameras?: { cameraID: string; name: string; site: string; state: string; reason: string }[];
}

interface Member {
  cameraID: string;
  state: string;
  reason: string;
}

interface Release {
  releaseID: string;
  version: string;
  bytes: number;
  created: string;
}

/** What a subcommand found: for people and for programs. */
interface Found {
  text: string;
  json: unknown;
}

type Subcommand = (fleet: FleetClient, input: CommandInput, words: string[]) => Promise<Found>;

/** The function behind a row of `ota.ts`. */
export const command =
  (name: keyof typeof SUBCOMMANDS): CommandFunction =>
  async (input, io) => {
    const fleet = fleetOf(input, "ota needs --token");
    const { text, json } = await SUBCOMMANDS[name](fleet, input, input.positionals);
    io.out(input.options.json ? JSON.stringify(json) : text);
    return 0;
  };

const act =
  (action: string): Subcommand =>
  async (fleet, _input, words) => {
    const [number] = take(words, "ROLLOUT");
    const rollout = await fleet.send<Rollout>("POST", `${PATH}/${numberOf(number)}/${action}`);
    return { text: rolloutText(rollout), json: rollout };
  };

const SUBCOMMANDS = {
  async releases(fleet: FleetClient, _input: CommandInput, words: string[]) {
    take(words);
    const found = { releases: await fleet.list<Release>("/api/v1/releases", "releases") };
    const lines = found.releases.map(
      ({ releaseID, version, bytes, created }) =>
        `${releaseID.padEnd(22)} ${version.padEnd(12)} ${String(bytes).padStart(9)} bytes  ${created}`,
    );
    return { text: lines.join("\n") || "no releases yet", json: found };
  },

  async rollout(fleet: FleetClient, input: CommandInput, words: string[]) {
    const [releaseID] = take(words, "RELEASE");
    const body = { releaseID, ...planOf(input), ...selectionOf(input) };
    const rollout = await fleet.send<Rollout>("POST", PATH, body);
    return { text: rolloutText(rollout), json: rollout };
  },

  async status(fleet: FleetClient, _input: CommandInput, words: string[]) {
    if (words.length > 0) {
      const [number] = take(words, "ROLLOUT");
      const rollout = await fleet.get<Rollout>(`${PATH}/${numberOf(number)}`);
      return { text: rolloutText(rollout), json: rollout };
    }
    const found = { rollouts: await fleet.list<Rollout>(PATH, "rollouts") };
    return { text: found.rollouts.map(headline).join("\n") || "no roll-outs yet", json: found };
  },

  pause: act("pause"),
  resume: act("resume"),
  cancel: act("cancel"),
  rollback: act("rollback"),

  async force(fleet: FleetClient, _input: CommandInput, words: string[]) {
    const [number, cameraID] = take(words, "ROLLOUT", "CAMERA");
    const path = `${PATH}/${numberOf(number)}/cameras/${encodeURIComponent(cameraID ?? "")}/force`;
    const member = await fleet.send<Member>("POST", path);
    return { text: `${member.cameraID} is ${member.state}: ${member.reason}`, json: member };
  },
} satisfies Record<string, Subcommand>;

/** The words after the subcommand: as many as it has names for. */
function take(words: string[], ...names: string[]): string[] {
  if (words.length === names.length) return words;
  const wanted = names.join(" ") || "nothing more";
  throw usageError("BAD_ARGUMENT", `this takes ${wanted}, not "${words.join(" ")}"`, HINT);
}

function numberOf(text = ""): string {
  if (/^[0-9]{1,9}$/.test(text)) return text;
  throw usageError(
    "BAD_ARGUMENT",
    `a roll-out is a number, not "${text}"`,
    "toolchain ota status lists them",
  );
}

function planOf(input: CommandInput): { plan?: unknown } {
  const file = textOption(input, "plan");
  if (file === undefined) return {};
  try {
    return { plan: JSON.parse(readInput(file).toString("utf8")) };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw inputError("BAD_PLAN", `${file} is not JSON: ${error.message}`, "docs/updates.md");
  }
}

function selectionOf(input: CommandInput): Record<string, string[]> {
  const selection: Record<string, string[]> = {};
  for (const [option, field] of [
    ["site", "sites"],
    ["group", "groups"],
    ["camera", "cameraIDs"],
  ] as const) {
    const names = textOption(input, option)
      ?.split(",")
      .map((name) => name.trim());
    if (names?.some((name) => name === "")) {
      throw usageError("BAD_OPTION", `--${option} has an empty name in it`, HINT);
    }
    if (names) selection[field] = names;
  }
  return selection;
}

const headline = ({ rolloutID, releaseID, status, reason }: Rollout): string =>
  `roll-out ${rolloutID} of ${releaseID}: ${status}${reason ? ` (${reason})` : ""}`;

function rolloutText(rollout: Rollout): string {
  const rings = rollout.rings.map(({ upTo, isOpen, cameras, evidence, states }, index) => {
    const parts = Object.entries(states).flatMap(([state, n]) => (n ? [`${n} ${state}`] : []));
    const title = `  ring ${index + 1} (to ${upTo} %${isOpen ? ", open" : ""})`.padEnd(27);
    const judged = `evidence of harm ${evidence.toFixed(1)}, stops at ${rollout.stopsAt.toFixed(1)}`;
    return `${title}${cameras} ${cameras === 1 ? "camera" : "cameras"}: ${parts.join(", ") || "none"}; ${judged}`;
  });
  const cameras = (rollout.cameras ?? []).map(
    ({ cameraID, name, site, state, reason }) =>
      `  ${cameraID}  ${name}, ${site}: ${state}${reason ? ` (${reason})` : ""}`,
  );
  return [headline(rollout), ...rings, ...cameras].join("\n");
}
