/** Date: an object with a visible `ms`. Local time follows E.setTimeZone or E.setDST. */
import { toInt, toNumber, typeName } from "../convert.ts";
import type { Engine } from "../engine.ts";
import { Lexer } from "../lexer.ts";
import { parseDouble, parseInteger } from "../parser/numbers.ts";
import { define } from "../properties.ts";
import { toText } from "../text.ts";
import { EspObject, isString, type Value } from "../value.ts";
import {
  type Clock,
  dayNumber,
  fromClock,
  MONTHS,
  monthNamed,
  toClock,
  WEEKDAYS,
  weekdayNamed,
} from "./calendar.ts";
import { zoneAt } from "./daylight.ts";
import { classOf, type Members, methods } from "./define.ts";

const MS_MIN = -3.95083256832e16;
const MS_MAX = 3.93840543168e16;

export function installDate(e: Engine): void {
  methods(e, "Date", { ...getters(e), ...setters(e), ...texts(e) });
  classOf(e, "Date", (_self, args) => construct(e, args), {
    now: () => e.host.nowMs(),
    parse: (_self, [text]) => (isString(text) ? parseDate(e, toText(e, text)) : 0),
  });
}

/** Minutes east of UTC at a time. */
const zoneMinutes = (e: Engine, ms: number): number => zoneAt(e, ms).minutes;

/** UTC of what a local clock shows. */
const fromLocal = (e: Engine, clock: Clock): number =>
  fromClock({ ...clock, zone: zoneAt(e, fromClock({ ...clock, zone: 0 }), true).minutes });

const localClock = (e: Engine, self: Value) => {
  const ms = msOf(e, self);
  return toClock(ms, zoneMinutes(e, ms));
};

const msOf = (e: Engine, self: Value): number =>
  self instanceof EspObject ? toNumber(e, self.props?.get("ms")) : 0;

function setMs(e: Engine, self: Value, ms: number): number {
  if (ms < MS_MIN || ms >= MS_MAX) throw e.error("Error", "Date out of bounds");
  if (self instanceof EspObject) define(self, "ms", ms);
  return ms;
}

function construct(e: Engine, args: Value[]): Value {
  const object = new EspObject(e.touchClass("Date") ?? null);
  e.allocated += 5;
  const [first] = args;
  let ms: number;
  if (args.length === 0) ms = e.host.nowMs();
  else if (args.length === 1) {
    if (typeof first === "number" || typeof first === "boolean") ms = toNumber(e, first);
    else if (isString(first)) ms = parseDate(e, toText(e, first));
    else
      throw e.error(
        "TypeError",
        `Variables of type ${typeName(first)} are not supported in date constructor`,
      );
  } else {
    const [year, month, day, hour, min, sec, milli] = Array.from({ length: 7 }, (_, i) =>
      toInt(e, args[i]),
    );
    ms = fromLocal(e, {
      days: days(e, year!, month!, day!),
      hour: hour!,
      min: min!,
      sec: sec!,
      ms: milli!,
      zone: 0,
    });
  }
  setMs(e, object, ms);
  return object;
}

function days(e: Engine, year: number, month: number, day: number): number {
  const number = dayNumber(year, month, day);
  if (number === undefined) throw e.error("Error", "Date out of bounds");
  return number;
}

type Field = "year" | "month" | "day" | "weekday" | "hour" | "min" | "sec" | "ms";

function getters(e: Engine): Members {
  const names: [string, Field][] = [
    ["FullYear", "year"],
    ["Month", "month"],
    ["Date", "day"],
    ["Day", "weekday"],
    ["Hours", "hour"],
    ["Minutes", "min"],
    ["Seconds", "sec"],
    ["Milliseconds", "ms"],
  ];
  const out: Members = {
    getTime: (self) => msOf(e, self),
    valueOf: (self: Value) => msOf(e, self),
    getTimezoneOffset: (self) => -zoneMinutes(e, msOf(e, self)) + 0,
    getIsDST: (self) => (zoneAt(e, msOf(e, self)).isDaylight ? 1 : 0),
  };
  for (const [name, field] of names) {
    out[`get${name}`] = (self) => localClock(e, self)[field];
    out[`getUTC${name}`] = (self) => toClock(msOf(e, self), 0)[field];
  }
  return out;
}

function setters(e: Engine): Members {
  /** Fields from the arguments on; missing ones keep their value. */
  const time =
    (fields: ("hour" | "min" | "sec" | "ms")[]): Members[string] =>
    (self, args) => {
      const clock: Clock = { ...localClock(e, self) };
      fields.forEach((field, i) => {
        if (i === 0 || typeof args[i] === "number") clock[field] = toInt(e, args[i]);
      });
      return setMs(e, self, fromLocal(e, clock));
    };
  const date =
    (fields: ("year" | "month" | "day")[]): Members[string] =>
    (self, args) => {
      const clock = localClock(e, self);
      const { year, month, day } = clock;
      const parts = { year, month, day };
      fields.forEach((field, i) => {
        if (i === 0 || typeof args[i] === "number") parts[field] = toInt(e, args[i]);
      });
      return setMs(
        e,
        self,
        fromLocal(e, { ...clock, days: days(e, parts.year, parts.month, parts.day) }),
      );
    };
  return {
    setTime: (self, [ms]) => setMs(e, self, toNumber(e, ms)),
    setHours: time(["hour", "min", "sec", "ms"]),
    setMinutes: time(["min", "sec", "ms"]),
    setSeconds: time(["sec", "ms"]),
    setMilliseconds: time(["ms"]),
    setDate: date(["day"]),
    setMonth: date(["month", "day"]),
    setFullYear: date(["year", "month", "day"]),
  };
}

