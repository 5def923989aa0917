/** `toolchain alert list|ack|resolve|mute|rules|channels|test`: what needs somebody, and the rules and channels behind it. */
import {
  type CommandFunction,
  type CommandInput,
  textOption,
  verbOf,
  wholeNumber,
} from "../command-line.ts";
import { inputError, networkError, usageError } from "../errors.ts";
import { readInput } from "../files.ts";
import type { FleetClient } from "../fleet/client.ts";
import { fleetOf } from "./fleet-of.ts";

const HINT = "toolchain alert --help";
const RULES = "/api/v1/alert-rules";
const CHANNELS = "/api/v1/alert-channels";
/** How long `test` waits for its messages. */
const TEST_MS_MAX = 15_000;
const LOOK_MS = 300;

interface Alert {
  alertID: number;
  severity: string;
  state: string;
  title: string;
  lastSeen: string;
  rule: string;
  acknowledgedBy: string | null;
  isUndelivered: boolean;
}
interface Rule {
  ruleID: string;
  name: string;
  severity: string;
  isEnabled: boolean;
  channels?: string[];
  changed?: string;
  projectID?: string;
}
interface Channel {
  channelID: string;
  name: string;
  kind: string;
  isEnabled: boolean;
  sent: number;
  waiting: number;
  dead: number;
  made?: Record<string, string>;
}
interface Delivery {
  deliveryID: string;
  channel: string;
  state: string;
  error: string | null;
}

interface Found {
  text: string;
  json: unknown;
}
interface Call {
  fleet: FleetClient;
  input: CommandInput;
  words: string[];
  /** "?projectID=...", or "". */
  query: string;
}

const VERBS: Record<string, (call: Call) => Promise<Found>> = {
  list,
  ack: act("acknowledge"),
  resolve: act("resolve"),
  mute: act("mute"),
  ...{ rules, channels, test },
};

export const run: CommandFunction = async (input, io) => {
  const { action, words } = verbOf(input, "alert", VERBS);
  const fleet = fleetOf(input, "alert needs --token");
  const project = textOption(input, "project");
  const query = project === undefined ? "" : `?projectID=${encodeURIComponent(project)}`;
  const { text, json } = await action({ fleet, input, words, query });
  io.out(input.options.json ? JSON.stringify(json) : text);
  return 0;
};

async function list({ fleet, input, words, query }: Call): Promise<Found> {
  take(words);
  const search = new URLSearchParams(query);
  search.set("state", textOption(input, "state") ?? "raised,escalated");
  search.set("limit", String(wholeNumber(input, "limit", 50, [1, 200])));
  for (const name of ["severity", "before"] as const) {
    const value = textOption(input, name);
    if (value !== undefined) search.set(name, value);
  }
  const found = await fleet.get<{ alerts: Alert[]; next: string | null }>(
    `/api/v1/alerts?${search}`,
  );
  const lines = found.alerts.map(alertLine);
  if (found.next) lines.push(`more with --before ${found.next}`);
  return { text: lines.join("\n") || "no alerts that need anybody", json: found };
}

const alertLine = ({
  alertID,
  severity,
  state,
  title,
  lastSeen,
  acknowledgedBy,
  isUndelivered,
}: Alert) =>
  [
    `${String(alertID).padStart(6)}  ${severity}  ${state.padEnd(12)}  ${lastSeen}  ${title}`,
    acknowledgedBy ? ` (${acknowledgedBy})` : "",
    isUndelivered ? "  NOT DELIVERED" : "",
  ].join("");

function act(action: string) {
  return async ({ fleet, input, words, query }: Call): Promise<Found> => {
    const [number = ""] = take(words, "ALERT");
    if (!/^\d{1,15}$/.test(number)) {
      throw usageError(
        "BAD_ARGUMENT",
        `an alert is a number, not "${number}"`,
        "toolchain alert list",
      );
    }
    const note = textOption(input, "note");
    const body = {
      ...(note !== undefined && { note }),
      ...(action === "mute" && { minutes: wholeNumber(input, "minutes", 60, [1, 43_200]) }),
    };
    const alert = await fleet.send<Alert>(
      "POST",
      `/api/v1/alerts/${number}/${action}${query}`,
      body,
    );
    return { text: alertLine(alert), json: alert };
  };
}

