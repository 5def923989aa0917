/** Steps 4, 9 and 12: whose camera it is, where it stands, and that the server hears of it. */
import type { ConsoleStatus } from "../../../device/protocol/provisioning.ts";
import { EXIT, isAppError } from "../../errors.ts";
import type { Asker } from "../asker.ts";
import { failed, type Place, passed, type Setup, type Step, skipped } from "../step.ts";

/** A contact may have to join the network first, and pictures go with it. */
const CONTACT_LIMIT_MS = 90_000;
const LOOK_EVERY_MS = 1000;
/** What Enter means. */
const NOT_KNOWN = Number.NaN;

export const provision: Step = {
  name: "provision",
  title: "make it known to the server",
  ...{ isNeeded: true, isWhole: true },
  run: async (setup) => {
    const before = await setup.status();
    if (await isKnown(setup, before)) {
      return passed(`${before.name} (${before.cameraID}) at ${before.site}, known already`);
    }
    const { ask, io } = setup;
    if (before.provisioned) {
      setup.say(`it was ${before.name} (${before.cameraID}) of ${before.server}`);
    }
    const site = await ask.text("site", before.site || undefined);
    const name = await ask.text("name", before.name || undefined);
    const group = await ask.text("group", "");
    // Told now, it begins with the deployment; told later, it would end this one and begin another.
    const place = await askPlace(ask);
    const wifiSsid = await ask.text("wifi.ssid", "");
    const known = process.env.THICKET_WIFI_PASSWORD ?? "";
    const wifiPassword = wifiSsid ? await ask.text("wifi.password", known) : "";
    io.progress("provisioning");
    const given = { ...place, ...(group && { group }) };
    const wish = { name, site, wifiSsid, wifiPassword, trust: "", ...given };
    const after = await setup.provision(await setup.console(), wish, before);
    return passed(`${name} (${after.cameraID}) at ${site}`);
  },
};

/** It reports to this server, which has it in service. */
async function isKnown({ fleet }: Setup, status: ConsoleStatus): Promise<boolean> {
  if (!status.provisioned || status.server !== fleet.server) return false;
  try {
    const path = `/api/v1/cameras/${status.cameraID}/life`;
    return (await fleet.get<{ state: string }>(path)).state === "active";
  } catch (error) {
    if (isAppError(error) && error.code === "CAMERA_UNKNOWN") return false;
    throw error;
  }
}

/** Undefined: not known. */
async function askPlace(ask: Asker): Promise<Place | undefined> {
  const latitude = await ask.number("latitude", NOT_KNOWN);
  const longitude = Number.isNaN(latitude) ? latitude : await ask.number("longitude", NOT_KNOWN);
  return Number.isNaN(longitude) ? undefined : { latitude, longitude };
}

export const position: Step = {
  name: "position",
  title: "where it stands",
  run: async (setup) => {
    const { ask, fleet } = setup;
    const { cameraID, site } = await setup.status();
    const path = `/api/v1/cameras/${cameraID}`;
    const { latitude, longitude } = await fleet.get<{
      latitude: number | null;
      longitude: number | null;
    }>(path);
    const isGiven = ask.has("latitude") && ask.has("longitude");
    if (latitude !== null && longitude !== null && !isGiven) {
      setup.position = { latitude, longitude };
      return passed(`${latitude}, ${longitude} (known to the server)`);
    }
    const place = await askPlace(ask);
    if (!place) return skipped("not known");
    const words = `${place.latitude}, ${place.longitude}`;
    setup.position = place;
    if (latitude === place.latitude && longitude === place.longitude) return passed(words);
    await fleet.send("POST", `${path}/transfer`, { site, ...place });
    return passed(words);
  },
};

export const checkIn: Step = {
  name: "check-in",
  title: "the server hears from it",
  run: async (setup) => {
    const { cameraID } = await setup.status();
    const path = `/api/v1/cameras/${cameraID}`;
    const seen = async () => (await setup.fleet.get<{ lastSeen: string | null }>(path)).lastSeen;
    const before = await seen();
    const console = await setup.console();
    await console.evaluate("(thicket.checkIn(),1)").catch((error) => {
      // One that is under way already will do.
      if (!isAppError(error) || error.exitCode !== EXIT.device) throw error;
    });
    for (let ms = 0; ms < CONTACT_LIMIT_MS; ms += LOOK_EVERY_MS) {
      await setup.pause(LOOK_EVERY_MS);
      const now = await seen();
      if (now !== null && now !== before) return passed(`accepted ${now.slice(11, 19)} UTC`);
      setup.io.progress(`waiting for its check-in (${Math.round(ms / 1000)} s)`);
    }
    return failed(
      "no check-in came through",
      "is the network in reach, and the server at an address that the camera can reach?",
    );
  },
};
