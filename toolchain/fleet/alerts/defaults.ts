/**
 * The rules a project begins with. Only the one about troubles of cameras is on: it needs no channel to be of use on the
 * dashboard. The others need a zone, species or channels of their owner first. Thresholds: docs/alerts.md.
 */
import type { Rule } from "./rule.ts";

/** A zone that holds nowhere, for the owner to replace. */
const NOWHERE: Rule["when"]["inside"] = {
  type: "Polygon",
  coordinates: [
    [
      [0, 0],
      [0, 0.0001],
      [0.0001, 0.0001],
      [0, 0],
    ],
  ],
};

export const DEFAULT_RULES: Rule[] = [
  {
    ...{ name: "People in the no-go zone at night", severity: "P1", isEnabled: false },
    when: {
      ...{ observationTypes: ["human", "vehicle"], inside: NOWHERE, sunBelow: -6 },
      probabilityMin: 0.7,
      repeated: { times: 2, of: 3, probabilityMin: 0.4, withinMinutes: 10 },
    },
    ...{ channels: [], escalation: [{ afterMinutes: 15, channels: [] }] },
  },
  {
    ...{ name: "People in the no-go zone by day", severity: "P2", isEnabled: false },
    when: {
      ...{ observationTypes: ["human", "vehicle"], inside: NOWHERE, sunAbove: -6.001 },
      probabilityMin: 0.7,
      repeated: { times: 2, of: 3, probabilityMin: 0.4, withinMinutes: 10 },
    },
    ...{ channels: [], escalation: [{ afterMinutes: 60, channels: [] }] },
  },
  {
    ...{ name: "Conflict species near a settlement", severity: "P2", isEnabled: false },
    when: {
      ...{ observationTypes: ["animal"], inside: NOWHERE },
      scientificNames: ["elephant", "big cat", "Loxodonta", "Elephas", "Panthera", "Ursus"],
      repeated: { times: 2, of: 3, probabilityMin: 0.4, withinMinutes: 30 },
    },
    channels: [],
  },
  {
    ...{ name: "Target species", severity: "P3", isEnabled: false, digestAt: "07:00" },
    when: { observationTypes: ["animal"], scientificNames: ["elephant"], probabilityMin: 0.8 },
    ...{ channels: [], dedupMinutes: 60 },
  },
  {
    ...{ name: "Camera in trouble", severity: "P4", isEnabled: true },
    when: {
      troubles: ["silent", "batteryLow", "clockDrift", "lensCovered", "tamper", "lowHealth"],
    },
    channels: [],
  },
];
