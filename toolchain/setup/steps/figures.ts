/** Steps 7, 8, 10 and 11: signal, clock, battery and self-test, as the camera tells them. */
import type { Chemistry } from "../questions.ts";
import { failed, type Outcome, passed, type Setup, type Step, skipped } from "../step.ts";
import { batteryWords, clockWords, signalWords, usualCells } from "../words.ts";

/** A burst may be under way, and the camera may have to be started first. */
const SELF_TEST_LIMIT_MS = 20_000;
const CLOCK_AGAIN_MS = 5000;

const judged = ({ words, isGood }: { words: string; isGood: boolean }, hint: string): Outcome =>
  isGood ? passed(words) : failed(words, hint);

export const signal: Step = {
  name: "signal",
  title: "how well does the network reach it?",
  isKept: true,
  run: async (setup) => {
    const { rssiDbm } = (await setup.status()).heartbeat;
    if (!rssiDbm) return skipped("not measured by this board");
    return judged(signalWords(rssiDbm), "move the camera or the access point, or turn its antenna");
  },
};

export const time: Step = {
  name: "time",
  title: "its clock against this machine's",
  run: async (setup) => {
    const first = clockWords(await aheadS(setup));
    if (first.isGood) return passed(first.words);
    // A contact sets it.
    await (await setup.console()).evaluate("(thicket.checkIn(),1)").catch(() => {});
    setup.io.progress(`${first.words}: it asks the server for the time`);
    await setup.pause(CLOCK_AGAIN_MS);
    const hint =
      "the camera takes the server's time at a check-in: is this machine's or the server's wrong?";
    return judged(clockWords(await aheadS(setup)), hint);
  },
};

/** Seconds by which the camera's clock is ahead of this machine's. */
async function aheadS(setup: Setup): Promise<number> {
  const console = await setup.console();
  const askedMs = Date.now();
  const camera = Number(await console.evaluate("Date.now()"));
  return (camera - (askedMs + Date.now()) / 2) / 1000;
}

export const battery: Step = {
  name: "battery",
  title: "how full is it?",
  isKept: true,
  run: async (setup) => {
    const { batteryMv } = (await setup.status()).heartbeat;
    if (!batteryMv) return skipped("not measured by this board");
    const chemistry = (await setup.ask.text("battery.chemistry", "li-ion")) as Chemistry;
    const cells = await setup.ask.number("battery.cells", usualCells(chemistry));
    return judged(batteryWords(batteryMv, chemistry, cells), "charge or replace the battery");
  },
};

export const selfTest: Step = {
  name: "self-test",
  title: "picture, model, vault",
  run: async (setup) => {
    const console = await setup.console();
    await console.send("thicket.selfTest()");
    const [, result = ""] = await console.waitFor(
      /self-test: ([^\r\n]*)[\r\n]/,
      "result of the self-test",
      SELF_TEST_LIMIT_MS,
    );
    if (result === "all is well") return passed(result);
    return failed(result, "npx toolchain doctor --port PORT says what to do about it");
  },
};
