/** `toolchain setup`: sets a camera up from the cable to its first check-in, step by step; the steps are in toolchain/setup. */
import { setTimeout as sleep } from "node:timers/promises";
import { type CommandFunction, type CommandInput, textOption } from "../command-line.ts";
import { EXIT, interruptedError, usageError } from "../errors.ts";
import { writeWhole } from "../files.ts";
import { type FleetClient, fleetClient } from "../fleet/client.ts";
import { type Console, openConsole } from "../link/console.ts";
import { openPort } from "../link/open.ts";
import { cameraStatus } from "../link/provision.ts";
import type { Io } from "../log.ts";
import { type Answers, readAnswers } from "../setup/answers.ts";
import { type Asker, createAsker } from "../setup/asker.ts";
import { deploymentCard } from "../setup/card.ts";
import { checkLines } from "../setup/check-lines.ts";
import type { Setup, Step } from "../setup/step.ts";
import { findPort } from "../setup/steps/find-port.ts";
import { STEPS } from "../setup/steps.ts";
import { type Result, runWizard } from "../setup/wizard.ts";
import { askLine, hasTerminal } from "../terminal.ts";
import { DEFAULT_SERVER, tokenMissing, tokenOf } from "./fleet-of.ts";
import { greetServer, provisionOne, warnAboutLoopback } from "./provision.ts";

export const run: CommandFunction = async (input, io) => {
  const steps = stepsOf(input);
  const answers = answersOf(input);
  const takesDefaults = input.options.yes === true;
  if (!hasTerminal() && !takesDefaults && textOption(input, "answers") === undefined) {
    throw usageError(
      "NOT_A_TERMINAL",
      "setup asks questions, and nobody is at a terminal to answer them",
      "--answers FILE answers them, --yes takes what is usual (docs/provisioning.md)",
    );
  }
  const ask = createAsker(answers, { takesDefaults, ...(hasTerminal() && { line: askLine }) });
  const fleet = await fleetOf(input, ask);
  await greetServer(fleet, io);
  const setup = setupOf(input, ask, fleet, io);
  try {
    const result = await runWizard(setup, steps, textOption(input, "only") !== undefined);
    await report(result, input, io);
    return result.isFailed ? EXIT.device : EXIT.ok;
  } finally {
    await setup.closeConsole();
  }
};

/** **Errors:** BAD_OPTION */
function stepsOf(input: CommandInput): Step[] {
  const names = (option: string) =>
    textOption(input, option)
      ?.split(",")
      .map((name) => {
        const found = STEPS.find((step) => step.name === name.trim());
        if (found) return found;
        const known = STEPS.map((step) => step.name).join(", ");
        throw usageError(
          "BAD_OPTION",
          `--${option}: no step is called "${name}"`,
          `steps: ${known}`,
        );
      });
  const [only, skip = []] = [names("only"), names("skip")];
  const steps = STEPS.filter((step) => (only?.includes(step) ?? true) && !skip.includes(step));
  if (steps.length > 0) return steps;
  throw usageError("BAD_OPTION", "--only and --skip leave no step");
}

/** The file of answers, and what was given as an option of its own. */
function answersOf(input: CommandInput): Answers {
  const file = textOption(input, "answers");
  const port = textOption(input, "port");
  return { ...(file !== undefined && readAnswers(file)), ...(port !== undefined && { port }) };
}

async function fleetOf(input: CommandInput, ask: Asker): Promise<FleetClient> {
  const server = textOption(input, "server") ?? (await ask.text("server", DEFAULT_SERVER));
  const given = tokenOf(input);
  if (given) return fleetClient(server, given);
  if (ask.isAttended) return fleetClient(server, await ask.text("token"));
  throw tokenMissing("setup needs --token");
}

function setupOf(input: CommandInput, ask: Asker, fleet: FleetClient, io: Io): Setup {
  let port: string | undefined;
  let console: Console | undefined;
  // With --json the object is all that stdout gets; a person reads along on stderr in any case.
  const say = io.note;
  const setup: Setup = {
    ...{ io, ask, fleet, say, firmware: textOption(input, "firmware"), pictures: [] },
    async port() {
      port ??= await findPort(ask, say);
      return port;
    },
    async console() {
      if (console) return console;
      const opened = await openConsole(await openPort(await setup.port()));
      // A step that was left behind by Ctrl-C must not open what nobody will close.
      if (io.signal.aborted) {
        await opened.close().catch(() => {});
        throw interruptedError("INTERRUPTED", "stopped");
      }
      console = opened;
      return console;
    },
    async closeConsole() {
      await console?.close().catch(() => {});
      console = undefined;
    },
    status: async () => cameraStatus(await setup.console()),
    provision: async (open, wish, before) => {
      warnAboutLoopback(fleet.server, open.transport.name, io.note);
      return provisionOne(open, fleet, wish, before, io);
    },
    async pause(ms) {
      await sleep(ms, undefined, { signal: io.signal }).catch(() => {
        throw interruptedError("INTERRUPTED", "stopped");
      });
    },
  };
  return setup;
}

async function report(result: Result, input: CommandInput, io: Io): Promise<void> {
  const card = textOption(input, "card");
  const date = new Date().toISOString();
  if (card !== undefined) writeWhole(card, Buffer.from(await deploymentCard(result, date)));
  if (input.options.json) {
    io.out(JSON.stringify({ ...result, time: date, card: card ?? null }));
    return;
  }
  const { name, cameraID, site, checks, isFailed } = result;
  io.out(cameraID ? `${name} (${cameraID}) at ${site}` : "no camera was set up");
  for (const line of checkLines(checks)) io.out(line);
  if (isFailed) io.note("run the same command again to go on: what is done is found");
  if (card !== undefined) io.note(`card: ${card}; print it from a browser`);
}
