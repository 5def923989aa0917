/** Who this camera is and where it reports: checked, kept in one vault cell, forgotten on request. */
import type { Vault } from "../ports.ts";
import type { Provisioning } from "../protocol/provisioning.ts";

const CELL = "provisioning";
/** [field, fewest, most characters] */
const TEXTS: [keyof Provisioning, number, number][] = [
  ["cameraID", 1, 64],
  ["name", 1, 40],
  ["site", 1, 40],
  ["server", 10, 120],
  ["credential", 20, 128],
  ["wifiSsid", 0, 32],
  ["wifiPassword", 0, 63],
];
/** [field, least, most] */
const NUMBERS: [keyof Provisioning, number, number][] = [
  ["latitude", -90, 90],
  ["longitude", -180, 180],
  ["time", 1600000000, 4000000000],
];

/** "" or one line naming the field that is wrong and what it should be. */
export function provisioningProblem(given: Provisioning): string {
  let problem = "";
  TEXTS.forEach(function (row) {
    const value = given[row[0]];
    if (typeof value !== "string" || value.length < row[1] || value.length > row[2])
      problem = problem || row[0] + " must be text of " + row[1] + " to " + row[2] + " characters";
  });
  NUMBERS.forEach(function (row) {
    const value = given[row[0]];
    if (typeof value !== "number" || !(value >= row[1] && value <= row[2]))
      problem = problem || row[0] + " must be a number from " + row[1] + " to " + row[2];
  });
  if (problem) return problem;
  const host = given.server.split("//")[1] || "";
  const isHttp = given.server.indexOf("http://") === 0 || given.server.indexOf("https://") === 0;
  return isHttp && host && host.indexOf("/") < 0 ? "" : "server must be http://host:port, no path";
}

export interface ProvisioningStore {
  start(): void;
  current(): Provisioning | undefined;
  /** Errors: throws a line of text naming the bad field; then nothing has changed. */
  set(given: Provisioning): void;
  forget(): void;
}

export function createProvisioning(vault: Vault): ProvisioningStore {
  let current: Provisioning | undefined;
  return {
    start: function () {
      const text = vault.read(CELL);
      current = text === undefined ? undefined : JSON.parse(text);
    },
    current: function () {
      return current;
    },
    set: function (given) {
      const problem = given ? provisioningProblem(given) : "nothing given";
      if (problem) throw problem;
      // The list of keys has a cell of its own.
      delete given.trust;
      vault.write(CELL, JSON.stringify(given));
      current = given;
    },
    forget: function () {
      vault.erase(CELL);
      current = undefined;
    },
  };
}
