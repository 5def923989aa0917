/**
 * Zones of rules and allow-lists are drawn round what is to be guarded: who may not know where sensitive places are gets them
 * without the zones, and may not write a rule that has some, since it would lose them.
 */
import { httpError } from "../http-errors.ts";
import type { AlertSettings, Allowance, Rule } from "./rule.ts";

/** What takes a zone's place in answers. */
export interface ZonesWithheld {
  /** A zone belongs to it that the caller may not see. */
  hasZones?: true;
}

type Zoned = { inside?: unknown; outside?: unknown };

function withoutZone<T extends Zoned>(place: T): T & ZonesWithheld {
  const { inside, outside, ...rest } = place;
  const hasZones = inside !== undefined || outside !== undefined;
  return { ...(rest as T), ...(hasZones && { hasZones: true as const }) };
}

const allowOf = (allow: Allowance[] | undefined) =>
  allow ? { allow: allow.map(withoutZone) } : {};

export const ruleFor = <T extends Pick<Rule, "when" | "allow">>(rule: T, mayLocate: boolean): T =>
  mayLocate ? rule : { ...rule, when: withoutZone(rule.when), ...allowOf(rule.allow) };

export const settingsFor = (settings: AlertSettings, mayLocate: boolean): AlertSettings =>
  mayLocate ? settings : { ...settings, ...allowOf(settings.allow) };

/** **Errors:** FORBIDDEN */
export function requireZones(before: Pick<Rule, "allow"> & { when?: Zoned }, mayLocate: boolean) {
  const places: Zoned[] = [before.when ?? {}, ...(before.allow ?? [])];
  if (mayLocate || !places.some(({ inside, outside }) => inside || outside)) return;
  throw httpError("FORBIDDEN", "it has zones, which needs the right to locate");
}
