/**
 * Parses a command line against the table in `cli.ts`, prints help, runs the row's function, and is the only
 * place that turns an error into a message and an exit code.
 */
import { parseArgs } from "node:util";
import pc from "picocolors";
import { EXIT, isAppError, usageError } from "./errors.ts";
import { type Io, terminalIo } from "./log.ts";

export interface OptionRow {
  type: "string" | "boolean";
  /** Placeholder of the value in the help text. */
  value?: string;
  help: string;
}

export interface CommandInput {
  positionals: string[];
  /** Values by option name; absent when not given. */
  options: Record<string, string | boolean | undefined>;
}

export type CommandFunction = (input: CommandInput, io: Io) => Promise<number | undefined>;

export interface CommandRow {
  name: string;
  summary: string;
  /** Positional arguments as shown in the help; commands without it take none. */
  arguments?: string;
  options: Record<string, OptionRow>;
  examples: string[];
  load: () => Promise<{ run: CommandFunction }>;
}

/** Commands under one name: `toolchain ota publish`. */
export interface CommandGroup {
  name: string;
  summary: string;
  commands: CommandRow[];
}

type Row = CommandRow | CommandGroup;

const HELP: Record<string, OptionRow> = { help: { type: "boolean", help: "show this help" } };

export async function runCommandLine(commands: Row[], argv: string[]): Promise<number> {
  const abort = new AbortController();
  const io = terminalIo(abort.signal);
  const onInterrupt = () => {
    if (abort.signal.aborted) process.exit(EXIT.interrupted);
    abort.abort();
  };
  process.on("SIGINT", onInterrupt);
  process.on("SIGTERM", onInterrupt);
  try {
    return await dispatch(commands, argv, io);
  } catch (error) {
    if (!isAppError(error)) {
      io.note(`${pc.red("bug:")} ${error instanceof Error ? error.stack : String(error)}`);
      return EXIT.bug;
    }
    io.note(`${pc.red("error:")} ${error.message}`);
    if (error.hint) io.note(`  ${error.hint}`);
    return error.exitCode;
  } finally {
    process.off("SIGINT", onInterrupt);
    process.off("SIGTERM", onInterrupt);
  }
}

/** @param group "" or the name that the commands are under */
async function dispatch(commands: Row[], argv: string[], io: Io, group = ""): Promise<number> {
  const program = group ? `toolchain ${group}` : "toolchain";
  const [name, ...rest] = argv;
  if (name === undefined || name === "--help" || name === "-h" || name === "help") {
    io.out(group ? listing(commands, program) : programHelp(commands));
    return EXIT.ok;
  }
  const row = commands.find((command) => command.name === name);
  if (!row) {
    throw usageError(
      "UNKNOWN_COMMAND",
      `no command named "${group ? `${group} ` : ""}${name}"`,
      `${program} --help lists them`,
    );
  }
  if ("commands" in row) return dispatch(row.commands, rest, io, row.name);
  const input = parse(row, rest);
  if (input.options.help) {
    io.out(commandHelp(row, program));
    return EXIT.ok;
  }
  const { run } = await row.load();
  return (await run(input, io)) ?? EXIT.ok;
}

function parse(row: CommandRow, argv: string[]): CommandInput {
  const options = Object.fromEntries(
    Object.entries({ ...row.options, ...HELP }).map(([key, { type }]) => [key, { type }]),
  );
  try {
    const { values, positionals } = parseArgs({
      args: withNegativeNumbers(row, argv),
      options,
      allowPositionals: row.arguments !== undefined,
    });
    return { positionals, options: values as CommandInput["options"] };
  } catch (error) {
    // parseArgs explains itself in its first sentence; the rest is advice about escaping.
    const [message = ""] = (error as Error).message.split(/[.']\s(?=To|This)|\.?\n/);
    throw usageError("BAD_OPTION", `${row.name}: ${message}`, `toolchain ${row.name} --help`);
  }
}

/** `--latitude -24.9` as a user writes it; parseArgs takes only `--latitude=-24.9`. */
function withNegativeNumbers({ options }: CommandRow, argv: string[]): string[] {
  const joined: string[] = [];
  for (const word of argv) {
    const before = joined.at(-1) ?? "";
    const isValue = options[before.slice(2)]?.type === "string" && /^-\.?\d/.test(word);
    if (before.startsWith("--") && isValue) joined.splice(-1, 1, `${before}=${word}`);
    else joined.push(word);
  }
  return joined;
}

function programHelp(commands: Row[]): string {
  return [
    "toolchain: build, run, provision and watch Thicket wildlife cameras",
    "",
    listing(commands, "toolchain"),
  ].join("\n");
}

function listing(commands: Row[], program: string): string {
  const width = Math.max(...commands.map(({ name }) => name.length)) + 2;
  return [
    `usage: ${program} COMMAND [options]`,
    "",
    ...commands.map(({ name, summary }) => `  ${name.padEnd(width)}${summary}`),
    "",
    `${program} COMMAND --help shows a command's options and an example.`,
  ].join("\n");
}

function commandHelp(row: CommandRow, program: string): string {
  const options = Object.entries({ ...row.options, ...HELP }).map(([name, option]) => ({
    flag: `--${name}${option.value ? ` ${option.value}` : ""}`,
    help: option.help,
  }));
  const width = Math.max(...options.map(({ flag }) => flag.length)) + 2;
  return [
    `${program} ${row.name}: ${row.summary}`,
    "",
    `usage: ${program} ${row.name}${row.arguments ? ` ${row.arguments}` : ""} [options]`,
    "",
    ...options.map(({ flag, help }) => `  ${flag.padEnd(width)}${help}`),
    "",
    "example:",
    ...row.examples.map((example) => `  npx ${example}`),
  ].join("\n");
}

/** A whole number given as an option, or its default. */
export function wholeNumber(
  input: CommandInput,
  name: string,
  fallback: number,
  [min, max]: [number, number],
): number {
  const text = input.options[name];
  if (text === undefined) return fallback;
  const value = Number(text);
  if (!Number.isInteger(value) || value < min || value > max || text === "") {
    throw usageError(
      "BAD_OPTION",
      `--${name} must be a whole number from ${min} to ${max}, not "${text}"`,
    );
  }
  return value;
}

/** A text option, or undefined. */
export function textOption(input: CommandInput, name: string): string | undefined {
  const value = input.options[name];
  return typeof value === "string" ? value : undefined;
}

/** What the first word after the command's name stands for, and the words after it. **Errors:** UNKNOWN_VERB */
export function verbOf<Action>(
  { positionals: [verb = "", ...words] }: CommandInput,
  command: string,
  verbs: Record<string, Action>,
): { action: Action; words: string[] } {
  const action = Object.hasOwn(verbs, verb) ? verbs[verb] : undefined;
  if (action) return { action, words };
  throw usageError(
    "UNKNOWN_VERB",
    verb ? `${command} has no "${verb}"` : `${command} needs to be told what to do`,
    `one of ${Object.keys(verbs).join(", ")}; toolchain ${command} --help`,
  );
}
