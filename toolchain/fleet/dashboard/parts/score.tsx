/** A camera's score, and on its page why it is what it is: reasons, availability, battery forecast, crashes. */
import { useEffect, useState } from "preact/hooks";
import { getCameraHealth } from "../api.ts";
import { messageOf } from "../state.ts";
import { fullDate, roughDuration } from "../times.ts";
import type { Camera, CameraHealth, Crash } from "../types.ts";
import { plural } from "../words.ts";
import { Icon } from "./icons.tsx";
import { Moment } from "./moment.tsx";

export function Score({ score }: { score: number | null | undefined }) {
  if (score === null || score === undefined) return null;
  const grade = score >= 90 ? "good" : score >= 60 ? "fair" : "poor";
  return (
    <span class={`score score-${grade}`} title="Health, of 100">
      {score}
      <span class="unseen"> of 100</span>
    </span>
  );
}

/** Read anew whenever the camera has reported. */
export function HealthReport({ camera }: { camera: Camera }) {
  const [health, setHealth] = useState<CameraHealth | null>(null);
  const [problem, setProblem] = useState("");
  const { cameraID, lastSeen } = camera;
  useEffect(() => {
    let isGone = false;
    getCameraHealth(cameraID).then(
      (found) => {
        if (isGone) return;
        setHealth(found);
        setProblem("");
      },
      (error) => !isGone && setProblem(messageOf(error)),
    );
    return () => {
      isGone = true;
    };
  }, [cameraID, lastSeen]);
  if (problem) return <p class="muted">{problem}</p>;
  if (!health || health.score === null) return null;
  return (
    <>
      <p class="score-line">
        <Score score={health.score} /> of 100
        {health.reasons.length === 0 ? ": nothing is wrong." : ""}
      </p>
      <ul class="reasons">
        {health.reasons.map(({ points, text, advice }) => (
          <li key={text}>
            <span class="reason-points">{points ? `−${points}` : "·"}</span>
            <span>
              {text} <span class="muted advice">{advice}.</span>
            </span>
          </li>
        ))}
      </ul>
      <dl class="facts">
        <dt>Able to capture</dt>
        <dd>{availability(health)}</dd>
        <dt>Battery lasts</dt>
        <dd>{batteryLasts(health.forecast)}</dd>
        <dt>Self-test</dt>
        <dd>{selfTest(health.selfTest)}</dd>
      </dl>
      <Crashes crashes={health.crashes} />
    </>
  );
}

function availability({ availability: { share, poweredS } }: CameraHealth): string {
  if (share === null) return "not known yet";
  return `${(share * 100).toFixed(2)} % of ${roughDuration(poweredS)} with power`;
}

function batteryLasts(forecast: CameraHealth["forecast"]): string {
  if (forecast.empty === null) return `no forecast: ${forecast.refusal}`;
  const latest = forecast.latest ? fullDate(forecast.latest) : "much later";
  return `until about ${fullDate(forecast.empty)} (${fullDate(forecast.earliest)} to ${latest})`;
}

const selfTest = (found: string | null): string =>
  found === null ? "not reported" : found || "all is well";

function Crashes({ crashes }: { crashes: Crash[] }) {
  if (crashes.length === 0) return null;
  return (
    <details class="crashes">
      <summary>
        <Icon name="warning" /> {plural(crashes.length, "crash or restart", "crashes and restarts")}
      </summary>
      <ul>
        {crashes.map(({ time, text, uptimeS, before }) => (
          <li key={time + text}>
            <Moment iso={time}>{fullDate(time)}</Moment> {text}
            {uptimeS === null ? "" : `, ${roughDuration(uptimeS)} after a start`}
            {before ? <span class="muted"> Before it: {before}</span> : null}
          </li>
        ))}
      </ul>
    </details>
  );
}
