/**
 * What a camera is told when it is provisioned, over its console:
 *   `thicket.enrol({...})` takes an EnrolmentGiven and goes its way; `thicket.status().enrolment` says how far it is.
 *   `thicket.provision({...})` takes a Provisioning and prints nothing; it throws a text naming the bad field. For
 *   firmware without keys: the credential is the server's and comes over the console.
 *   `thicket.status()` returns a ConsoleStatus. `thicket.forget()` removes the provisioning.
 * The console asks with `print("<<<"+JSON.stringify(thicket.status())+">>>")`.
 */
import type { Heartbeat } from "./check-in.ts";

export interface Provisioning {
  cameraID: string;
  /** Shown to people, 1..40 characters. */
  name: string;
  site: string;
  /** Origin only: http://host:port, no path. */
  server: string;
  /** Secret for `Authorization: Bearer`, 43 characters base64url. */
  credential: string;
  /** Decimal degrees; both 0 when unknown. */
  latitude: number;
  longitude: number;
  /** UTC seconds at the moment of provisioning. */
  time: number;
  /** "" when the board has no Wi-Fi or keeps the one it has. */
  wifiSsid: string;
  wifiPassword: string;
  /** First list of trusted keys, base64; kept apart from the rest. Without one the camera takes no releases. */
  trust?: string;
  /** Proves the server's orders, 32 bytes, base64; absent where the credential came over the console. */
  orderKey?: string;
  /** Number of the last order carried out. */
  orderDone?: number;
  /** Wiped but for this; it ends when the server has heard of it. */
  isLeaving?: boolean;
}

/** What somebody who holds a claim says to the camera. */
export interface EnrolmentGiven {
  server: string;
  claim: string;
  name?: string;
  /** Both or none. */
  latitude?: number;
  longitude?: number;
  /** UTC seconds, for a camera that does not know the time. */
  time?: number;
  /** Absent or "": the network that the board knows. */
  wifiSsid?: string;
  wifiPassword?: string;
  /** First list of trusted keys, base64. Absent: the one that the server hands out, where it has one. */
  trust?: string;
}

export interface EnrolmentStatus {
  /** Accepted: the server has answered the first check-in. Since boot. */
  state: "none" | "joining" | "asking" | "enrolled" | "accepted" | "failed";
  /** One line: why it failed, or why the last contact did. */
  problem: string;
}

export interface ConsoleStatus {
  app: "thicket";
  appVersion: string;
  provisioned: boolean;
  cameraID: string;
  name: string;
  site: string;
  server: string;
  /** Native modules the firmware lacks ([] on a full firmware). */
  missing: string[];
  /** Of the camera's public key: 16 hexadecimal digits in fours; "" on firmware without keys. */
  fingerprint: string;
  enrolment: EnrolmentStatus;
  /** Version of the list of keys whose releases it takes; 0: none, it takes no releases. */
  trust?: number;
  heartbeat: Heartbeat;
}
