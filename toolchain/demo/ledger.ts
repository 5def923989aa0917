/**
 * What the cameras said they saw, heard on their consoles, against what the server has: the demo's proof that
 * nothing got lost between a trigger and the database.
 */
import type { FleetClient } from "../fleet/client.ts";

/** The camera prints one such line for each observation it has put into its outbox. */
const OBSERVATION_LINE = /observation (\d+-\d+) (\w+)/g;

export interface Made {
  recordID: string;
  observationType: string;
}

export interface Ledger {
  /** Observations made so far, by cameraID. */
  readonly made: Map<string, Made[]>;
  /** Listen to a camera's console bytes. */
  hear(cameraID: string): (bytes: string) => void;
}

export function createLedger(): Ledger {
  const made = new Map<string, Made[]>();
  return {
    made,
    hear(cameraID) {
      const list: Made[] = [];
      made.set(cameraID, list);
      let rest = "";
      return (bytes) => {
        const lines = (rest + bytes).split("\n");
        rest = lines.pop() ?? "";
        for (const [, recordID = "", observationType = ""] of lines
          .join("\n")
          .matchAll(OBSERVATION_LINE)) {
          list.push({ recordID, observationType });
        }
      };
    },
  };
}

interface ObservationPage {
  observations: { observationID: string; media: { stored: boolean }[] }[];
  next: string | null;
}

export interface Balance {
  made: number;
  stored: number;
  /** observationIDs the cameras made that the server does not have. */
  missing: string[];
  /** observationIDs the server has more than once, or that no camera made. */
  surplus: string[];
  /** Pictures announced by stored observations, and those that have arrived. */
  pictures: number;
  picturesStored: number;
}

/** Read every observation of the server and compare. */
export async function balance(ledger: Ledger, fleet: FleetClient): Promise<Balance> {
  const wanted = new Set(
    [...ledger.made].flatMap(([cameraID, list]) =>
      list.map((item) => `${cameraID}:${item.recordID}`),
    ),
  );
  const seen = new Set<string>();
  const surplus: string[] = [];
  let pictures = 0;
  let picturesStored = 0;
  for (let before: string | null = ""; before !== null; ) {
    const page: ObservationPage = await fleet.get(
      `/api/v1/observations?limit=200${before ? `&before=${encodeURIComponent(before)}` : ""}`,
    );
    for (const { observationID, media } of page.observations) {
      if (seen.has(observationID) || !wanted.has(observationID)) surplus.push(observationID);
      seen.add(observationID);
      pictures += media.length;
      picturesStored += media.filter(({ stored }) => stored).length;
    }
    before = page.next;
  }
  return {
    made: wanted.size,
    stored: seen.size,
    missing: [...wanted].filter((id) => !seen.has(id)),
    surplus,
    pictures,
    picturesStored,
  };
}
