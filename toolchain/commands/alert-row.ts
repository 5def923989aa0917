/** The row of `toolchain alert`; `alert.ts` holds the function behind it. */
import type { CommandRow } from "../command-line.ts";
import { FLEET_OPTIONS, JSON_OPTION, PROJECT_OPTION } from "./options.ts";

export const ALERT_COMMAND: CommandRow = {
  name: "alert",
  summary: "alerts that need somebody, their rules and the channels that tell of them",
  arguments: "list|ack|resolve|mute|rules|channels|test [ALERT|RULE|CHANNEL]",
  options: {
    ...FLEET_OPTIONS,
    ...PROJECT_OPTION,
    state: {
      type: "string",
      value: "STATES",
      help: "of list: open, or raised, escalated, acknowledged, muted, resolved, allowed by commas",
    },
    severity: { type: "string", value: "P", help: "of list: P1, P2, P3 or P4" },
    limit: { type: "string", value: "N", help: "of list: at most so many (default 50)" },
    before: { type: "string", value: "ALERT", help: "of list: older than this one" },
    note: { type: "string", value: "TEXT", help: "of ack, resolve, mute: kept with the step" },
    minutes: { type: "string", value: "N", help: "of mute: for how long (default 60)" },
    file: { type: "string", value: "FILE", help: "of rules, channels: add or change from JSON" },
    on: { type: "boolean", help: "of rules: switch the rule on" },
    off: { type: "boolean", help: "of rules: switch it off" },
    delete: { type: "boolean", help: "of rules, channels: remove it" },
    ...JSON_OPTION,
  },
  examples: [
    "toolchain alert list",
    'toolchain alert ack 17 --note "patrol on the way"',
    "toolchain alert rules --file night.json",
    'toolchain alert test "People in the no-go zone at night"',
  ],
  load: () => import("./alert.ts"),
};