const two = (n: number): string => String(n).padStart(2, "0");
const three = (n: number): string => String(n).padStart(3, "0");

function texts(e: Engine): Members {
  const zoneText = (zone: number): string => {
    const size = Math.abs(zone);
    const digits = Math.trunc(size / 60) * 100 + (size % 60);
    return (zone < 0 ? "-" : "+") + String(digits).padStart(4, "0");
  };
  const iso = (ms: number, zone: number, ending: string): string => {
    const c = toClock(ms, zone);
    return `${c.year}-${two(c.month + 1)}-${two(c.day)}T${two(c.hour)}:${two(c.min)}:${two(c.sec)}.${three(c.ms)}${ending}`;
  };
  const isoUtc = (self: Value): string => iso(msOf(e, self), 0, "Z");
  return {
    toISOString: isoUtc,
    toJSON: isoUtc,
    toLocalISOString: (self) => {
      const zone = zoneMinutes(e, msOf(e, self));
      return iso(msOf(e, self), zone, zoneText(zone));
    },
    toString: (self: Value) => {
      const zone = zoneMinutes(e, msOf(e, self));
      const c = toClock(msOf(e, self), zone);
      return `${WEEKDAYS[c.weekday]} ${MONTHS[c.month]} ${c.day} ${c.year} ${two(c.hour)}:${two(c.min)}:${two(c.sec)} GMT${zoneText(zone)}`;
    },
    toUTCString: (self) => {
      const c = toClock(msOf(e, self), 0);
      return `${WEEKDAYS[c.weekday]}, ${c.day} ${MONTHS[c.month]} ${c.year} ${two(c.hour)}:${two(c.min)}:${two(c.sec)} GMT`;
    },
  };
}

/** "Aug 9, 1995", "Mon, 25 Dec 1995 13:30:00 GMT" and ISO dates, read with the language's lexer. */
function parseDate(e: Engine, text: string): number {
  const lex = new Lexer(text);
  const clock: Clock = { days: 0, hour: 0, min: 0, sec: 0, ms: 0, zone: Number.NaN };
  /** Without a zone of its own the text is local time. */
  const done = (): number => (Number.isNaN(clock.zone) ? fromLocal(e, clock) : fromClock(clock));
  const number = (): number => parseInteger(lex.value, 10).value;
  const isInt = (): boolean => lex.tk === "INT";
  const skip = (token: string): boolean => {
    if (lex.tk !== token) return false;
    lex.next();
    return true;
  };
  let [year, month, day] = [1970, 0, 1];
  const take = (): number => {
    const value = number();
    lex.next();
    return value;
  };
  if (lex.tk === "ID" && monthNamed(lex.value) >= 0) {
    month = monthNamed(lex.value);
    lex.next();
    if (!isInt()) return done();
    day = take();
    if (!skip(",") || !isInt()) return done();
    year = take();
    clock.days = days(e, year, month, day);
    if (isInt()) readTime(lex, clock, 0);
  } else if (lex.tk === "ID" && weekdayNamed(lex.value) >= 0) {
    lex.next();
    if (!skip(",") || !isInt()) return done();
    day = take();
    if (lex.tk !== "ID" || monthNamed(lex.value) < 0) return done();
    month = monthNamed(lex.value);
    lex.next();
    if (!isInt()) return done();
    year = take();
    clock.days = days(e, year, month, day);
    if (isInt()) readTime(lex, clock, 0);
  } else if (isInt()) {
    year = take();
    if (!skip("-") || !isInt()) return done();
    month = take() - 1;
    if (!skip("-") || !isInt()) return done();
    day = take();
    clock.days = days(e, year, month, day);
    if (lex.tk === "ID" && lex.value.startsWith("T")) readTime(lex, clock, 1);
  }
  return done();
}

function readTime(lex: Lexer, clock: Clock, from: number): void {
  const next = (): boolean => {
    lex.next();
    if (!lex.is(":")) return false;
    lex.next();
    return lex.is("INT") || lex.is("FLOAT");
  };
  clock.hour = parseInteger(lex.value.substring(from), 10).value;
  if (!next()) return;
  clock.min = parseInteger(lex.value, 10).value;
  if (!next()) return;
  const seconds = parseDouble(lex.value).value;
  clock.sec = Math.trunc(seconds);
  clock.ms = Math.trunc(seconds * 1000) % 1000;
  lex.next();
  if (lex.tk === "ID" && (lex.value === "GMT" || lex.value === "Z")) {
    clock.zone = 0;
    lex.next();
  }
  if (lex.tk !== "+" && lex.tk !== "-") return;
  const sign = lex.tk === "+" ? 1 : -1;
  lex.next();
  if (!lex.is("INT")) return;
  const digits = lex.value;
  const value = parseInteger(digits, 10).value;
  let minutes = digits.length === 4 ? (value % 100) + Math.trunc(value / 100) * 60 : value * 60;
  lex.next();
  if (digits.length === 2 && lex.is(":")) {
    lex.next();
    if (lex.is("INT")) minutes += parseInteger(lex.value, 10).value;
  }
  clock.zone = minutes * sign;
}
