/**
 * Updates over the air: idle -> downloading -> staged -> pending (the boot guard gives three starts) -> confirmed, or rolled
 * back with a reason. What is to be taken, the server says; whether it may be, the signed manifest. How far it has come lies
 * in the vault; at rest nothing is held here but functions.
 */
import type { ServerLink } from "../network/links.ts";
import type { Outbox } from "../network/outbox.ts";
import type { Images } from "../ports.ts";
import type { CheckIn, CheckInReply } from "../protocol/check-in.ts";
import type { ReleaseOffer, ReleaseReport } from "../protocol/release-offers.ts";
import { download } from "./ota-download.ts";
import { holdsBack } from "./ota-guards.ts";
import { type Job, openJobs } from "./ota-job.ts";
import { judgeOffer, takeTrust, trustVersion } from "./ota-judge.ts";
import { createOutcome, type OtaState, type OutcomeParts } from "./ota-outcome.ts";

export type ReleaseNews = Pick<CheckIn, "hardware" | "trust" | "releases">;
type Done = (problem: string) => void;

export interface OtaParts extends OutcomeParts {
  outbox: Outbox;
  link: ServerLink;
}

export interface Ota {
  /** The vault runs: find out what became of what was tried. */
  start(): void;
  /** What a check-in says of releases. */
  news(): ReleaseNews;
  heard(answer: CheckInReply): void;
  /** Fetch what was offered in this contact. Calls back with "" or what stopped it. */
  fetch(done: Done): void;
  contactEnded(problem: string): void;
}

/** Made for a contact that brings an offer, and let go. */
function follow(
  parts: OtaParts,
  state: OtaState,
  images: Images,
  wanted: ReleaseOffer,
  done: Done,
): void {
  const { ports, outbox } = parts;
  const { kind, counter, attempt, releaseID } = wanted;
  const jobs = openJobs(ports.vault);
  const outcome = createOutcome(parts, state);

  /** The job that the offer goes on with, or a new one. */
  function begunJob(): Job {
    const old = jobs.load();
    const isSame = old && old.kind === kind && old.counter === counter && old.attempt === attempt;
    const fresh = { kind, counter, attempt, spent: 0, whole: false, lacks: "", why: "" };
    const job = (isSame ? old : fresh) as Job;
    if (job.file !== releaseID) {
      job.file = releaseID;
      job.at = 0;
      job.patch = "";
    }
    return job;
  }

  function judgeAndFetch(): void {
    const { problem, accepted } = judgeOffer(ports, images, wanted);
    if (!accepted) {
      // A fresh note ends these: the offer stands.
      if (problem === "NOTE_EXPIRED" || problem === "NOTE_OLD") state.waiting = problem;
      else outcome.fail(wanted, problem);
      done("");
      return;
    }
    wanted.manifest = wanted.note = "";
    const job = begunJob();
    const guard = (work: () => void): boolean => parts.subsystems.run("ota", work);
    const save = jobs.save;
    const more = { ports, link: parts.link, images, wanted, manifest: accepted, job, save, guard };
    download(more, (linkProblem, failed) => {
      if (failed) outcome.fail(job, failed);
      else if (!linkProblem && job.whole && accepted.base) parts.checkIn();
      else if (!linkProblem) outcome.activate(images, job);
      done(linkProblem);
    });
  }

  const failed = jobs.failed()[kind];
  const hasFailed = failed && failed.counter === counter && failed.attempt >= attempt;
  const isThere = hasFailed || images.installed(kind).counter === counter;
  const problem = holdsBack(wanted, {
    nowS: ports.clock.now(),
    batteryMv: ports.power.batteryMv(),
    isBusy: outbox.records() + outbox.media() > 0,
  });
  if (problem && !isThere) {
    ports.log("release " + counter + " waits: " + problem);
    state.waiting = problem;
  }
  if (problem || isThere) done("");
  else judgeAndFetch();
}

export function createOta(parts: OtaParts): Ota {
  const { ports } = parts;
  const state: OtaState = { offer: undefined, trial: undefined, waiting: "", isRestarting: false };
  return {
    start: () => createOutcome(parts, state).start(),
    news: () => {
      const trust = trustVersion(ports);
      const images = trust ? ports.images() : undefined;
      if (!images) return { trust };
      const jobs = openJobs(ports.vault);
      const job = jobs.load();
      const failed = jobs.failed();
      const releases = images.kinds.map((kind) => {
        const report: ReleaseReport = { kind, counter: images.installed(kind).counter };
        if (job && job.kind === kind) report.pending = job.counter;
        if (job && job.kind === kind && job.whole) report.whole = job.counter;
        if (failed[kind]) report.failed = failed[kind];
        if (state.waiting) report.waiting = state.waiting;
        return report;
      });
      return { hardware: images.hardware, trust, releases };
    },
    heard: (answer) => {
      state.offer = answer.release;
      state.waiting = answer.trust ? takeTrust(ports, answer.trust, false) : "";
      const images = answer.recall ? ports.images() : undefined;
      if (images && answer.recall) createOutcome(parts, state).recall(images, answer.recall);
    },
    fetch: (done) => {
      const wanted = state.offer;
      const isFree = !state.isRestarting && !state.trial && trustVersion(ports) > 0;
      const images = wanted && isFree ? ports.images() : undefined;
      state.offer = undefined;
      if (wanted && images) follow(parts, state, images, wanted, done);
      else done("");
    },
    contactEnded: (problem) => {
      if (state.trial) state.trial.contactEnded(problem);
    },
  };
}
