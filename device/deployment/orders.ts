/**
 * Carries out what the server orders the camera to do with itself (protocol/orders.ts). A wipe is done in steps, each
 * kept before the next, so that a power cut ends in a camera that goes on wiping, never in one that half remembers.
 */
import type { Ports } from "../ports.ts";
import { type Order, type OrderedPlace, orderText } from "../protocol/orders.ts";
import type { EnrolmentStatus, Provisioning } from "../protocol/provisioning.ts";
import { openIdentity } from "./identity.ts";
import type { ProvisioningStore } from "./provisioning.ts";
import { wipe } from "./wipe.ts";

export interface OrderParts {
  ports: Ports;
  provisioning: ProvisioningStore;
  /** The first contact after it is its proof. */
  enrolment: EnrolmentStatus;
  /** Number of a wipe to begin when this contact has ended; 0 for none. */
  wipeNumber: number;
}

/** At the start: a power cut may have ended a wipe. */
export function goOnWiping({ ports, provisioning }: OrderParts): void {
  const known = provisioning.current();
  if (known && known.isLeaving) wipe(ports.vault);
}

/** The server has ordered this. Returns whether it has been done, which the server should hear at once. */
export function obey(parts: OrderParts, order: Order): boolean {
  const { ports, provisioning } = parts;
  const { crypto, base64 } = ports;
  const known = provisioning.current();
  if (!known || !(order.number > (known.orderDone || 0))) return false;
  // Without a key of ours the server made the credential itself: it is all the proof there can be.
  const isProved = known.orderKey
    ? base64(crypto.hmac(atob(known.orderKey), orderText(known.cameraID, order))) === order.proof
    : order.kind !== "rotate";
  if (!isProved) {
    ports.log("order " + order.number + " is not proved: ignored");
    return false;
  }
  if (order.kind === "wipe") {
    // What waits is delivered first.
    parts.wipeNumber = order.number;
    return false;
  }
  let changes: Partial<Provisioning> = {};
  if (order.kind === "place") {
    const place = JSON.parse(order.text) as OrderedPlace;
    changes = { name: place.name, site: place.site };
  }
  if (order.kind === "rotate") {
    const salt = crypto.sha256(known.cameraID + order.number);
    changes = openIdentity(ports).derive(atob(order.text), salt);
  }
  provisioning.set({ ...known, ...changes, orderDone: order.number });
  return true;
}

/**
 * A contact has ended.
 * @param isRefused the server does not take the credential any more
 * @returns whether the server should hear at once what was done
 */
export function afterContact(parts: OrderParts, problem: string, isRefused: boolean): boolean {
  const { ports, provisioning, enrolment } = parts;
  if (enrolment.state === "enrolled") {
    enrolment.problem = problem;
    if (!problem) enrolment.state = "accepted";
  }
  const known = provisioning.current();
  const number = parts.wipeNumber;
  parts.wipeNumber = 0;
  if (known && known.isLeaving && (!problem || isRefused)) {
    provisioning.forget();
    // What was recorded in between, and what is left of the forgotten cell.
    wipe(ports.vault);
    ports.log("wiped: this camera belongs to nobody");
    return false;
  }
  if (!known || !number || problem) return false;
  provisioning.set({ ...known, orderDone: number, isLeaving: true });
  wipe(ports.vault);
  return true;
}
