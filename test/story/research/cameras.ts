/**
 * The month's cameras as light clients: no emulator, but the real protocol over real sockets. They come by their site's window,
 * at once after a person, and after a power cut; keep what was not acknowledged, send again what they got no answer to, and
 * send pictures by an unmodified tus client. What reached the server when is written down for the ledger.
 */
import * as tus from "tus-js-client";
import { packHeartbeat } from "../../../device/protocol/heartbeat.ts";
import type { CameraRecord, ObservationRecord } from "../../../device/protocol/records.ts";
import type { SimulatedClock } from "../../../toolchain/fleet/clock.ts";
import {
  checkIn,
  exchange,
  fakeJpeg,
  heartbeat,
  media,
  observation,
  operate,
  type TestCamera,
  type TestFleet,
} from "../../fleet/support/fleet.ts";
import { Dice } from "../../fuzz/dice.ts";
import { END_S, INTERVAL_S, type Month, type PlannedCamera, type Seen, SITES, START_S } from "./month.ts"; // biome-ignore format: one import

const WINDOW_S = 7200;
/** After an event that must be known at once, and after a start. */
const SOON_S = 20;
const BOOT_S = 60;
const RECORDS_MAX = 20;
const DETAILS = { appVersion: "0.1.0", totalVars: 16_000, subsystems: [] };

export interface Contact {
  timeS: number;
  bootCount: number;
  uptimeS: number;
}

export class LightCamera {
  identity: TestCamera = { cameraID: "", credential: "" };
  /** Every check-in that reached the server. */
  readonly contacts: Contact[] = [];
  /** How often records were sent that the server had already. */
  repeats = 0;
  readonly pictures: { mediaID: string; bytes: Buffer }[] = [];
  private readonly queue: CameraRecord[] = [];
  private waiting: Seen[];
  private sequence = 0;
  private knowsDetails = false;
  private unableS = 0;
  private readonly dice: Dice;
  readonly plan: PlannedCamera;

  constructor(plan: PlannedCamera, seen: Seen[], seed: number) {
    this.plan = plan;
    this.waiting = seen;
    this.dice = new Dice(seed * 1000 + plan.index);
  }

  async install(fleet: TestFleet): Promise<void> {
    const { name, site, latitude, longitude } = this.plan;
    const body = { name, site: site.name, latitude, longitude };
    const answer = await operate(fleet, "POST", "/api/v1/cameras", body);
    this.identity = (await answer.json()) as TestCamera;
  }

  /** What it would say now; undefined while it has no power or no network. */
  private stateAt(timeS: number): Contact | undefined {
    const { outages, installS } = this.plan;
    if (outages.some(({ fromS, toS }) => timeS >= fromS && timeS < toS)) return undefined;
    const cuts = outages.filter(({ kind, toS }) => kind === "power" && toS <= timeS);
    const bootS = Math.max(installS - BOOT_S, ...cuts.map(({ toS }) => toS));
    return { timeS, bootCount: 1 + cuts.length, uptimeS: timeS - bootS };
  }

  /** Everything that has happened by now, until the queue is empty. */
  async contact(fleet: TestFleet, timeS: number): Promise<void> {
    const state = this.stateAt(timeS);
    if (!state) return;
    if (state.bootCount !== this.contacts.at(-1)?.bootCount) this.knowsDetails = false;
    const news = this.waiting.filter(({ endS }) => endS <= timeS);
    this.waiting = this.waiting.filter(({ endS }) => endS > timeS);
    for (const seen of news) this.queue.push(...recordsOf(seen));
    if (timeS >= START_S + (this.plan.unableDay ?? Number.POSITIVE_INFINITY) * 86_400) {
      this.unableS = 7200;
    }
    const early = news.filter(({ isSent }) => isSent && this.dice.chance(20));
    for (const seen of early) await this.upload(fleet, seen);
    do await this.exchange(fleet, state);
    while (this.queue.length > 0);
    for (const seen of news) {
      if (seen.isSent && !early.includes(seen)) await this.upload(fleet, seen);
    }
  }

  /** Its records once more, as after an answer that was lost long ago, perhaps with something else in them. */
  sayAgain(fleet: TestFleet, seen: Seen, changes: Partial<ObservationRecord> = {}) {
    const [record] = recordsOf(seen);
    const state = this.contacts.at(-1) as Contact;
    return exchange(
      fleet,
      this.identity,
      this.checkIn(state, [{ ...record, ...changes } as never]),
    );
  }

