/**
 * When a camera can be set up without our tool, and for how long: from its start while it is not provisioned. Its serial
 * line understands Improv all that time; its own network and page close after ten minutes, for the battery's sake.
 */
import type { PageAnswer, Ports } from "../ports.ts";
import { faultText } from "../protocol/error-names.ts";
import { improvCodec, STATE_READY } from "../protocol/improv.ts";
import { createImprov } from "./improv.ts";
import type { ProvisioningStore } from "./provisioning.ts";
import { createSetup, type Enrol, type Setup } from "./setup.ts";
import { pageAnswer } from "./setup-page.ts";
import { shareLine } from "./shared-line.ts";

/** The radio draws about a tenth of an ampere. Who needs longer switches the camera off and on. */
const PAGE_S_MAX = 600;
/** After provisioning a client may still ask what came of it. */
const FAREWELL_S = 60;
const TICK_MS = 5000;
/** An ESP32-C3 has 4095, which its day needs. */
const VARS_MIN = 8000;
/** Longer than anything that is under way for somebody. */
const SERVICE_S = 120;

/** What serves somebody who sets the camera up; there from the first sign of them until they are silent. */
interface Service {
  setup: Setup;
  receive(bytes: string): void;
  answer: PageAnswer;
}

/**
 * Nothing for a camera that is provisioned, can keep nothing or is short of memory. All functions are inside this one, and most are made when
 * somebody comes: at rest they would cost memory that the camera needs.
 */
export function openDoor(ports: Ports, known: ProvisioningStore, enrol: Enrol): void {
  function open(): void {
    const { clock } = ports;
    const standing = { state: STATE_READY, address: "" };
    let stopServing: (() => void) | undefined;
    let service: Service | undefined;
    let usedAtS = 0;
    let provisionedAtS = 0;

    function served(): Service {
      usedAtS = clock.uptime();
      if (service) return service;
      const given = ports.setup();
      const { line } = given;
      const setup = createSetup(ports, given, standing, enrol);
      const codec = improvCodec();
      service = { setup, receive: () => {}, answer: pageAnswer(setup) };
      if (line) {
        const onCommand = createImprov(setup, codec, given.chip, line.write);
        service.receive = shareLine(clock, line, codec, onCommand);
      }
      return service;
    }

    // Who is given these two keeps the scope they are made in: this one, which holds little.
    const hear = (bytes: string): void => served().receive(bytes);
    const answer: PageAnswer = (method, path, body, reply) =>
      served().answer(method, path, body, reply);

    /** Take the line; join the network it was told before, if there is one. */
    function begin(): void {
      const { line } = ports.setup();
      const { setup } = served();
      const { ssid, password } = setup.names();
      if (line) line.open(hear);
      if (ssid) setup.join(ssid, password, openPage);
      else openPage();
    }

    function openPage(): void {
      const { wifi, tag, accessPointPassword } = ports.setup();
      if (!wifi || known.current()) return;
      stopServing = wifi.serve(answer);
      if (standing.address) return;
      const name = "thicket-" + tag;
      wifi.openAccessPoint(name, accessPointPassword);
      ports.log("setup: join the Wi-Fi network " + name + " and open http://192.168.4.1/");
    }

    function closePage(): void {
      if (stopServing) stopServing();
      stopServing = undefined;
      const { wifi } = ports.setup();
      if (wifi) wifi.closeAccessPoint();
    }

    function tick(): void {
      const now = clock.uptime();
      if (known.current() && !provisionedAtS) provisionedAtS = now;
      const isOver = !!provisionedAtS && now > provisionedAtS + FAREWELL_S;
      if (stopServing && (isOver || now > PAGE_S_MAX)) closePage();
      if (isOver || now > usedAtS + SERVICE_S) service = undefined;
      const { line } = isOver ? ports.setup() : { line: undefined };
      if (line) line.close();
      if (!isOver) clock.after(TICK_MS, tick);
    }

    clock.after(TICK_MS, tick);
    // From a timer, in a scope of its own: the minifier would fold it into this one, which then kept what it used.
    clock.after(0, () => {
      try {
        begin();
      } catch (error) {
        // The camera's day goes on without.
        ports.log("setup: " + faultText(error));
      }
    });
  }

  if (known.current() || ports.missing.indexOf("vault") >= 0) return;
  if (ports.memory.totalVars() >= VARS_MIN) open();
}
