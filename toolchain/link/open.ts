/** Turns what a user gives as --port into a transport. */
import { usageError } from "../errors.ts";
import { type FlashPort, serialFlashPort, tcpFlashPort } from "./flash/flash-port.ts";
import { openSerial } from "./serial.ts";
import { openTcp } from "./tcp.ts";
import type { Transport } from "./transport.ts";

/** Where `toolchain emulate --tcp` listens unless told otherwise. */
export const EMULATOR_PORT = 2323;

export function openPort(port: string | undefined): Promise<Transport> {
  const place = placeOf(port);
  return typeof place === "string" ? openSerial(place) : openTcp(place.host, place.port);
}

/** The same port, as the chip's bootloader is reached: nothing is sent yet. */
export async function openFlashPort(port: string | undefined): Promise<FlashPort> {
  const place = placeOf(port);
  return typeof place === "string" ? serialFlashPort(place) : tcpFlashPort(place.host, place.port);
}

/** A serial device, or an address. */
function placeOf(port: string | undefined): string | { host: string; port: number } {
  if (!port) {
    throw usageError(
      "NO_PORT",
      "which camera? --port is missing",
      "--port /dev/ttyACM0 for a board, --port emulator for `toolchain emulate --tcp 2323`",
    );
  }
  if (port === "emulator") return { host: "127.0.0.1", port: EMULATOR_PORT };
  if (!port.startsWith("tcp://")) return port;
  const match = /^tcp:\/\/(\[[0-9a-f:]+\]|[^:/]+):(\d{1,5})$/i.exec(port);
  if (!match?.[1] || Number(match[2]) > 65535) {
    throw usageError(
      "BAD_PORT",
      `"${port}" is not tcp://host:port`,
      "example: tcp://127.0.0.1:2323",
    );
  }
  return { host: match[1].replace(/^\[|\]$/g, ""), port: Number(match[2]) };
}
