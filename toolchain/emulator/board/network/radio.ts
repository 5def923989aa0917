/** What a board's Wi-Fi finds around it: the seam between the Wifi module and the network it is on. */

/** Names of the firmware for a network's protection. */
export type AuthMode = "open" | "wep" | "wpa" | "wpa2" | "wpa_wpa2";

export interface AccessPoint {
  ssid: string;
  /** Absent: whoever asks is let in. */
  password?: string;
  /** Six bytes as text, "02:00:5e:00:53:01". */
  bssid: string;
  channel: number;
  /** Signal at the board. */
  rssiDbm: number;
  authMode: AuthMode;
}

/** IPv4 settings of an interface. */
export interface Lease {
  ip: string;
  netmask: string;
  gw: string;
}

/** Reason codes of ESP-IDF (wifi_err_reason_t) that come about here. */
export const REASON = {
  assocLeave: 8,
  handshakeTimeout: 15,
  beaconTimeout: 200,
  noApFound: 201,
} as const;

/** How the firmware names them. */
export const REASON_NAMES: Record<number, string> = {
  [REASON.assocLeave]: "ASSOC_LEAVE",
  [REASON.handshakeTimeout]: "4WAY_HANDSHAKE_TIMEOUT",
  [REASON.beaconTimeout]: "BEACON_TIMEOUT",
  [REASON.noApFound]: "NO_AP_FOUND",
};

export const reasonName = (reason: number): string => REASON_NAMES[reason] ?? "Unknown reason";

/** All radio calls beyond joining throw where nothing is there to answer them. */
export interface Radio {
  scan(): AccessPoint[];
  /** The access point that lets the board in, or the reason why none does. */
  find(ssid: string, password: string): AccessPoint | number;
  /** An address by DHCP. */
  join(accessPoint: AccessPoint): Lease;
  leave(): void;
  /** The station's address was set by hand. */
  setAddress(ip: string): void;
  startAccessPoint(accessPoint: AccessPoint, ip: string): void;
  stopAccessPoint(): void;
  /** Round trip in milliseconds; undefined: no answer. */
  ping(address: string): number | undefined;
  /** Milliseconds until a name is resolved (or known not to be). */
  lookupMs(name: string): number;
  /** Milliseconds until a time server answers; undefined: none there. */
  timeMs(server: string): number | undefined;
}
