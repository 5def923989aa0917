/** What waits for a person, apart from cameras in trouble: events to review, roll-outs that stopped. */
import { useEffect, useState } from "preact/hooks";
import { request, requestAll } from "../api.ts";
import { rolloutHref } from "../route.ts";
import { isLoggedOut } from "../state.ts";
import { plural } from "../words.ts";
import { Icon } from "./icons.tsx";

interface Rollout {
  rolloutID: number;
  releaseID: string;
  status: string;
}

export function NeedsYou() {
  const [stopped, setStopped] = useState<Rollout[]>([]);
  const [waiting, setWaiting] = useState("");
  useEffect(() => {
    request<{ any: number; isPartial: boolean }>("GET", "reviews/counts").then(
      ({ any, isPartial }) =>
        setWaiting(any ? `${isPartial ? "At least " : ""}${plural(any, "event")} to review` : ""),
      isLoggedOut,
    );
    requestAll<Rollout>("rollouts", "rollouts").then((rollouts) => {
      setStopped(rollouts.filter(({ status }) => status === "stopped" || status === "paused"));
    }, isLoggedOut);
  }, []);
  if (!waiting && stopped.length === 0) return null;
  return (
    <section class="troubles" aria-labelledby="needs-title">
      <h2 id="needs-title">Needs you</h2>
      <ul>
        {waiting ? (
          <li>
            <Icon name="question" />
            <span>
              <a href="#/review">{waiting}</a>
            </span>
          </li>
        ) : null}
        {stopped.map(({ rolloutID, releaseID, status }) => (
          <li key={rolloutID}>
            <Icon name="warning" />
            <span>
              <a href={rolloutHref(rolloutID)}>The roll-out of {releaseID}</a> is {status}.
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
