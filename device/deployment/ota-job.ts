/** What is being fetched or tried, and what came of the ones before: two vault cells, each replaced whole or not at all. */
import type { Vault } from "../ports.ts";
import { FAULT_TEXT_MAX } from "../protocol/error-names.ts";
import type { TargetKind } from "../protocol/release.ts";
import type { ReleaseFailure } from "../protocol/release-offers.ts";

const CELL = "ota";
const FAILED_CELL = "ota-failed";

/** Names are short: the cell is written with every piece. */
export interface Job {
  kind: TargetKind;
  counter: number;
  /** The offer's. */
  attempt: number;
  /** Which file the next numbers are about. */
  file: string;
  /** Bytes of the file that are safely in flash. */
  at: number;
  /** State of the delta, base64; "" for a whole file, or at the start. */
  patch: string;
  /** Bytes received for this release in all. */
  spent: number;
  /** The delta to it failed. */
  whole: boolean;
  /** What the program before had to do without, by spaces: modules; capture, when no picture came; model, when none ran. */
  lacks: string;
  /** Why it is given up; what is still to be proved. */
  why: string;
}

export interface Jobs {
  load(): Job | undefined;
  save(job: Job): void;
  forget(): void;
  /** How the last release of each kind failed. */
  failed(): { [kind: string]: ReleaseFailure };
  /** Put down how one ended, undefined for well. */
  end(kind: TargetKind, failure: ReleaseFailure | undefined): void;
}

/** Made when it is needed, and let go. */
export function openJobs(vault: Vault): Jobs {
  function parsed(name: string): unknown {
    const text = vault.read(name);
    try {
      return text ? JSON.parse(text) : undefined;
    } catch (_ofAnotherProgram) {
      return undefined;
    }
  }

  const failed = () => (parsed(FAILED_CELL) || {}) as { [kind: string]: ReleaseFailure };

  return {
    load: () => parsed(CELL) as Job | undefined,
    save: (job) => vault.write(CELL, JSON.stringify(job)),
    forget: () => vault.erase(CELL),
    failed: failed,
    end: (kind, failure) => {
      const all = failed();
      if (failure) {
        failure.reason = failure.reason.substr(0, FAULT_TEXT_MAX);
        all[kind] = failure;
      } else delete all[kind];
      vault.write(FAILED_CELL, JSON.stringify(all));
      vault.erase(CELL);
    },
  };
}
