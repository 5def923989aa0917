/** Steps 2 and 3: is Thicket's firmware on the board, and the camera's program of this release? */
import { readFileSync } from "node:fs";
import { bundle } from "../../bundle/bundle.ts";
import { DEVICE_PROGRAM } from "../../bundle/device-program.ts";
import { isAppError } from "../../errors.ts";
import { readFirmwareSet } from "../../link/flash/firmware-set.ts";
import { flashFirmware } from "../../link/flash/flash.ts";
import { hasSlots, installProgram } from "../../link/install.ts";
import { openFlashPort } from "../../link/open.ts";
import { failed, passed, type Setup, type Step, skipped } from "../step.ts";

const BAUD_RATE = 460_800;
/** A chip that was just flashed starts, formats its vault, and waits two seconds for Ctrl-C. */
const START_MS = 5000;
const NO_FIRMWARE = "give the folder with firmware.json: --firmware DIR (docs/flashing.md)";

export const firmware: Step = {
  name: "firmware",
  title: "is it Thicket's?",
  run: async (setup) => {
    const found = await firmwareOf(setup);
    if (found) return passed(found);
    const folder = await folderOf(setup);
    if (!folder) return failed("this board does not run Thicket's firmware", NO_FIRMWARE);
    const set = readFirmwareSet(folder);
    const isWanted = await setup.ask.yes("firmware.flash", true);
    if (!isWanted) return skipped("not written");
    await setup.closeConsole();
    const port = await openFlashPort(await setup.port());
    const report = await flashFirmware(port, set, {
      ...{ baudRate: BAUD_RATE, eraseVault: false, progress: setup.io.progress },
    });
    await setup.pause(START_MS);
    const now = await firmwareOf(setup);
    return now
      ? passed(`${set.name} ${set.version} written to the ${report.chip}: ${now}`)
      : failed("written, but the board does not start it", "reset the board, then try again");
  },
};

/** "" when it is not Thicket's: stock Espruino, or nothing that answers. */
async function firmwareOf(setup: Setup): Promise<string> {
  try {
    const console = await setup.console();
    if (!(await hasSlots(console))) return "";
    return `Espruino ${await console.evaluate("process.version")} with the native extension`;
  } catch (error) {
    if (isAppError(error) && error.code === "NO_PROMPT") return "";
    throw error;
  }
}

async function folderOf({ firmware, ask }: Setup): Promise<string | undefined> {
  if (firmware !== undefined) return firmware;
  return ask.has("firmware.folder") ? ask.text("firmware.folder") : undefined;
}

export const program: Step = {
  name: "program",
  title: "is it there, and of this release?",
  isNeeded: true,
  run: async (setup) => {
    const { ask, io } = setup;
    const wanted = ownVersion();
    const there = await versionThere(setup);
    if (there && !isOlder(there, wanted)) return passed(`version ${there}`);
    setup.say(there ? `it runs version ${there}; this tool has ${wanted}` : "it has no program");
    if (!(await ask.yes("program.upload", true))) {
      return there ? skipped(`version ${there} stays`) : failed("no program");
    }
    io.progress("building the camera's program");
    const { code } = await bundle({ entry: DEVICE_PROGRAM });
    const bytes = Buffer.from(code, "latin1");
    await installProgram(await setup.console(), bytes, (sent) =>
      io.progress(`program: ${sent} of ${bytes.length} bytes`),
    );
    const { appVersion } = await setup.status();
    return passed(`version ${appVersion} written${there && `, before ${there}`}`);
  },
};

async function versionThere(setup: Setup): Promise<string> {
  try {
    return (await setup.status()).appVersion;
  } catch (error) {
    if (isAppError(error) && error.code === "NO_PROGRAM") return "";
    throw error;
  }
}

function ownVersion(): string {
  const file = new URL("../../../package.json", import.meta.url);
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
}

/** By numbers: 0.9.0 is older than 0.10.0. */
export function isOlder(one: string, other: string): boolean {
  const [left, right] = [one, other].map((text) => text.split(".").map(Number.parseFloat));
  const at = right?.findIndex((number, index) => number !== (left?.[index] ?? 0)) ?? -1;
  return at >= 0 && (left?.[at] ?? 0) < (right?.[at] ?? 0);
}
