/**
 * What Improv and the camera's own page do for who sets a camera up: join a network and keep it, give names, enrol with
 * a server. When they are there at all is setup-door.ts's business.
 */
import type { FoundNetwork, Ports, SetupPorts } from "../ports.ts";
import { STATE_JOINED, STATE_JOINING, STATE_READY } from "../protocol/improv.ts";
import type { EnrolmentGiven } from "../protocol/provisioning.ts";

/** JSON of Network: what was told before the camera has a server. */
export const NETWORK_CELL = "network";
const NAME_MAX = 40;
const HOSTNAME_MAX = 32;

export interface Network {
  ssid: string;
  password: string;
  hostname: string;
  name: string;
}

/** Takes the camera into a server's fleet: "" and its ID, or why not. */
export type Enrol = (
  given: EnrolmentGiven,
  done: (problem: string, cameraID: string) => void,
) => void;

/** What is known of the network beyond the life of a Setup. */
export interface Standing {
  /** As Improv numbers it. */
  state: number;
  /** On the network that was joined, "" before. */
  address: string;
}

export interface Setup {
  improvState(): number;
  /** Of the camera's page on the network it has joined, "" before. */
  url(): string;
  names(): Network;
  /** False: not a name. */
  setHostname(name: string): boolean;
  setName(name: string): boolean;
  scan(done: (found: FoundNetwork[]) => void): void;
  join(ssid: string, password: string, done: (problem: string) => void): void;
  /** @param texts server, claim, name, latitude, longitude, UTC seconds */
  enrol(texts: string[], done: (problem: string, cameraID: string) => void): void;
}

export function createSetup(
  ports: Ports,
  given: SetupPorts,
  standing: Standing,
  enrol: Enrol,
): Setup {
  const { vault } = ports;
  const { wifi } = given;
  const stored = vault.read(NETWORK_CELL);
  const tagged = "thicket-" + given.tag;
  const network: Network = stored
    ? JSON.parse(stored)
    : { ssid: "", password: "", hostname: tagged, name: tagged };

  /** RFC 1123, as long as ESP-IDF takes. */
  function isHostname(name: string): boolean {
    if (!/^[A-Za-z0-9-]+$/.test(name) || name.length > HOSTNAME_MAX) return false;
    return name.charAt(0) !== "-" && name.charAt(name.length - 1) !== "-";
  }

  function numberOf(text: string | undefined): number | undefined {
    const value = parseFloat(text || "");
    // Not so for NaN.
    return value > -Infinity ? value : undefined;
  }

  function enrolmentOf(texts: string[]): EnrolmentGiven {
    return {
      server: texts[0] as string,
      claim: texts[1] || "",
      name: texts[2] || network.name,
      latitude: numberOf(texts[3]),
      longitude: numberOf(texts[4]),
      time: numberOf(texts[5]),
      wifiSsid: network.ssid,
      wifiPassword: network.password,
    };
  }

  const keep = (): void => vault.write(NETWORK_CELL, JSON.stringify(network));
  return {
    improvState: () => standing.state,
    url: () => (standing.address ? "http://" + standing.address + "/" : ""),
    names: () => network,
    setHostname: (name) => {
      if (!isHostname(name)) return false;
      network.hostname = name;
      keep();
      return true;
    },
    setName: (name) => {
      if (name.length > NAME_MAX) return false;
      network.name = name;
      keep();
      return true;
    },
    scan: (done) => (wifi ? wifi.scan(done) : done([])),
    join: (ssid, password, done) => {
      if (!wifi) return done("this firmware has no Wi-Fi");
      standing.state = STATE_JOINING;
      standing.address = "";
      wifi.setHostname(network.hostname);
      wifi.join(ssid, password, (problem, at) => {
        standing.state = problem ? STATE_READY : STATE_JOINED;
        standing.address = at;
        ports.log("setup: " + (problem || "on " + ssid + " as " + at));
        if (!problem) {
          network.ssid = ssid;
          network.password = password;
          keep();
        }
        done(problem);
      });
    },
    enrol: (texts, done) => {
      const end = (problem: string, cameraID: string): void => {
        ports.log(problem ? "enrol: " + problem : "enrolled as " + cameraID);
        done(problem, cameraID);
      };
      if (wifi && !standing.address) end("join a Wi-Fi network first", "");
      else enrol(enrolmentOf(texts), end);
    },
  };
}
