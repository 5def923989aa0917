/**
 * Ready-made settings for a purpose. A profile names only what its purpose needs; applying it sets these keys in one
 * layer and leaves the others as they are.
 */
import type { LayerValues } from "./layers.ts";

export interface Profile {
  summary: string;
  values: LayerValues;
}

export const PROFILES: Record<string, Profile> = {
  research: {
    summary:
      "long bursts of good pictures, names only when sure, a picture every hour as a reference",
    values: {
      burstCount: 5,
      burstVotes: 3,
      burstGapMs: 300,
      jpegQuality: 85,
      speciesMinPct: 85,
      timeLapseS: 3600,
      outboxRecordsMax: 500,
      outboxMediaMax: 60,
      quietS: 0,
    },
  },
  conservation: {
    summary: "everyday monitoring: people at once, animals within two hours",
    values: {
      burstCount: 3,
      burstVotes: 2,
      checkInIntervalS: 7200,
      alertHuman: 1,
      jpegQuality: 70,
      quietS: 30,
    },
  },
  "anti-poaching": {
    summary: "people and vehicles at once, nothing missed, contact every 15 minutes",
    values: {
      burstCount: 3,
      burstVotes: 1,
      burstGapMs: 200,
      motionMinPermille: 2,
      confidenceMinPct: 20,
      blankMaxPct: 70,
      checkInIntervalS: 900,
      alertHuman: 1,
      outboxMediaMax: 60,
      quietS: 0,
    },
  },
  "battery-saver": {
    summary: "few small pictures, one contact a day; people are still reported at once",
    values: {
      burstCount: 1,
      burstVotes: 1,
      checkInIntervalS: 86400,
      timeLapseS: 0,
      alertHuman: 1,
      jpegQuality: 50,
      quietS: 300,
    },
  },
  survey: {
    summary:
      "counting what passes: every event one record, pictures spaced, contact every six hours",
    values: {
      burstCount: 3,
      burstVotes: 2,
      checkInIntervalS: 21600,
      timeLapseS: 900,
      speciesMinPct: 70,
      outboxRecordsMax: 500,
      outboxMediaMax: 60,
      quietS: 60,
    },
  },
};
