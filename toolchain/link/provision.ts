/**
 * The camera's half of provisioning: hand it a claim over its console and follow it until the server has taken its first
 * check-in; or, on firmware without keys, hand it who it is, with the credential, and check that it took it. Used alike for a serial port, a TCP console and an emulated camera.
 */
import type {
  ConsoleStatus,
  EnrolmentGiven,
  Provisioning,
} from "../../device/protocol/provisioning.ts";
import { deviceError, isAppError } from "../errors.ts";
import { literal } from "./byte-text.ts";
import type { Console } from "./console.ts";

/** What the camera says of itself. Errors: NO_PROGRAM when it does not run Thicket. */
export async function cameraStatus(console: Console): Promise<ConsoleStatus> {
  try {
    const status = (await console.evaluate("thicket.status()")) as ConsoleStatus;
    if (status?.app === "thicket") return status;
  } catch (error) {
    if (!isAppError(error) || error.code !== "DEVICE_THREW") throw error;
  }
  throw deviceError(
    "NO_PROGRAM",
    `${console.transport.name} does not run the Thicket program`,
    "write it first: npx toolchain upload --port PORT",
  );
}

/** Provision the camera and read back what it kept. Errors: DEVICE_THREW names the bad field, PROVISION_LOST. */
export async function provisionCamera(
  console: Console,
  provisioning: Provisioning,
): Promise<ConsoleStatus> {
  await console.evaluate(`(thicket.provision(${literal(provisioning)}),true)`);
  const status = await cameraStatus(console);
  if (!status.provisioned || status.cameraID !== provisioning.cameraID) {
    throw deviceError(
      "PROVISION_LOST",
      `${console.transport.name} took the provisioning but did not keep it`,
      "is its Storage full? try again after erasing files on it",
    );
  }
  return status;
}

export interface Following {
  /** Let time pass. */
  pause(ms: number): Promise<void>;
  /** One line on how far it is. */
  progress?(line: string): void;
}

const LOOK_EVERY_MS = 500;
/** The camera asks three times, for 20 s each, and its first contact may be a slow one. */
const ENROLMENT_LIMIT_MS = 120_000;

const STEPS: Record<string, string> = {
  joining: "the camera joins its network",
  asking: "the camera asks the server",
  enrolled: "the camera makes its first check-in",
};

/** [how the camera says it, what can be done about it]; the first that fits. */
const WAYS_OUT: [RegExp, string][] = [
  [/^no network/, "is the network in reach, and are --wifi-ssid and --wifi-password right?"],
  [
    /^cannot reach/,
    "the camera must reach the server at this address; serve --host 0.0.0.0 listens on all",
  ],
  [
    /CLAIM_EXPIRED/,
    "is this machine's clock, or the server's, wrong? try again: each try has a new claim",
  ],
  [/CLAIM_|SIGNATURE_/, "try again: each try has a new claim"],
  [
    /MODULE_MISSING/,
    "the firmware lacks what an enrolment needs; flash one with the native extension",
  ],
];

/**
 * Enrol the camera and follow it until its first check-in was accepted.
 * **Errors:** ENROLMENT_FAILED with the camera's own reason, NO_CHECK_IN when it is enrolled but does not get through
 */
export async function enrolCamera(
  console: Console,
  given: EnrolmentGiven,
  { pause, progress = () => {} }: Following,
): Promise<ConsoleStatus> {
  await console.evaluate(`(thicket.enrol(${literal(given)}),true)`);
  const { name } = console.transport;
  let status = await cameraStatus(console);
  for (let ms = 0; ms < ENROLMENT_LIMIT_MS; ms += LOOK_EVERY_MS) {
    const { state, problem } = status.enrolment;
    if (state === "accepted") return status;
    if (state === "failed") {
      const [, hint] = WAYS_OUT.find(([pattern]) => pattern.test(problem)) ?? [];
      throw deviceError("ENROLMENT_FAILED", `${name}: ${problem}`, hint);
    }
    progress(`${STEPS[state] ?? state}${problem && ` (${problem})`}`);
    await pause(LOOK_EVERY_MS);
    status = await cameraStatus(console);
  }
  throw deviceError(
    "NO_CHECK_IN",
    `${name} is enrolled as ${status.cameraID}, but no check-in came through: ${status.enrolment.problem || "no answer"}`,
    "it goes on trying; watch it with: npx toolchain monitor --port PORT",
  );
}

/** Whether the firmware can make keys of its own. */
export const hasKeys = ({ fingerprint }: ConsoleStatus): boolean => Boolean(fingerprint);
