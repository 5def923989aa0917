/** Every question that the wizard may ask: its key in a file of answers, its words, what an answer may be. */

export type Answer = string | number | boolean;

export interface Question {
  words: string;
  kind: "text" | "secret" | "number" | "yes" | "choice";
  /** Of a choice. */
  choices?: readonly string[];
  /** Of a number, both ends allowed. */
  range?: [number, number];
  /** Of a text: whether "" is an answer, and how many bytes it may have. */
  mayBeEmpty?: boolean;
  bytesMax?: number;
  /** In a file of answers it would lie about, or it is asked for on a terminal only. */
  isTerminalOnly?: boolean;
}

export const CHEMISTRIES = ["li-ion", "lifepo4", "nimh", "sla"] as const;
export type Chemistry = (typeof CHEMISTRIES)[number];

/** What a camera keeps of a name. */
const NAME_BYTES = 40;

const QUESTION_TABLE = {
  server: { words: "address of the fleet server", kind: "text" },
  token: {
    words: "operator token (printed by toolchain serve)",
    kind: "secret",
    isTerminalOnly: true,
  },
  port: { words: "port of the camera", kind: "text" },
  "firmware.flash": { words: "write Thicket's firmware to the board now?", kind: "yes" },
  "firmware.folder": { words: "folder with firmware.json", kind: "text" },
  "program.upload": { words: "write the camera's program now?", kind: "yes" },
  site: { words: "site", kind: "text", bytesMax: NAME_BYTES },
  name: { words: "name of the camera", kind: "text", bytesMax: NAME_BYTES },
  group: { words: "group (Enter: none)", kind: "text", mayBeEmpty: true, bytesMax: 60 },
  "wifi.ssid": {
    words: "Wi-Fi network (Enter: the one it knows)",
    ...{ kind: "text", mayBeEmpty: true, bytesMax: 32 },
  },
  "wifi.password": {
    words: "its password (not shown; Enter: none)",
    ...{ kind: "secret", mayBeEmpty: true, bytesMax: 63 },
  },
  "aim.content": { words: "is the camera aimed well? n takes another picture", kind: "yes" },
  "pir.waitS": {
    words: "seconds to wait for somebody walking past",
    ...{ kind: "number", range: [1, 3600] },
  },
  latitude: {
    words: "latitude, decimal degrees (Enter: not known)",
    kind: "number",
    range: [-90, 90],
  },
  longitude: {
    words: "longitude, decimal degrees (Enter: not known)",
    kind: "number",
    range: [-180, 180],
  },
  "battery.chemistry": { words: "kind of battery", kind: "choice", choices: CHEMISTRIES },
  "battery.cells": { words: "cells in series", kind: "number", range: [1, 12] },
  again: { words: "check it again?", kind: "yes" },
} as const satisfies Record<string, Question>;

export type QuestionKey = keyof typeof QUESTION_TABLE;
export const QUESTIONS: Record<QuestionKey, Question> = QUESTION_TABLE;

const YES = /^(y|yes|true)$/i;
const NO = /^(n|no|false)$/i;

/** What is right, for messages. */
export function rightOf({ kind, choices, range, bytesMax, mayBeEmpty }: Question): string {
  if (kind === "yes") return "yes or no (true or false)";
  if (kind === "choice") return `one of ${choices?.join(", ")}`;
  if (kind === "number") return `a number from ${range?.[0]} to ${range?.[1]}`;
  return bytesMax ? `text of ${mayBeEmpty ? 0 : 1} to ${bytesMax} bytes` : "text";
}

/** The answer as its kind wants it, or undefined when it is none. */
export function answerOf(question: Question, given: unknown): Answer | undefined {
  const { kind, choices, range = [-Infinity, Infinity], bytesMax = 200 } = question;
  if (kind === "yes") {
    if (typeof given === "boolean") return given;
    const text = String(given).trim();
    return YES.test(text) ? true : NO.test(text) ? false : undefined;
  }
  if (kind === "number") {
    const isEmpty = typeof given === "string" && given.trim() === "";
    const value = typeof given === "number" || typeof given === "string" ? Number(given) : NaN;
    return !isEmpty && value >= range[0] && value <= range[1] ? value : undefined;
  }
  if (typeof given !== "string") return undefined;
  const text = kind === "secret" ? given : given.trim();
  if (kind === "choice") return choices?.find((choice) => choice === text.toLowerCase());
  if (text === "" && !question.mayBeEmpty) return undefined;
  return Buffer.byteLength(text) <= bytesMax ? text : undefined;
}
