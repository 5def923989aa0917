/** Alerts: those that need somebody first, then what became of the others, and the rules behind them. */
import { useEffect, useState } from "preact/hooks";
import { type Alert, byNeed, getOthers } from "../alerts-data.ts";
import { useAttempt, usePageTitle, useServerNow } from "../hooks.ts";
import { AlertCard } from "../parts/alert-card.tsx";
import { AllowList } from "../parts/allow-list.tsx";
import { Icon } from "../parts/icons.tsx";
import { RuleList } from "../parts/rule-list.tsx";
import type { Route } from "../route.ts";
import type { State } from "../state.ts";
import { refreshAlerts } from "../store.ts";
import { plural } from "../words.ts";

export function AlertsPage({ route, state }: { route: Route; state: State }) {
  const waiting = state.alerts ?? [];
  const title = waiting.length
    ? `${plural(waiting.length, "alert")} nobody has taken`
    : "No alert needs anybody";
  const heading = usePageTitle("Alerts");
  const nowMs = useServerNow();
  const [others, setOthers] = useState<Alert[]>([]);
  const [next, setNext] = useState<string | null>(null);
  const { problem, attempt } = useAttempt();

  const readOn = (before: string | null) =>
    attempt(async () => {
      const page = await getOthers(before);
      setOthers((known) => (before ? [...known, ...page.alerts] : page.alerts));
      setNext(page.next);
    });
  // Whatever leaves or joins the waiting ones may be among the others now.
  useEffect(() => void readOn(null), [state.alerts]);

  const cards = (alerts: Alert[]) => (
    <ul class="alerts">
      {alerts.map((alert) => (
        <AlertCard
          key={alert.alertID}
          alert={alert}
          nowMs={nowMs}
          isOpen={route.alertID === String(alert.alertID)}
          onChange={() => void refreshAlerts()}
        />
      ))}
    </ul>
  );
  return (
    <>
      <section class="lead" aria-label="Alerts">
        <a class="back" href="#/">
          <Icon name="left" /> All cameras
        </a>
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        <p class="problem" role="alert">
          {problem}
        </p>
      </section>
      <div class="alert-columns">
        <div>
          {cards([...waiting].sort(byNeed))}
          <h2 class="alert-rest">Taken, muted and over</h2>
          {others.length ? cards(others) : <p class="muted">None yet.</p>}
          {next ? (
            <button type="button" class="quiet wide" onClick={() => void readOn(next)}>
              Show older ones
            </button>
          ) : null}
        </div>
        <div class="alert-side">
          <RuleList />
          <AllowList />
        </div>
      </div>
    </>
  );
}
