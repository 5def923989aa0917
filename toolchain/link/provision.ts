/**
 * The camera's half of provisioning: hand it who it is and where it reports, over its console, and check that it
 * took it. Used alike for a serial port, a TCP console and an emulated camera.
 */
import type { ConsoleStatus, Provisioning } from "../../device/protocol/provisioning.ts";
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