/** Shows rules, or takes one from a file: by its name a new one or the one that has it. */
async function rules(call: Call): Promise<Found> {
  const { fleet, input, words, query } = call;
  const all = async () => (await fleet.get<{ rules: Rule[] }>(RULES + query)).rules;
  const file = textOption(input, "file");
  if (file !== undefined) {
    take(words);
    const rule = parsed(file) as Rule;
    const known = (await all()).find(({ name }) => name === rule?.name);
    const saved = known
      ? await fleet.send<Rule>("PUT", `${RULES}/${known.ruleID}${query}`, rule)
      : await fleet.send<Rule>("POST", RULES + query, rule);
    return { text: `${known ? "changed" : "added"} ${ruleLine(saved)}`, json: saved };
  }
  const found = await all();
  if (words.length === 0) {
    return { text: found.map(ruleLine).join("\n") || "no rules", json: { rules: found } };
  }
  const [wanted = ""] = take(words, "RULE");
  const rule = pick(found, wanted);
  // Whole lines of JSON, so that `> rule.json` can be changed and given back with --file.
  const { ruleID: _, projectID: __, changed: ___, ...plain } = rule;
  const wish = input.options.on ? true : input.options.off ? false : undefined;
  if (input.options.delete) {
    await fleet.send("DELETE", `${RULES}/${rule.ruleID}${query}`);
    return { text: `deleted ${rule.name}`, json: rule };
  }
  if (wish === undefined) return { text: JSON.stringify(plain, null, 2), json: rule };
  const body = { ...plain, isEnabled: wish };
  const saved = await fleet.send<Rule>("PUT", `${RULES}/${rule.ruleID}${query}`, body);
  return { text: ruleLine(saved), json: saved };
}

const ruleLine = ({ ruleID, severity, name, isEnabled, channels = [] }: Rule): string =>
  `${ruleID}  ${severity}  ${isEnabled ? "on " : "off"}  ${name}, ${channels.length} channels`;

async function channels({ fleet, input, words, query }: Call): Promise<Found> {
  const file = textOption(input, "file");
  if (file !== undefined) {
    take(words);
    const made = await fleet.send<Channel>("POST", CHANNELS + query, parsed(file));
    const secrets = Object.entries(made.made ?? {}).map(
      ([key, value]) => `${key}: ${value} (shown this once)`,
    );
    return {
      text: [channelLine({ ...made, sent: 0, waiting: 0, dead: 0 }), ...secrets].join("\n"),
      json: made,
    };
  }
  const found = await fleet.get<{ channels: Channel[] }>(CHANNELS + query);
  if (words.length > 0) {
    const [wanted = ""] = take(words, "CHANNEL");
    const channel = pick(found.channels, wanted);
    if (input.options.delete)
      await fleet.send("DELETE", `${CHANNELS}/${channel.channelID}${query}`);
    const text = input.options.delete
      ? `deleted ${channel.name}`
      : JSON.stringify(channel, null, 2);
    return { text, json: channel };
  }
  return { text: found.channels.map(channelLine).join("\n") || "no channels", json: found };
}

const channelLine = ({ channelID, kind, name, isEnabled, sent, waiting, dead }: Channel): string =>
  `${channelID}  ${kind.padEnd(7)}  ${isEnabled ? "on " : "off"}  ${name}: ${sent} sent, ${waiting} waiting, ${dead} given up`;

/** Waits until each channel has said yes or no. */
async function test({ fleet, words, query }: Call): Promise<Found> {
  const [wanted = ""] = take(words, "RULE");
  const rule = pick((await fleet.get<{ rules: Rule[] }>(RULES + query)).rules, wanted);
  const path = `${RULES}/${rule.ruleID}/test${query}`;
  const { deliveryIDs } = await fleet.send<{ deliveryIDs: string[] }>("POST", path);
  const endMs = Date.now() + TEST_MS_MAX;
  for (;;) {
    const all = await fleet.get<{ deliveries: Delivery[] }>(`/api/v1/alert-deliveries${query}`);
    const own = all.deliveries.filter(({ deliveryID }) => deliveryIDs.includes(deliveryID));
    const isDone = own.every(({ state, error }) => state === "sent" || error !== null);
    if (!isDone && Date.now() < endMs) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      continue;
    }
    const lines = own.map(
      ({ channel, state, error }) => `${channel}: ${state}${error ? ` (${error})` : ""}`,
    );
    if (own.length === 0)
      throw inputError("NO_CHANNELS", `"${rule.name}" names no channel that is on`, HINT);
    if (!own.every(({ state }) => state === "sent")) {
      throw networkError("TEST_FAILED", lines.join("; "), "toolchain alert channels");
    }
    return { text: lines.join("\n"), json: { rule: rule.name, deliveries: own } };
  }
}

/** By its ID, or by its name. */
function pick<T extends { name: string }>(all: T[], wanted: string): T {
  const idOf = (one: T) => Object.entries(one).find(([key]) => /^(rule|channel)ID$/.test(key))?.[1];
  const found = all.find((one) => idOf(one) === wanted) ?? all.find(({ name }) => name === wanted);
  if (found) return found;
  throw usageError(
    "BAD_ARGUMENT",
    `nothing here is called "${wanted}"`,
    all.map(({ name }) => name).join(", ") || HINT,
  );
}

function parsed(file: string): unknown {
  try {
    return JSON.parse(readInput(file).toString("utf8"));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw inputError("BAD_FILE", `${file} is not JSON: ${error.message}`, "docs/alerts.md");
  }
}

function take(words: string[], ...names: string[]): string[] {
  if (words.length === names.length) return words;
  const wanted = names.join(" ") || "nothing more";
  throw usageError("BAD_ARGUMENT", `this takes ${wanted}, not "${words.join(" ")}"`, HINT);
}
