/**
 * Fetches the file of a release in pieces, by Range, each into flash and the place kept before the next is asked for; then
 * checks the whole and stages it. A power cut or a lost link costs one piece. Decides nothing about whether to.
 */
import type { ServerLink } from "../network/links.ts";
import type { Images, Ports } from "../ports.ts";
import { faultText } from "../protocol/error-names.ts";
import type { Manifest } from "../protocol/release.ts";
import { RELEASE_PATH, type ReleaseOffer } from "../protocol/release-offers.ts";
import type { Job } from "./ota-job.ts";

/**
 * Half a page of flash. A slot erases a page before its first byte, and bytes programmed twice with the same value stay what
 * they are: so a torn piece is simply written again. On its way a piece costs about 210 variables.
 */
const PIECE_BYTES = 2048;
/** Bytes that may be fetched for a release: so many times its file, and this for pieces that broke off. */
const BUDGET_TIMES = 3;
const BUDGET_MORE = 65536;

export interface Download {
  ports: Ports;
  link: ServerLink;
  images: Images;
  wanted: ReleaseOffer;
  manifest: Manifest;
  job: Job;
  save(job: Job): void;
  /** Runs what an answer sets off, so that what throws there has an owner; false when it threw. */
  guard(work: () => void): boolean;
}

/**
 * How it ended: `problem` is the link's, to be tried again; `failed` is for good. Neither: the image is staged, or, when
 * the job says `whole`, the other file is wanted.
 */
export type Ended = (problem: string, failed: string) => void;

export function download(parts: Download, ended: Ended): void {
  const { ports, images, wanted, manifest, job } = parts;
  const { kind, payloadBytes, sizeBytes, counter, digest } = manifest;
  const isDelta = manifest.base !== "";
  const budget = wanted.budgetBytes || payloadBytes * BUDGET_TIMES + BUDGET_MORE;

  /** Code that a native module threw with. */
  function codeOf(error: unknown): string {
    return faultText(error).split(":")[0] as string;
  }

  function startOver(why: string): void {
    job.at = 0;
    job.patch = "";
    job.why = why;
    if (isDelta) job.whole = true;
    parts.save(job);
    if (isDelta) ended("", "");
    else next();
  }

  function keep(piece: string): void {
    if (!job.at && !job.patch) images.begin(kind, sizeBytes);
    if (isDelta) {
      const state = images.patch(kind, ports.fromBase64(job.patch), piece);
      job.patch = ports.base64(state);
      job.at = images.patchOffset(state);
    } else {
      images.write(kind, job.at, piece);
      job.at += piece.length;
    }
    parts.save(job);
  }

  function stage(): void {
    if (images.state(kind, counter).state === "staged") return;
    try {
      images.stage(kind, sizeBytes, counter, digest);
    } catch (error) {
      // The power went while the header was written: it is made again, the image lies behind it.
      if (codeOf(error) !== "VAULT_STATE") throw error;
      images.begin(kind, sizeBytes);
      images.stage(kind, sizeBytes, counter, digest);
    }
  }

  /** Do something to the image. False: it failed, and what follows is under way. */
  function isDone(work: () => void): boolean {
    try {
      work();
      return true;
    } catch (error) {
      const code = codeOf(error);
      const isBroken = code.indexOf("_DIGEST") > 0 || code.indexOf("_STATE") > 0;
      if (isDelta || isBroken) startOver(code.indexOf("_DIGEST") > 0 ? "FILE_DIGEST" : code);
      else ended("", faultText(error));
      return false;
    }
  }

  function next(): void {
    const bytes = Math.min(PIECE_BYTES, payloadBytes - job.at);
    if (bytes <= 0) {
      if (isDone(stage)) ended("", "");
      return;
    }
    if (job.spent + bytes > budget) {
      ended("", (job.why || "FILE_BUDGET") + ": " + job.spent + " bytes fetched");
      return;
    }
    const range = "bytes=" + job.at + "-" + (job.at + bytes - 1);
    const path = RELEASE_PATH + wanted.releaseID;
    parts.link.send("GET", path, { Range: range }, "", (reply, problem) => {
      if (!reply) {
        ended(problem, "");
        return;
      }
      const { status, body } = reply;
      const isSound = parts.guard(() => {
        job.spent += body.length;
        if (status !== 206 || body.length !== bytes) {
          parts.save(job);
          ended("release file refused with " + status, "");
        } else if (isDone(() => keep(body))) next();
      });
      if (!isSound) ended("the update failed", "");
    });
  }

  next();
}
