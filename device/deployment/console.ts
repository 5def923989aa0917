/** What a person or the provisioning tool can ask of the camera on its console, as the global `thicket`. */
import type { ProductionManager } from "../production.ts";
import type { Heartbeat } from "../protocol/check-in.ts";
import type { ConfigValues } from "../protocol/config.ts";
import { faultText } from "../protocol/error-names.ts";
import type { ConsoleStatus, EnrolmentGiven, Provisioning } from "../protocol/provisioning.ts";
import type { ObservationRecord } from "../protocol/records.ts";
import type { Subsystems } from "../subsystems.ts";
import { APP_VERSION } from "../version.ts";
import type { Config } from "./config.ts";
import { type Crash, listCrashes } from "./crashes.ts";
import type { Diagnosis } from "./diagnosis.ts";
import { type EnrolmentParts, enrol } from "./enrolment.ts";
import { openIdentity } from "./identity.ts";
import { takeTrust, trustVersion } from "./ota-judge.ts";

export interface CameraConsole {
  /** Become known to a server by a claim. status().enrolment says how far it is; `done` is optional. */
  enrol(given: EnrolmentGiven, done?: (problem: string, cameraID: string) => void): void;
  /** Throws a text naming the bad field. */
  provision(given: Provisioning): void;
  /** Forget who this camera is; what waits in the outbox stays. */
  forget(): void;
  status(): ConsoleStatus;
  config(): { version: number; values: ConfigValues };
  /** Take a test shot now: a burst judged without the background. The observation comes as a line and in last(). */
  trigger(): void;
  /** The last observation since boot. */
  last(): ObservationRecord | undefined;
  checkIn(): void;
  /** Try everything that a day needs; prints what failed. */
  selfTest(): void;
  /** The last crashes, oldest first. */
  crashes(): Crash[];
  /** What the program says when it starts. */
  greeting(): string[];
}

export interface ConsoleParts extends EnrolmentParts {
  config: Config;
  subsystems: Subsystems;
  production: ProductionManager;
  heartbeat(): Heartbeat;
  diagnosis: Diagnosis;
}

export function createConsole(parts: ConsoleParts): CameraConsole {
  const { ports, provisioning, production, config } = parts;
  const { missing } = ports;

  function checkIn(): void {
    if (!parts.subsystems.run("checkin", parts.checkIns.now)) throw "no network module runs";
  }

  return {
    enrol: (given, done) => {
      enrol(parts, given, done || (() => {}));
    },
    provision: (given) => {
      try {
        if (given && given.trust) {
          const problem = takeTrust(ports, given.trust, true);
          if (problem) throw "trust: " + problem;
        }
        provisioning.set(given);
      } catch (error) {
        // A line that a person can read.
        throw faultText(error);
      }
      parts.timekeeping.set(given.time);
      parts.subsystems.run("checkin", parts.checkIns.now);
    },
    forget: provisioning.forget,
    status: () => {
      const known = provisioning.current();
      return {
        app: "thicket",
        appVersion: APP_VERSION,
        provisioned: !!known,
        cameraID: known ? known.cameraID : "",
        name: known ? known.name : "",
        site: known ? known.site : "",
        server: known ? known.server : "",
        missing: missing,
        fingerprint:
          missing.indexOf("crypto") < 0 && missing.indexOf("vault") < 0
            ? openIdentity(ports).fingerprint
            : "",
        enrolment: parts.enrolment,
        trust: trustVersion(ports),
        heartbeat: parts.heartbeat(),
      };
    },
    config: () => ({ version: config.version, values: config.values }),
    trigger: () => production.wake("test"),
    last: production.last,
    checkIn: checkIn,
    selfTest: parts.diagnosis.test,
    crashes: () => listCrashes(parts.ports.vault),
    greeting: () => {
      const known = provisioning.current();
      const lines = ["Thicket " + APP_VERSION + ": " + production.state()];
      if (missing.length)
        lines.push("this firmware has no " + missing.join(", ") + ": the rest runs without");
      if (known)
        lines.push("camera " + known.name + " at " + known.site + ", reports to " + known.server);
      if (known && !trustVersion(ports))
        lines.push("takes no releases: it was given no list of keys");
      if (!known) lines.push("not provisioned: run npx toolchain provision --port PORT ...");
      return lines;
    },
  };
}
