/** What waits for a person, apart from cameras in trouble: events to review, roll-outs that stopped. */
import { useEffect, useState } from "preact/hooks";
import { request, requestAll } from "../api.ts";
import { isLoggedOut } from "../state.ts";
import { plural } from "../words.ts";
import { Icon } from "./icons.tsx";

interface Rollout {
  rolloutID: number;
  releaseID: string;
  status: string;
}

export function NeedsYou() {
  const [lines, setLines] = useState<string[]>([]);
  const [waiting, setWaiting] = useState(0);
  useEffect(() => {
    request<{ any: number }>("GET", "reviews/counts").then(
      ({ any }) => setWaiting(any),
      isLoggedOut,
    );
    requestAll<Rollout>("rollouts", "rollouts").then((rollouts) => {
      const stopped = rollouts.filter(({ status }) => status === "stopped" || status === "paused");
      setLines(
        stopped.map(({ releaseID, status }) => `The roll-out of ${releaseID} is ${status}.`),
      );
    }, isLoggedOut);
  }, []);
  if (!waiting && lines.length === 0) return null;
  return (
    <section class="troubles" aria-labelledby="needs-title">
      <h2 id="needs-title">Needs you</h2>
      <ul>
        {waiting ? (
          <li>
            <Icon name="question" />
            <span>
              <a href="#/review">{plural(waiting, "event")} to review</a>
            </span>
          </li>
        ) : null}
        {lines.map((line) => (
          <li key={line}>
            <Icon name="warning" />
            <span>{line}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
