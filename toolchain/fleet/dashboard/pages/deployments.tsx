/** Deployments with a calendar of effort: how much of each of the last days the camera could record. */
import { useEffect, useState } from "preact/hooks";
import { requestAll } from "../api.ts";
import { usePageTitle, useServerNow } from "../hooks.ts";
import { isLoggedOut, messageOf } from "../state.ts";

interface Deployment {
  deploymentID: string;
  siteID: string | null;
  cameraName: string | null;
  locationName: string | null;
  deploymentStart: number;
  deploymentEnd: number | null;
  failures: { failureStart: number; failureEnd: number | null; reason: string }[];
}

const DAY_S = 86_400;
const DAYS = 42;

/** Part of each day, 0..1, that the camera could record; null where it did not stand. Failures may overlap. */
export function shares(one: Deployment, nowS: number): (number | null)[] {
  const today = Math.floor(nowS / DAY_S);
  const [start, end] = [one.deploymentStart, one.deploymentEnd ?? nowS];
  return Array.from({ length: DAYS }, (_, index) => {
    const from = Math.max((today - DAYS + 1 + index) * DAY_S, start);
    const to = Math.min((today - DAYS + 2 + index) * DAY_S, end, nowS);
    if (to <= from) return null;
    let [lost, reached] = [0, from];
    for (const { failureStart, failureEnd } of one.failures) {
      const begin = Math.max(failureStart, reached);
      const stop = Math.min(failureEnd ?? nowS, to);
      lost += Math.max(0, stop - begin);
      reached = Math.max(reached, Math.min(stop, to));
    }
    return (to - from - lost) / DAY_S;
  });
}

const day = (seconds: number) => new Date(seconds * 1000).toISOString().slice(0, 10);

export function DeploymentsPage() {
  const heading = usePageTitle("Deployments");
  const nowS = Math.floor(useServerNow() / 1000);
  const [list, setList] = useState<Deployment[] | null>(null);
  const [problem, setProblem] = useState("");
  useEffect(() => {
    requestAll<Deployment>("deployments", "deployments").then(setList, (error) => {
      isLoggedOut(error);
      setProblem(messageOf(error));
    });
  }, []);
  return (
    <>
      <section class="lead" aria-label="Deployments">
        <h1 ref={heading} tabIndex={-1}>
          Deployments
        </h1>
        <p class="muted">
          Effort of the last {DAYS} days in UTC, the newest on the right: full, partial, none, not
          there.
        </p>
      </section>
      {problem ? <p role="alert">{problem}</p> : null}
      <ul class="deployments">
        {list?.map((one) => (
          <li key={one.deploymentID} class="tile">
            <h2>
              {one.cameraName ?? one.locationName ?? one.deploymentID}{" "}
              <span class="muted">{one.siteID}</span>
            </h2>
            <p class="muted">
              {day(one.deploymentStart)} to {one.deploymentEnd ? day(one.deploymentEnd) : "now"}
            </p>
            <Calendar shares={shares(one, nowS)} />
          </li>
        ))}
      </ul>
    </>
  );
}

function Calendar({ shares: days }: { shares: (number | null)[] }) {
  const nights = days.reduce<number>((sum, share) => sum + (share ?? 0), 0);
  const failed = days.filter((share) => share !== null && share < 0.02).length;
  const said = `${nights.toFixed(1)} trap-nights in ${DAYS} days, ${failed} days without`;
  return (
    <>
      <div class="calendar" role="img" aria-label={said}>
        {days.map((share, index) => (
          <span key={index} class={`effort-${effortWord(share)}`} />
        ))}
      </div>
      <p>{said}</p>
    </>
  );
}

const effortWord = (share: number | null): string => {
  if (share === null) return "away";
  if (share < 0.02) return "none";
  return share < 0.98 ? "part" : "full";
};
