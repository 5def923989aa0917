/** What happened today, by each site's own clock: what was seen, who reported, alerts, the best pictures. */
import { useAnswer, useServerNow } from "../hooks.ts";
import type { State } from "../state.ts";
import { fullDate, viewerZone, zoneName } from "../times.ts";
import type { Observation, Today } from "../types.ts";
import { labelOf, percent, plural } from "../words.ts";
import { Icon, TYPE_ICONS } from "./icons.tsx";
import { Picture } from "./picture.tsx";

/** How often it is read again while the page is open; the counts of a day move slowly. */
const REFRESH_MS = 20_000;
const KINDS_MAX = 8;

export function TodaySection({ state }: { state: State }) {
  const nowMs = useServerNow();
  const query = new URLSearchParams({ timeZone: viewerZone() });
  const { data: today } = useAnswer<Today>(`today?${query}`, Math.floor(nowMs / REFRESH_MS));
  if (!today) return null;
  const seen = today.seen.filter(({ observationType }) => observationType !== "blank");
  const blanks = today.seen
    .filter(({ observationType }) => observationType === "blank")
    .reduce((sum, { observations }) => sum + observations, 0);
  return (
    <section class="today" aria-labelledby="today-title">
      <h2 id="today-title">
        Today <DayName zones={today.zones} />
      </h2>
      {seen.length ? (
        <ul class="today-seen">
          {seen.slice(0, KINDS_MAX).map((kind) => (
            <li key={`${kind.observationType} ${kind.scientificName}`}>
              <Icon name={TYPE_ICONS[kind.observationType]} /> {labelOf(kind)}{" "}
              <strong>{kind.observations.toLocaleString("en-GB")}</strong>
            </li>
          ))}
          {seen.length > KINDS_MAX ? (
            <li class="muted">{plural(seen.length - KINDS_MAX, "other kind")}</li>
          ) : null}
        </ul>
      ) : (
        <p>{blanks ? "Only blanks so far today." : "Nothing seen yet today."}</p>
      )}
      <p class="counts">
        <span>
          {today.cameras} of {plural(state.cameras?.length ?? 0, "camera")} heard
        </span>
        {blanks && seen.length ? <span>{plural(blanks, "blank")}</span> : null}
        <span>{alertWords(today)}</span>
      </p>
      {today.best.length ? (
        <ul class="best" aria-label="Best pictures of today">
          {today.best.map((one) => (
            <Best key={one.observationID} observation={one} />
          ))}
        </ul>
      ) : null}
    </section>
  );
}

function DayName({ zones }: { zones: Today["zones"] }) {
  const [first, ...others] = zones;
  if (!first) return null;
  const noon = `${first.date}T12:00:00Z`;
  const elsewhere = others.map(
    ({ timeZone, sites }) => `${plural(sites ?? 0, "site")}: ${timeZone}`,
  );
  return (
    <span class="muted" title={elsewhere.join(", ") || undefined}>
      {fullDate(noon, "UTC")}, {zoneName(noon, first.timeZone)}
      {others.length ? `, ${plural(others.length, "other zone")}` : ""}
    </span>
  );
}

function alertWords({ alertsRaised, alertsAcknowledged }: Today): string {
  if (!alertsRaised) return "no alerts";
  return `${plural(alertsRaised, "alert")}, ${alertsAcknowledged} taken`;
}

function Best({ observation }: { observation: Observation }) {
  const words = `${labelOf(observation)}, ${percent(observation.classificationProbability)}`;
  const query = new URLSearchParams({ detection: observation.observationID });
  return (
    <li>
      <a href={`#/?${query}`}>
        <Picture
          observation={observation}
          media={observation.media.find(({ stored }) => stored) ?? observation.media[0]}
          showBox={false}
        />
        <span>{words}</span>
      </a>
    </li>
  );
}
