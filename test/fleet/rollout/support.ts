/** Releases, and cameras that take them: the protocol over real sockets, without a camera's program behind it. */
import { createHash } from "node:crypto";
import type { CheckInReply } from "../../../device/protocol/check-in.ts";
import { RELEASE_PATH, type ReleaseReport } from "../../../device/protocol/release-offers.ts";
import {
  checkIn,
  exchange,
  heartbeat,
  operate,
  type TestCamera,
  type TestFleet,
} from "../support/fleet.ts";

export const FILE = Buffer.from("print('release');\n".repeat(200));

export const publish = (
  fleet: TestFleet,
  counter: number,
  file: Buffer = FILE,
  more = "",
): Promise<Response> =>
  fetch(`${fleet.url}/api/v1/releases?kind=app&counter=${counter}&version=1.${counter}.0${more}`, {
    method: "POST",
    headers: { ...fleet.operator, "content-type": "application/octet-stream" },
    body: new Uint8Array(file),
  });

export async function addCameraAt(
  fleet: TestFleet,
  site: string,
  name = "cam",
): Promise<FakeCamera> {
  const response = await operate(fleet, "POST", "/api/v1/cameras", { name, site });
  return new FakeCamera(fleet, (await response.json()) as TestCamera);
}

/** Takes what it is offered, byte for byte; `fails` makes it go back instead. */
export class FakeCamera {
  counter = 1;
  previous = 1;
  fails = "";
  failed: ReleaseReport["failed"];
  pending: number | undefined;
  /** Interval it promises, s. */
  intervalS = 3600;
  downloads = 0;
  private sequence = 0;
  readonly fleet: TestFleet;
  readonly identity: TestCamera;

  constructor(fleet: TestFleet, identity: TestCamera) {
    this.fleet = fleet;
    this.identity = identity;
  }

  get cameraID(): string {
    return this.identity.cameraID;
  }

  /** One check-in, without acting on the answer. */
  report(): Promise<CheckInReply> {
    const { counter, pending, failed } = this;
    return exchange(this.fleet, this.identity, {
      ...checkIn([], {
        sequence: ++this.sequence,
        heartbeat: heartbeat({ checkInIntervalS: this.intervalS }),
      }),
      releases: [{ kind: "app", counter, pending, failed }],
    });
  }

  /** A check-in, what it asks for, and another check-in after the restart. */
  async live(): Promise<CheckInReply> {
    const reply = await this.report();
    const { release, recall } = reply;
    if (recall?.counter === this.counter) {
      this.counter = this.previous;
      await this.report();
    }
    if (!release) return reply;
    const response = await fetch(this.fleet.url + RELEASE_PATH + release.releaseID, {
      headers: { authorization: `Bearer ${this.identity.credential}` },
    });
    const file = new Uint8Array(await response.arrayBuffer());
    const hash = createHash("sha256").update(file).digest("hex");
    if (hash !== release.sha256 || file.length !== release.bytes) throw new Error("other bytes");
    this.downloads++;
    if (this.fails) {
      const { counter, attempt } = release;
      this.failed = { counter, attempt, reason: this.fails };
    } else {
      this.previous = this.counter;
      this.counter = release.counter;
    }
    await this.report();
    return reply;
  }
}
