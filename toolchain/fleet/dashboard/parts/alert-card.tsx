/** One alert: what, where, when, and the one tap that says "I have it". */
import { useState } from "preact/hooks";
import {
  type Alert,
  type AlertAction,
  type AlertDetail,
  actOn,
  getAlert,
  SEVERITY_WORDS,
  STATE_WORDS,
} from "../alerts-data.ts";
import { useAttempt } from "../hooks.ts";
import { cameraHref } from "../route.ts";
import { shortMoment } from "../times.ts";
import { percent } from "../words.ts";
import { Icon } from "./icons.tsx";
import { Moment } from "./moment.tsx";

interface CardProps {
  alert: Alert;
  nowMs: number;
  isOpen: boolean;
  onChange: () => void;
}

const OPEN = ["raised", "escalated", "acknowledged", "muted"];

export function AlertCard({ alert, nowMs, isOpen, onChange }: CardProps) {
  const { problem, attempt } = useAttempt();
  const [isBusy, setBusy] = useState(false);
  const [detail, setDetail] = useState<AlertDetail | null>(null);
  const { alertID, severity, state, title } = alert;
  const isWaiting = state === "raised" || state === "escalated";
  const act = async (action: AlertAction) => {
    setBusy(true);
    await attempt(async () => {
      const changed = await actOn(alertID, action);
      if (detail) setDetail(changed);
      onChange();
    });
    setBusy(false);
  };
  const look = () => attempt(async () => setDetail(await getAlert(alertID)));
  return (
    <li class={`alert alert-${severity}${isWaiting ? " alert-waiting" : ""}`}>
      <p class="alert-head">
        <span class={`badge severity-${severity}`}>
          {severity} {SEVERITY_WORDS[severity]}
        </span>
        <strong>{title}</strong>
      </p>
      <p class="counts">
        <Moment iso={alert.lastSeen}>{shortMoment(alert.lastSeen, nowMs)}</Moment>
        {alert.site ? <span>{alert.site}</span> : null}
        {alert.probability === null ? null : <span>{percent(alert.probability)}</span>}
        <span>{STATE_WORDS[state]}</span>
        {alert.acknowledgedBy ? <span>by {alert.acknowledgedBy}</span> : null}
        {alert.isWithheld ? <span>over the hourly cap, no message sent</span> : null}
      </p>
      {alert.isUndelivered ? (
        <p class="problem">
          <Icon name="warning" /> A message about it could not be delivered.
        </p>
      ) : null}
      <p class="problem" role="alert">
        {problem}
      </p>
      <div class="alert-actions">
        {isWaiting ? (
          <button
            type="button"
            class="primary"
            disabled={isBusy}
            onClick={() => void act("acknowledge")}
          >
            <Icon name="check" /> Acknowledge
            <span class="unseen"> {title}</span>
          </button>
        ) : null}
        {OPEN.includes(state) ? (
          <button type="button" disabled={isBusy} onClick={() => void act("resolve")}>
            Resolve<span class="unseen"> {title}</span>
          </button>
        ) : null}
        {isWaiting ? (
          <button type="button" disabled={isBusy} onClick={() => void act("mute")}>
            Mute 1 h<span class="unseen"> {title}</span>
          </button>
        ) : null}
        <a class="alert-link" href={cameraHref(alert.cameraID)}>
          Camera
        </a>
      </div>
      <details open={isOpen} onToggle={(event) => event.currentTarget.open && void look()}>
        <summary>History, rule “{alert.rule}”</summary>
        {detail ? <History detail={detail} nowMs={nowMs} /> : <p class="muted">Loading…</p>}
      </details>
    </li>
  );
}

function History({ detail, nowMs }: { detail: AlertDetail; nowMs: number }) {
  const failing = detail.deliveries.filter(({ state, error }) => error && state !== "sent");
  return (
    <ol class="alert-history">
      {detail.events.map(({ time, step, who, note }) => (
        <li key={`${time} ${step} ${note}`}>
          <Moment iso={time}>{shortMoment(time, nowMs)}</Moment> {step}
          {who === "server" ? "" : ` by ${who}`}
          {note ? `: ${note}` : ""}
        </li>
      ))}
      {failing.map(({ deliveryID, channel, state, error }) => (
        <li key={deliveryID} class="problem">
          {channel}: {state}, {error}
        </li>
      ))}
    </ol>
  );
}
