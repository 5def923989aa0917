/** `toolchain doctor`: what is well with a camera, what is wrong, what to do; asked over its console or of its server. */
import type { Heartbeat } from "../../device/protocol/check-in.ts";
import { type CommandFunction, type CommandInput, textOption } from "../command-line.ts";
import { EXIT, usageError } from "../errors.ts";
import { availabilityOf } from "../fleet/health/availability.ts";
import { scoreOf } from "../fleet/health/score.ts";
import { type Diagnosis, doctorLines } from "../fleet/health/words.ts";
import { openConsole } from "../link/console.ts";
import { openPort } from "../link/open.ts";
import { cameraStatus } from "../link/provision.ts";
import { fleetOf } from "./fleet-of.ts";

/** A burst may be under way, and the camera may have to be started first. */
const SELF_TEST_LIMIT_MS = 20_000;

export const run: CommandFunction = async (input, io) => {
  const camera = textOption(input, "camera");
  const port = textOption(input, "port");
  if (!camera === !port) {
    throw usageError("BAD_TARGET", "give one of --port and --camera", "toolchain doctor --help");
  }
  const found = camera ? await askServer(input, camera) : await askCamera(port, io.progress);
  if (input.options.json) io.out(JSON.stringify(found));
  else for (const line of doctorLines(found)) io.out(line);
  return found.score !== null && found.reasons.length === 0 ? EXIT.ok : EXIT.device;
};

interface ConsoleCrash {
  time: number;
  text: string;
  uptimeS: number;
  before: string;
}

async function askCamera(
  port: string | undefined,
  progress: (line: string) => void,
): Promise<Diagnosis> {
  progress("opening the camera's console");
  const console = await openConsole(await openPort(port));
  try {
    await cameraStatus(console);
    progress("self-test");
    await console.send("thicket.selfTest()");
    await console.waitFor(
      /self-test: [^\r\n]*[\r\n]/,
      "result of the self-test",
      SELF_TEST_LIMIT_MS,
    );
    const crashes = (await console.evaluate("thicket.crashes()")) as ConsoleCrash[];
    const { name, heartbeat } = await cameraStatus(console);
    return {
      name: name || "this camera",
      ...judged(heartbeat),
      crashes: crashes.reverse().map(crashOf),
    };
  } finally {
    await console.close();
  }
}

const crashOf = ({ time, text, uptimeS, before }: ConsoleCrash) => ({
  ...{ time: new Date(time * 1000).toISOString(), text, uptimeS, before: before || null },
});

/** What the camera says of itself, by the server's own table. */
function judged(heartbeat: Heartbeat) {
  const { poweredS = 0, unableS = 0 } = heartbeat;
  const availability = availabilityOf([{ poweredS, unableS }]);
  const { score, reasons } = scoreOf({
    ...{ status: "green", heartbeat, problem: null, isConfigRefused: false, crashes: 0 },
    ...{ availability, forecast: { refusal: "" }, daysLeft: undefined, anomalies: [] },
  });
  return { score, reasons, heartbeat, availability };
}

async function askServer(input: CommandInput, camera: string): Promise<Diagnosis> {
  const fleet = fleetOf(input, "doctor --camera needs --token");
  type Row = { cameraID: string; name: string; heartbeat: Heartbeat | null };
  const cameras = await fleet.list<Row>("/api/v1/cameras", "cameras");
  const [only, more] = cameras.filter(({ cameraID, name }) => [cameraID, name].includes(camera));
  if (!only || more) {
    throw usageError(
      "CAMERA_UNKNOWN",
      only ? `several cameras are called "${camera}"` : `no camera is called "${camera}"`,
      only ? "give its cameraID" : cameras.map(({ name }) => name).join(", ") || undefined,
    );
  }
  const health = await fleet.get<Omit<Diagnosis, "heartbeat">>(
    `/api/v1/cameras/${only.cameraID}/health`,
  );
  return { ...health, heartbeat: only.heartbeat };
}
