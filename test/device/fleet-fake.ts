/** The server's side of check-in and tus uploads, in memory: for tests of the camera's half against FakeLinks. */
import type { HttpReply, HttpRequest } from "../../device/ports.ts";
import type { CheckIn, CheckInReply, Heartbeat } from "../../device/protocol/check-in.ts";
import { unpackHeartbeat } from "../../device/protocol/heartbeat.ts";
import type { CameraRecord } from "../../device/protocol/records.ts";

export class FleetFake {
  checkIns: (CheckIn & { heartbeat: Heartbeat })[] = [];
  details: CheckIn["details"] = { appVersion: "", totalVars: 0, subsystems: [] };
  /** By recordID. */
  records = new Map<string, CameraRecord>();
  /** By upload path. */
  uploads = new Map<string, { bytes: string; length: number; metadata: string }>();
  /** mediaIDs that are complete. */
  stored = new Map<string, string>();
  config: CheckInReply["config"];
  refuse: string[] = [];
  /** UTC seconds. */
  time: () => number;
  credential = "secret-secret-secret-secret";
  /** Bytes of a PATCH that arrive before the connection breaks; Infinity: all. */
  patchBreaksAfter = Infinity;

  constructor(time: () => number) {
    this.time = time;
  }

  answer = (request: HttpRequest): Partial<HttpReply> | string => {
    if (request.headers.Authorization !== `Bearer ${this.credential}`) return { status: 401 };
    const path = new URL(request.url).pathname;
    if (path === "/device/v1/check-in") return this.#checkIn(JSON.parse(request.body));
    if (request.method === "POST") return this.#create(request);
    const upload = this.uploads.get(path);
    if (!upload) return { status: 404 };
    if (request.method === "HEAD") return this.#offset(200, upload.bytes);
    return this.#patch(request, path, upload);
  };

  #checkIn(checkIn: CheckIn): Partial<HttpReply> {
    this.details = checkIn.details ?? this.details;
    const bytes = Buffer.from(checkIn.heartbeat as string, "base64").toString("latin1");
    const heartbeat = unpackHeartbeat(bytes, this.details as never) as Heartbeat;
    this.checkIns.push({ ...checkIn, heartbeat });
    const refused = checkIn.records.filter(({ recordID }) => this.refuse.includes(recordID));
    const good = checkIn.records.filter((record) => !refused.includes(record));
    for (const record of good) this.records.set(record.recordID, record);
    const reply: CheckInReply = {
      v: 1,
      time: Math.round(this.time()),
      acknowledged: good.map(({ recordID }) => recordID),
      refused: refused.map(({ recordID }) => ({ recordID, reason: "test" })),
      ...(this.config && this.config.version !== checkIn.configVersion
        ? { config: this.config }
        : {}),
    };
    return { status: 200, body: JSON.stringify(reply) };
  }

  #create(request: HttpRequest): Partial<HttpReply> {
    const metadata = request.headers["Upload-Metadata"] ?? "";
    const mediaID = Buffer.from(metadata.split(/[ ,]/)[1] ?? "", "base64").toString();
    if (this.stored.has(mediaID)) return { status: 409 };
    const path = `/device/v1/media/up-${this.uploads.size + 1}`;
    this.uploads.set(path, {
      bytes: "",
      length: Number(request.headers["Upload-Length"]),
      metadata,
    });
    return { status: 201, headers: { location: `http://elsewhere.example${path}` } };
  }

  #patch(
    request: HttpRequest,
    path: string,
    upload: { bytes: string; length: number; metadata: string },
  ): Partial<HttpReply> | string {
    if (Number(request.headers["Upload-Offset"]) !== upload.bytes.length) return { status: 409 };
    if (request.body.length > this.patchBreaksAfter) {
      upload.bytes += request.body.slice(0, this.patchBreaksAfter);
      this.patchBreaksAfter = Infinity;
      return "connection reset";
    }
    upload.bytes += request.body;
    if (upload.bytes.length === upload.length) {
      const mediaID = Buffer.from(upload.metadata.split(/[ ,]/)[1] ?? "", "base64").toString();
      this.stored.set(mediaID, upload.bytes);
      this.uploads.delete(path);
    }
    return this.#offset(204, upload.bytes);
  }

  #offset(status: number, bytes: string): Partial<HttpReply> {
    return { status, headers: { "upload-offset": String(bytes.length) } };
  }
}
