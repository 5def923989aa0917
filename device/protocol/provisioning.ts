/**
 * What a camera is told when it is provisioned, over its console:
 *   `thicket.provision({...})` takes a Provisioning and prints nothing; it throws a text naming the bad field.
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
  /** Version of the list of keys whose releases it takes; 0: none, it takes no releases. */
  trust?: number;
  heartbeat: Heartbeat;
}
