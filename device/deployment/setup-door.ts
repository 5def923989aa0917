/**
 * When a camera can be set up without our tool, and for how long: from its start while it is not provisioned. Its serial
 * line understands Improv all that time; its own network and page close after ten minutes, for the battery's sake.
 */
import type { Ports } from "../ports.ts";
import { faultText } from "../protocol/error-names.ts";
import { improvCodec } from "../protocol/improv.ts";
import { createImprov } from "./improv.ts";
import type { ProvisioningStore } from "./provisioning.ts";
import { createSetup, type Enrol } from "./setup.ts";
import { pageAnswer } from "./setup-page.ts";
import { type SharedLine, shareLine } from "./shared-line.ts";

/** The radio draws about a tenth of an ampere. Who needs longer switches the camera off and on. */
const PAGE_S_MAX = 600;
/** After provisioning a client may still ask what came of it. */
const FAREWELL_S = 60;
const TICK_MS = 5000;

/**
 * Nothing for a camera that is provisioned or can keep nothing. All functions are inside this one: they are gone when
 * the door is closed.
 */
export function openDoor(ports: Ports, known: ProvisioningStore, enrol: Enrol): void {
  function open(): void {
    const { clock } = ports;
    const given = ports.setup();
    const { wifi } = given;
    const setup = createSetup(ports, given, enrol);
    let line: SharedLine | undefined;
    let isPageOpen = false;
    let provisionedAtS = 0;

    function openLine(): void {
      if (!given.line) return;
      const codec = improvCodec();
      const answer = createImprov(setup, codec, given.chip, given.line.write);
      line = shareLine(clock, given.line, codec, answer);
    }

    function openPage(): void {
      if (!wifi || known.current()) return;
      wifi.serve(pageAnswer(setup));
      isPageOpen = true;
      if (setup.url()) return;
      const name = "thicket-" + given.tag;
      wifi.openAccessPoint(name, given.accessPointPassword);
      ports.log("setup: join the Wi-Fi network " + name + " and open http://192.168.4.1/");
    }

    function closePage(): void {
      if (!isPageOpen || !wifi) return;
      isPageOpen = false;
      wifi.stopServing();
      wifi.closeAccessPoint();
    }

    function tick(): void {
      const now = clock.uptime();
      if (known.current() && !provisionedAtS) provisionedAtS = now;
      const isOver = !!provisionedAtS && now > provisionedAtS + FAREWELL_S;
      if (isOver || now > PAGE_S_MAX) closePage();
      if (!isOver) clock.after(TICK_MS, tick);
      else if (line) line.close();
    }

    openLine();
    clock.after(TICK_MS, tick);
    const { ssid, password } = setup.names();
    if (ssid) setup.join(ssid, password, openPage);
    else openPage();
  }

  if (known.current() || ports.missing.indexOf("vault") >= 0) return;
  try {
    open();
  } catch (error) {
    // The camera's day goes on without.
    ports.log("setup: " + faultText(error));
  }
}