  private checkIn({ timeS, bootCount, uptimeS }: Contact, records: CameraRecord[]) {
    const [lowS = 0, changedS = 0] = this.plan.lowBattery ?? [];
    this.sequence++;
    const beat = heartbeat({
      ...{ bootCount, uptimeS, checkInIntervalS: INTERVAL_S, queuedRecords: this.queue.length },
      batteryMv: timeS >= lowS && timeS < changedS ? 3380 : 4050,
      ...{ poweredS: timeS - this.plan.installS, unableS: this.unableS },
    });
    return {
      ...checkIn(records, { sequence: this.sequence, time: timeS }),
      heartbeat: Buffer.from(packHeartbeat(beat), "latin1").toString("base64"),
      ...(this.knowsDetails ? {} : { details: DETAILS }),
    };
  }

  private async exchange(fleet: TestFleet, state: Contact): Promise<void> {
    const records = this.queue.slice(0, RECORDS_MAX);
    const body = this.checkIn(state, records);
    // The line may break after the server has it, or the same may be under way twice.
    const isDouble = this.dice.chance(4);
    const isLost = this.dice.chance(6);
    if (isDouble || isLost) this.repeats += records.length;
    const replies = await Promise.all(
      Array.from({ length: isDouble ? 2 : 1 }, () => exchange(fleet, this.identity, body)),
    );
    this.contacts.push(state);
    this.knowsDetails = true;
    if (isLost) return;
    const known = new Set(replies[0]?.acknowledged);
    const left = this.queue.filter(({ recordID }) => !known.has(recordID));
    this.queue.splice(0, this.queue.length, ...left);
  }

  private upload(fleet: TestFleet, { mediaIDs, eventID, startS }: Seen): Promise<void> {
    const [mediaID] = mediaIDs;
    if (!mediaID) return Promise.resolve();
    const bytes = fakeJpeg(2000 + this.dice.below(9000), 1 + this.dice.below(250));
    this.pictures.push({ mediaID, bytes });
    return new Promise((resolve, reject) => {
      new tus.Upload(bytes, {
        endpoint: `${fleet.url}/device/v1/media`,
        chunkSize: 4096,
        retryDelays: [0, 50],
        headers: { authorization: `Bearer ${this.identity.credential}` },
        metadata: { mediaID, eventID, timestamp: String(startS) },
        onError: reject,
        onSuccess: () => resolve(),
      }).start();
    });
  }
}

function recordsOf(seen: Seen): CameraRecord[] {
  const { recordID, eventID, startS, endS, kind, name, mediaIDs } = seen;
  return [
    observation(recordID, {
      ...{ eventID, eventStart: startS, eventEnd: endS, observationType: kind, mediaIDs },
      ...{ scientificName: name, count: seen.count },
      classificationProbability: seen.probability,
    }),
    ...mediaIDs.map((mediaID, n) =>
      media(`${recordID}.${n}`, mediaID, { eventID, timestamp: startS + n }),
    ),
  ];
}

/**
 * Let the month pass on a server.
 * @param during called after each moment at which cameras came, with what the server is then
 */
export async function liveThrough(
  { cameras, seen }: Month,
  crew: LightCamera[],
  clock: SimulatedClock,
  during: (timeS: number) => Promise<TestFleet>,
): Promise<void> {
  const moments = new Map<number, Set<LightCamera>>();
  const add = (timeS: number, camera: LightCamera) => {
    const there = moments.get(timeS) ?? new Set();
    moments.set(timeS, there.add(camera));
  };
  for (const camera of crew) {
    const { site, installS, outages } = camera.plan;
    const window = SITES.indexOf(site);
    for (let timeS = START_S; timeS < END_S; timeS += WINDOW_S) {
      const isOurs = (timeS / WINDOW_S) % SITES.length === window;
      // Sometimes a window is missed: what was seen comes late.
      if (isOurs && timeS > installS && new Dice(timeS / 60 + camera.plan.index).below(100) > 4) {
        add(timeS, camera);
      }
    }
    for (const one of outages) add(one.toS + (one.kind === "power" ? BOOT_S : 0), camera);
    add(installS, camera);
    add(END_S - SOON_S, camera);
  }
  for (const { camera, kind, endS } of seen) {
    const isUrgent = kind === "human" || kind === "vehicle";
    if (isUrgent) add(endS + SOON_S, crew[camera] as LightCamera);
  }
  let fleet = await during(START_S);
  for (const timeS of [...moments.keys()].sort((a, b) => a - b)) {
    clock.set(timeS * 1000);
    const there = [...(moments.get(timeS) as Set<LightCamera>)];
    const newcomers = there.filter(({ identity }) => identity.cameraID === "");
    for (const camera of newcomers) await camera.install(fleet);
    await Promise.all(there.map((camera) => camera.contact(fleet, timeS)));
    fleet = await during(timeS);
  }
  clock.set(END_S * 1000);
  if (cameras.length !== crew.length) throw new Error("a camera of the month has no client");
}
