/**
 * Makes the camera known to a server by a claim: joins the network, shows the claim and its public key, derives the
 * credential, keeps it. Asked again with the same claim it ends the same, so a lost answer costs a repetition.
 */
import type { CheckIns } from "../network/checkin.ts";
import type { HttpReply, Ports } from "../ports.ts";
import { ENROL_PATH, type EnrolmentReply } from "../protocol/enrolment.ts";
import { faultText } from "../protocol/error-names.ts";
import type { EnrolmentGiven, EnrolmentStatus, Provisioning } from "../protocol/provisioning.ts";
import { enrolmentBody, refusalOf } from "./enrolment-texts.ts";
import { openIdentity } from "./identity.ts";
import { takeTrust, trustVersion } from "./ota-judge.ts";
import { type ProvisioningStore, provisioningProblem } from "./provisioning.ts";
import type { Timekeeping } from "./timekeeping.ts";

export interface EnrolmentParts {
  ports: Ports;
  provisioning: ProvisioningStore;
  timekeeping: Timekeeping;
  checkIns: CheckIns;
  /** How far it is; kept up to date here. */
  enrolment: EnrolmentStatus;
}

/** @param done called once: with "" and the cameraID, or with one line saying what went wrong */
export function enrol(
  parts: EnrolmentParts,
  given: EnrolmentGiven,
  done: (problem: string, cameraID: string) => void,
): void {
  const { ports, provisioning, enrolment } = parts;
  // A server that did not answer is asked again.
  let attemptsLeft = 3;
  const pauseMs = 2000;
  const replyMsMax = 20000;

  const isUnderWay = (): boolean => enrolment.state === "joining" || enrolment.state === "asking";

  function end(problem: string, cameraID: string): void {
    if (!isUnderWay()) return;
    enrolment.state = problem ? "failed" : "enrolled";
    enrolment.problem = problem;
    ports.links.disconnect();
    // Plans a contact, where the camera knows a server.
    parts.checkIns.start();
    done(problem, cameraID);
  }

  /** A step with an owner for what it throws. */
  function step(work: () => void): void {
    try {
      work();
    } catch (error) {
      end(faultText(error), "");
    }
  }

  /** The keys whose releases it takes: those that somebody at the camera gave, else the server's, once. */
  function trust(answer: EnrolmentReply): void {
    const list = given.trust || (trustVersion(ports) ? "" : answer.trust);
    const problem = list ? takeTrust(ports, list, true) : "";
    if (problem && given.trust) throw "trust: " + problem;
    if (problem) ports.log("the server's list of keys was not taken: " + problem);
  }

  function keep(reply: HttpReply): string {
    const answer = JSON.parse(reply.body) as EnrolmentReply;
    trust(answer);
    const before = provisioning.current() || ({} as Partial<Provisioning>);
    provisioning.set({
      ...{ cameraID: answer.cameraID, name: answer.name, site: answer.site },
      ...{ server: given.server, time: answer.time },
      ...{ latitude: given.latitude || 0, longitude: given.longitude || 0 },
      wifiSsid: given.wifiSsid || before.wifiSsid || "",
      wifiPassword: (given.wifiSsid ? given.wifiPassword : before.wifiPassword) || "",
      ...openIdentity(ports).derive(atob(answer.serverKey), ports.crypto.sha256(given.claim)),
    });
    parts.timekeeping.set(answer.time);
    return answer.cameraID;
  }

  function ask(body: string): void {
    attemptsLeft -= 1;
    const headers = { "Content-Type": "application/json", "Content-Length": "" + body.length };
    const url = given.server + ENROL_PATH;
    ports.links.request(
      { method: "POST", url, headers, body, timeoutMs: replyMsMax },
      (reply, problem) =>
        step(() => {
          if (reply && reply.status === 200) end("", keep(reply));
          else if (attemptsLeft > 0 && (!reply || reply.status >= 500))
            ports.clock.after(pauseMs, () => step(() => ask(body)));
          else if (reply) end("the server refused: " + refusalOf(reply), "");
          else end("cannot reach " + given.server + ": " + (problem || "no answer"), "");
        }),
    );
  }

  if (isUnderWay()) {
    done("an enrolment is under way", "");
    return;
  }
  enrolment.state = "joining";
  enrolment.problem = "";
  parts.checkIns.stop();
  step(() => {
    // What would not be kept afterwards is not asked for.
    const wrong = provisioningProblem({
      ...{ cameraID: "?", site: "?", credential: "a-stand-in-of-some-length", time: 1700000000 },
      ...{ latitude: 0, longitude: 0, wifiSsid: "", wifiPassword: "", name: "?" },
      ...given,
    });
    if (wrong || !given.claim) return end(wrong || "claim is missing", "");
    if (given.time) parts.timekeeping.set(given.time);
    ports.links.connect(given.wifiSsid || "", given.wifiPassword || "", (problem) =>
      step(() => {
        if (problem) return end("no network: " + problem, "");
        enrolment.state = "asking";
        ask(enrolmentBody(ports, given));
      }),
    );
  });
}
