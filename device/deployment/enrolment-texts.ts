/** What the camera writes when it asks to be enrolled, and what it reads in a refusal. */
import type { HttpReply, Ports } from "../ports.ts";
import { type EnrolmentRequest, enrolmentRules } from "../protocol/enrolment.ts";
import type { EnrolmentGiven } from "../protocol/provisioning.ts";
import { openIdentity } from "./identity.ts";

/** The body of the request. */
export function enrolmentBody(ports: Ports, given: EnrolmentGiven): string {
  // About 10 cm; also what is signed.
  const rounded = (degrees: number): number => Math.round(degrees * 1000000) / 1000000;
  const { base64, hardware, clock } = ports;
  const identity = openIdentity(ports);
  const request: EnrolmentRequest = {
    v: 1,
    claim: given.claim,
    publicKey: base64(identity.publicKey),
    hardware: hardware,
    time: Math.round(clock.now()),
    signature: "",
  };
  if (given.name) request.name = given.name;
  if (typeof given.latitude === "number" && typeof given.longitude === "number") {
    request.latitude = rounded(given.latitude);
    request.longitude = rounded(given.longitude);
  }
  request.signature = base64(identity.sign(enrolmentRules().signed(request)));
  return JSON.stringify(request);
}

/** What the server says against it, in its own words. */
export function refusalOf(reply: HttpReply): string {
  try {
    const error = JSON.parse(reply.body).error;
    return error.code + ": " + error.message;
  } catch (_notOurs) {
    return "status " + reply.status;
  }
}
