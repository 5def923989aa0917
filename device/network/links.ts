/**
 * One way to the server for everything that talks to it: joins the network, adds the credential, leaves the radio
 * off afterwards. Requests go to the provisioned server only, whatever an answer says.
 */
import type { ProvisioningStore } from "../deployment/provisioning.ts";
import type { HttpReply, Ports } from "../ports.ts";

const REPLY_MS_MAX = 20000;

export type ReplyHandler = (reply: HttpReply | undefined, problem: string) => void;

export interface ServerLink {
  /** Calls back with "" or the reason why there is no network. */
  open(done: (problem: string) => void): void;
  /** `path` begins with "/". One answer at most: a reply or a problem; none after close. */
  send(
    method: string,
    path: string,
    headers: { [name: string]: string },
    body: string,
    done: ReplyHandler,
  ): void;
  close(): void;
}

/** Path of an URL or path that a server answered with. */
export function pathOf(location: string): string {
  const host = location.indexOf("//");
  if (host < 0) return location;
  const path = location.indexOf("/", host + 2);
  return path < 0 ? "/" : location.substr(path);
}

/** @param guard runs what an answer sets off, so that a throw there has an owner */
export function createServerLink(
  ports: Ports,
  provisioning: ProvisioningStore,
  guard: (work: () => void) => void,
): ServerLink {
  let session = 0;

  /** Run an answer's work, unless the session it belongs to is over. */
  function answer(ofSession: number, work: () => void): void {
    if (ofSession === session) guard(work);
  }

  return {
    open: (done) => {
      session += 1;
      const mine = session;
      const wanted = provisioning.current();
      if (!wanted) return done("not provisioned");
      ports.links.connect(wanted.wifiSsid, wanted.wifiPassword, (problem) =>
        answer(mine, () => done(problem)),
      );
    },
    send: (method, path, headers, body, done) => {
      const mine = session;
      const wanted = provisioning.current();
      if (!wanted) return done(undefined, "not provisioned");
      headers.Authorization = "Bearer " + wanted.credential;
      headers["Content-Length"] = "" + body.length;
      ports.links.request(
        { method, url: wanted.server + path, headers, body, timeoutMs: REPLY_MS_MAX },
        (reply, problem) =>
          answer(mine, () => done(reply, reply ? "" : problem || "no reply from the server")),
      );
    },
    close: () => {
      session += 1;
      ports.links.disconnect();
    },
  };
}
