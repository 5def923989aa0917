/** `toolchain provision`: register a camera with the server and hand it its credential over its console. */
import { existsSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { type CommandFunction, type CommandInput, textOption } from "../command-line.ts";
import { usageError } from "../errors.ts";
import { readInput } from "../files.ts";
import { type FleetClient, fleetClient } from "../fleet/client.ts";
import { newestKeys, type ReadFile, trustPath } from "../keys/repository.ts";
import { openConsole } from "../link/console.ts";
import { openPort } from "../link/open.ts";
import { cameraStatus, provisionCamera } from "../link/provision.ts";

export const run: CommandFunction = async (input, io) => {
  const { name, site, server, token } = required(input);
  const latitude = degrees(textOption(input, "latitude"), "latitude", 90);
  const longitude = degrees(textOption(input, "longitude"), "longitude", 180);
  const fleet = fleetClient(server, token);
  const trust = newestTrust(textOption(input, "releases"));

  io.progress("opening the camera's console");
  const console = await openConsole(await openPort(textOption(input, "port")));
  try {
    // Both ends are asked before either is changed.
    const before = await cameraStatus(console);
    await fleet.get("/api/v1/summary");
    warnAboutLoopback(fleet.server, console.transport.name, io.note);
    if (before.provisioned) {
      io.note(
        `it was ${before.name} (${before.cameraID}) of ${before.server}; what it sent as that stays there`,
      );
    }
    if (before.missing.length) io.note(`this firmware lacks: ${before.missing.join(", ")}`);

    io.progress("registering the camera");
    const { cameraID, credential } = await fleet.send<{ cameraID: string; credential: string }>(
      "POST",
      "/api/v1/cameras",
      { name, site, latitude, longitude },
    );
    io.progress("writing the credential to the camera");
    try {
      await provisionCamera(console, {
        cameraID,
        credential,
        name,
        site,
        server: fleet.server,
        // The camera needs a number; on the server the place stays unknown.
        latitude: latitude ?? 0,
        longitude: longitude ?? 0,
        time: Math.round(Date.now() / 1000),
        wifiSsid: textOption(input, "wifi-ssid") ?? "",
        wifiPassword: textOption(input, "wifi-password") ?? process.env.THICKET_WIFI_PASSWORD ?? "",
        ...(trust && { trust }),
      });
    } catch (error) {
      await takeBack(fleet, cameraID, io.note);
      throw error;
    }
    if (input.options.json) io.out(JSON.stringify({ cameraID, name, site, server: fleet.server }));
    else io.out(`${name} (${cameraID}) belongs to ${site} and reports to ${fleet.server}`);
  } finally {
    await console.close();
  }
  return 0;
};

/** The newest list of keys in a release folder, base64; "" without a folder. */
function newestTrust(folder: string | undefined): string {
  if (folder === undefined) return "";
  const read: ReadFile = (path) => {
    const file = join(folder, path);
    return existsSync(file) ? readInput(file) : undefined;
  };
  const { version } = newestKeys(read);
  return Buffer.from(read(trustPath(version)) ?? []).toString("base64");
}

/** Errors: MISSING_OPTION names all that are missing. */
function required(input: CommandInput) {
  const given = {
    name: textOption(input, "name") ?? "",
    site: textOption(input, "site") ?? "",
    server: textOption(input, "server") ?? "",
    token: textOption(input, "token") ?? process.env.THICKET_TOKEN ?? "",
  };
  const missing = Object.entries(given).flatMap(([name, value]) => (value ? [] : [`--${name}`]));
  if (missing.length) {
    throw usageError(
      "MISSING_OPTION",
      `provision needs ${missing.join(", ")}`,
      missing.includes("--token")
        ? "the token is what `toolchain serve` printed on its first start; THICKET_TOKEN works too"
        : "toolchain provision --help",
    );
  }
  return given;
}

/**
 * A camera that did not take its credential must not stay registered. One that took it and answered too late may have
 * reported by now; then the server keeps it.
 */
async function takeBack(
  fleet: FleetClient,
  cameraID: string,
  note: (line: string) => void,
): Promise<void> {
  try {
    await fleet.send("DELETE", `/api/v1/cameras/${cameraID}`);
  } catch (error) {
    note(`the registration ${cameraID} stays on the server: ${(error as Error).message}`);
  }
}

function degrees(text: string | undefined, name: string, limit: number): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() === "" || !(Math.abs(value) <= limit)) {
    throw usageError(
      "BAD_OPTION",
      `--${name} must be decimal degrees from -${limit} to ${limit}, not "${text}"`,
    );
  }
  return value;
}

/** A real camera cannot reach this machine's loopback address: say so, with the address it could use. */
function warnAboutLoopback(server: string, port: string, note: (line: string) => void): void {
  if (port.startsWith("tcp://127.") || !/\/\/(127\.|localhost|\[::1\])/.test(server)) return;
  const address = Object.values(networkInterfaces())
    .flat()
    .find((entry) => entry && !entry.internal && entry.family === "IPv4")?.address;
  note(
    `warning: the camera cannot reach ${server}; ` +
      `give this machine's address${address ? `, perhaps ${server.replace(/\/\/[^:/]+/, `//${address}`)}` : ""}`,
  );
}
