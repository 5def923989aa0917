/**
 * `toolchain provision`: makes a claim at the server, hands it to a camera over its console, follows until the first
 * check-in was accepted. With --batch or --labels: many cameras, provision/batch.ts.
 */
import { existsSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { ConsoleStatus } from "../../device/protocol/provisioning.ts";
import { type CommandFunction, type CommandInput, textOption } from "../command-line.ts";
import { usageError } from "../errors.ts";
import { readInput } from "../files.ts";
import { withClaim } from "../fleet/claim-client.ts";
import { type FleetClient, fleetClient } from "../fleet/client.ts";
import { newestKeys, type ReadFile, trustPath } from "../keys/repository.ts";
import { type Console, openConsole } from "../link/console.ts";
import { openPort } from "../link/open.ts";
import { cameraStatus, enrolCamera, hasKeys, provisionCamera } from "../link/provision.ts";
import type { Io } from "../log.ts";
import type { Wish } from "../setup/step.ts";

/** A difference between this machine's clock and the server's that is worth a line. */
const CLOCK_S_MAX = 60;

export const run: CommandFunction = async (input, io) => {
  if (textOption(input, "batch") !== undefined || textOption(input, "labels") !== undefined) {
    const { provisionBatch } = await import("./provision/batch.ts");
    return provisionBatch(input, io);
  }
  const { name, site, server, token } = required(input, ["name", "site", "server"]);
  const wish: Wish = {
    ...{ name, site, group: textOption(input, "group") },
    latitude: degrees(textOption(input, "latitude"), "latitude", 90),
    longitude: degrees(textOption(input, "longitude"), "longitude", 180),
    ...wifiOf(input),
    trust: newestTrust(textOption(input, "releases")),
  };
  const fleet = fleetClient(server, token);

  io.progress("opening the camera's console");
  const console = await openConsole(await openPort(textOption(input, "port")));
  try {
    // Both ends are asked before either is changed.
    const before = await cameraStatus(console);
    await greetServer(fleet, io);
    warnAboutLoopback(fleet.server, console.transport.name, io.note);
    if (before.provisioned) {
      io.note(
        `it was ${before.name} (${before.cameraID}) of ${before.server}; what it sent as that stays there`,
      );
    }
    if (before.missing.length) io.note(`this firmware lacks: ${before.missing.join(", ")}`);
    const { cameraID, fingerprint } = await provisionOne(console, fleet, wish, before, io);
    if (input.options.json) {
      io.out(JSON.stringify({ cameraID, name, site, server: fleet.server, fingerprint }));
    } else io.out(`${name} (${cameraID}) belongs to ${site} and reports to ${fleet.server}`);
  } finally {
    await console.close();
  }
  return 0;
};

/** Make one camera known to the server, the way its firmware allows. */
export async function provisionOne(
  console: Console,
  fleet: FleetClient,
  wish: Wish,
  before: ConsoleStatus,
  io: Io,
): Promise<ConsoleStatus> {
  const { name, site, group, latitude, longitude, wifiSsid, wifiPassword } = wish;
  const trust = wish.trust || undefined;
  const time = Math.round(Date.now() / 1000);
  if (!hasKeys(before)) {
    io.note(
      "this firmware makes no keys: the server makes the credential, and it goes over the console",
    );
    return handOver(console, fleet, wish, time, io);
  }
  io.progress("making a claim");
  const place = { name, latitude, longitude, time };
  const given = { server: fleet.server, ...place, wifiSsid, wifiPassword, trust };
  return withClaim(fleet, { site, group, name, latitude, longitude }, (claim) =>
    enrolCamera(
      console,
      { ...given, claim },
      { pause: (ms) => sleep(ms, undefined, { signal: io.signal }), progress: io.progress },
    ),
  );
}

/** The way of firmware without the crypto module. */
async function handOver(
  console: Console,
  fleet: FleetClient,
  { name, site, latitude, longitude, wifiSsid, wifiPassword, trust }: Wish,
  time: number,
  io: Io,
): Promise<ConsoleStatus> {
  io.progress("registering the camera");
  const { cameraID, credential } = await fleet.send<{ cameraID: string; credential: string }>(
    "POST",
    "/api/v1/cameras",
    { name, site, latitude, longitude },
  );
  io.progress("writing the credential to the camera");
  try {
    return await provisionCamera(console, {
      ...{ cameraID, credential, name, site, server: fleet.server, time, wifiSsid, wifiPassword },
      // The camera needs a number; on the server the place stays unknown.
      latitude: latitude ?? 0,
      longitude: longitude ?? 0,
      ...(trust && { trust }),
    });
  } catch (error) {
    await takeBack(fleet, cameraID, io.note);
    throw error;
  }
}

export const wifiOf = (input: CommandInput): Pick<Wish, "wifiSsid" | "wifiPassword"> => ({
  wifiSsid: textOption(input, "wifi-ssid") ?? "",
  wifiPassword: textOption(input, "wifi-password") ?? process.env.THICKET_WIFI_PASSWORD ?? "",
});

/** Is it there, does it take the token, and does it mean the same by now? */
export async function greetServer(fleet: FleetClient, io: Io): Promise<void> {
  const { now } = await fleet.get<{ now: string }>("/api/v1/summary");
  const aheadS = Math.round((Date.parse(now) - Date.now()) / 1000);
  if (Math.abs(aheadS) <= CLOCK_S_MAX) return;
  const words = aheadS > 0 ? `${aheadS} s ahead of` : `${-aheadS} s behind`;
  io.note(`warning: the server's clock is ${words} this machine's; cameras take the server's`);
}

/** Errors: MISSING_OPTION names all that are missing. */
export function required<Name extends string>(input: CommandInput, names: Name[]) {
  const given = {
    ...Object.fromEntries(names.map((name) => [name, textOption(input, name) ?? ""])),
    token: textOption(input, "token") ?? process.env.THICKET_TOKEN ?? "",
  } as Record<Name | "token", string>;
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
export function warnAboutLoopback(
  server: string,
  port: string,
  note: (line: string) => void,
): void {
  if (port.startsWith("tcp://127.") || !/\/\/(127\.|localhost|\[::1\])/.test(server)) return;
  const address = Object.values(networkInterfaces())
    .flat()
    .find((entry) => entry && !entry.internal && entry.family === "IPv4")?.address;
  note(
    `warning: the camera cannot reach ${server}; ` +
      `give this machine's address${address ? `, perhaps ${server.replace(/\/\/[^:/]+/, `//${address}`)}` : ""}`,
  );
}

/** The newest list of keys in a release folder, base64; "" without a folder. */
export function newestTrust(folder: string | undefined): string {
  if (folder === undefined) return "";
  const read: ReadFile = (path) => {
    const file = join(folder, path);
    return existsSync(file) ? readInput(file) : undefined;
  };
  const { version } = newestKeys(read);
  return Buffer.from(read(trustPath(version)) ?? []).toString("base64");
}
