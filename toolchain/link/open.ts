/** Turns what a user gives as --port into a transport. */
import { usageError } from "../errors.ts";
import { openSerial } from "./serial.ts";
import { openTcp } from "./tcp.ts";
import type { Transport } from "./transport.ts";

/** Where `toolchain emulate --tcp` listens unless told otherwise. */
export const EMULATOR_PORT = 2323;

export function openPort(port: string | undefined): Promise<Transport> {
  if (!port) {
    throw usageError(
      "NO_PORT",
      "which camera? --port is missing",
      "--port /dev/ttyACM0 for a board, --port emulator for `toolchain emulate --tcp 2323`",
    );
  }
  if (port === "emulator") return openTcp("127.0.0.1", EMULATOR_PORT);
  if (port.startsWith("tcp://")) {
    const match = /^tcp:\/\/(\[[0-9a-f:]+\]|[^:/]+):(\d{1,5})$/i.exec(port);
    if (!match?.[1] || Number(match[2]) > 65535) {
      throw usageError(
        "BAD_PORT",
        `"${port}" is not tcp://host:port`,
        "example: tcp://127.0.0.1:2323",
      );
    }
    return openTcp(match[1].replace(/^\[|\]$/g, ""), Number(match[2]));
  }
  return openSerial(port);
}
