/** Updates: every roll-out with how far it is, one of them in full, and the form that begins one. */
import { useState } from "preact/hooks";
import { useAnswer, usePageTitle, useServerNow } from "../hooks.ts";
import { Icon } from "../parts/icons.tsx";
import { Problem } from "../parts/problem.tsx";
import { RolloutForm } from "../parts/rollout-form.tsx";
import { RingBar, RolloutBadge, RolloutView } from "../parts/rollout-view.tsx";
import { type Rollout, statesSentence, total } from "../rollouts-data.ts";
import { type Route, rolloutHref } from "../route.ts";
import { mayI, type State } from "../state.ts";
import { shortMoment } from "../times.ts";
import { plural } from "../words.ts";

/** How often a page that is open is read again. */
const REFRESH_MS = 20_000;
const SHOWN_MAX = 20;

export function RolloutsPage({ route, state }: { route: Route; state: State }) {
  if (route.rolloutID)
    return <RolloutView key={route.rolloutID} rolloutID={route.rolloutID} state={state} />;
  return <RolloutList state={state} />;
}

function RolloutList({ state }: { state: State }) {
  const heading = usePageTitle("Updates");
  const nowMs = useServerNow();
  const { data, problem } = useAnswer<{ rollouts: Rollout[] }>(
    "rollouts",
    Math.floor(nowMs / REFRESH_MS),
  );
  const [isBeginning, setBeginning] = useState(false);
  const [isWhole, setWhole] = useState(false);
  const all = data?.rollouts ?? [];
  const shown = isWhole ? all : all.slice(0, SHOWN_MAX);
  return (
    <>
      <section class="lead" aria-label="Updates">
        <h1 ref={heading} tabIndex={-1}>
          Updates
        </h1>
        <p class="muted">
          A roll-out offers a release to cameras ring by ring, and stops by itself when too many
          fail or fall silent.
        </p>
      </section>
      <Problem text={problem} />
      {mayI(state, "manage") && !isBeginning ? (
        <p class="page-actions">
          <button type="button" class="primary" onClick={() => setBeginning(true)}>
            Begin a roll-out
          </button>
        </p>
      ) : null}
      {isBeginning ? <RolloutForm onCancel={() => setBeginning(false)} /> : null}
      {data && all.length === 0 ? (
        <p class="empty">No roll-out yet. Publish a release with toolchain ota publish first.</p>
      ) : null}
      <ul class="rollouts">
        {shown.map((one) => (
          <RolloutRow key={one.rolloutID} rollout={one} nowMs={nowMs} />
        ))}
      </ul>
      {all.length > shown.length ? (
        <button type="button" class="quiet wide" onClick={() => setWhole(true)}>
          Show all {all.length} roll-outs
        </button>
      ) : null}
    </>
  );
}

function RolloutRow({ rollout, nowMs }: { rollout: Rollout; nowMs: number }) {
  const { rolloutID, releaseID, created, reason, states } = rollout;
  return (
    <li class="tile">
      <p class="alert-head">
        <RolloutBadge status={rollout.status} />
        <a href={rolloutHref(rolloutID)}>
          <strong>{releaseID}</strong>
        </a>
        <span class="muted">
          begun {shortMoment(created, nowMs)}, {plural(total(states), "camera")}
        </span>
      </p>
      {reason ? (
        <p class="problem">
          <Icon name="warning" /> <span>{reason}</span>
        </p>
      ) : null}
      <RingBar states={states} />
      <p class="muted">{statesSentence(states)}</p>
    </li>
  );
}
