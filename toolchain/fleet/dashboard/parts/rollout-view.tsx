/** One roll-out: its rings, sites and cameras with their states and reasons, its history, and what may be done to it. */
import { useState } from "preact/hooks";
import { useAnswer, useAttempt, usePageTitle, useServerNow } from "../hooks.ts";
import {
  actionsOf,
  actOnRollout,
  CONFIRMATIONS,
  forceCamera,
  isForcible,
  LISTED,
  MEMBER_WORDS,
  type Member,
  type RolloutAction,
  type RolloutDetail,
  type RolloutStatus,
  STATUS_WORDS,
  type States,
  statesSentence,
  total,
} from "../rollouts-data.ts";
import { cameraHref } from "../route.ts";
import { mayI, type State } from "../state.ts";
import { exactDuration, shortMoment, viewerZone } from "../times.ts";
import { plural } from "../words.ts";
import { Icon, type IconName } from "./icons.tsx";
import { Moment } from "./moment.tsx";
import { Problem } from "./problem.tsx";

const REFRESH_MS = 20_000;

const STATUS_LOOK: Record<RolloutStatus, { icon: IconName; look: string }> = {
  running: { icon: "pulse", look: "green" },
  paused: { icon: "clock", look: "yellow" },
  stopped: { icon: "warning", look: "red" },
  finished: { icon: "check", look: "green" },
  cancelled: { icon: "silent", look: "new" },
  rolledBack: { icon: "left", look: "orange" },
  superseded: { icon: "silent", look: "new" },
};

export function RolloutBadge({ status }: { status: RolloutStatus }) {
  const { icon, look } = STATUS_LOOK[status];
  return (
    <span class={`badge status-${look}`}>
      <Icon name={icon} /> {STATUS_WORDS[status]}
    </span>
  );
}

/** Order of the parts of a bar; what is left of it waits. */
const BAR = ["failed", "silent", "rollingBack", "proved", "installed", "offered"] as const;

/** The sentence beside it says the same, so it is hidden from screen readers. */
export function RingBar({ states }: { states: States }) {
  const all = Math.max(1, total(states));
  return (
    <svg class="ring-bar" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
      {BAR.map((state, index) => {
        const before = BAR.slice(0, index).reduce((sum, one) => sum + states[one], 0);
        const [x, width] = [(100 * before) / all, (100 * states[state]) / all];
        return <rect key={state} class={`bar-${state}`} x={x} width={width} height="4" />;
      })}
    </svg>
  );
}

export function RolloutView({ rolloutID, state }: { rolloutID: string; state: State }) {
  const nowMs = useServerNow();
  const answer = useAnswer<RolloutDetail>(`rollouts/${rolloutID}`, Math.floor(nowMs / REFRESH_MS));
  const { data: rollout, problem } = answer;
  const heading = usePageTitle(rollout ? `Roll-out of ${rollout.releaseID}` : "Roll-out");
  const mayManage = mayI(state, "manage");
  return (
    <>
      <section class="lead" aria-label="Roll-out">
        <a class="back" href="#/rollouts">
          <Icon name="left" /> All roll-outs
        </a>
        <h1 ref={heading} tabIndex={-1}>
          {rollout ? `Roll-out of ${rollout.releaseID}` : "Roll-out"}
        </h1>
        {rollout ? (
          <>
            <p class="counts">
              <RolloutBadge status={rollout.status} />
              <span>begun {shortMoment(rollout.created, nowMs)}</span>
              <span>{selectionWords(rollout)}</span>
            </p>
            <Problem text={rollout.reason} />
          </>
        ) : null}
      </section>
      <Problem text={problem} />
      {rollout && mayManage ? <Actions rollout={rollout} onDone={answer.reload} /> : null}
      {rollout ? (
        <>
          <Rings rollout={rollout} />
          <Sites rollout={rollout} />
          <Cameras rollout={rollout} mayForce={mayManage} onDone={answer.reload} />
          <History rollout={rollout} nowMs={nowMs} />
        </>
      ) : null}
    </>
  );
}

function selectionWords({ selection, states }: RolloutDetail): string {
  const said = [
    selection.sites ? `sites ${selection.sites.join(", ")}` : "",
    selection.groups ? `groups ${selection.groups.join(", ")}` : "",
    selection.cameraIDs ? "chosen cameras" : "",
  ].filter(Boolean);
  return `${plural(total(states), "camera")}${said.length ? `, ${said.join("; ")}` : " of all sites"}`;
}

function Actions({ rollout, onDone }: { rollout: RolloutDetail; onDone: () => void }) {
  const [asked, setAsked] = useState<RolloutAction | "">("");
  const [said, setSaid] = useState("");
  const { problem, attempt } = useAttempt();
  const act = async (action: RolloutAction) => {
    setAsked("");
    await attempt(async () => {
      const { status } = await actOnRollout(rollout.rolloutID, action);
      setSaid(`It is ${STATUS_WORDS[status].toLowerCase()} now.`);
    });
    onDone();
  };
  const ask = (action: RolloutAction) =>
    CONFIRMATIONS[action](rollout) ? setAsked(action) : void act(action);
  const possible = actionsOf(rollout);
  const chosen = possible.find(({ action }) => action === asked);
  return (
    <section class="page-actions" aria-label="What may be done">
      {chosen ? (
        <>
          <p class="wide">{CONFIRMATIONS[chosen.action](rollout)}</p>
          <button type="button" class="primary" onClick={() => void act(chosen.action)}>
            {chosen.word} this roll-out
          </button>
          <button type="button" onClick={() => setAsked("")}>
            Leave it
          </button>
        </>
      ) : (
        possible.map(({ action, word }) => (
          <button key={action} type="button" onClick={() => ask(action)}>
            {word}
          </button>
        ))
      )}
      <p role="status">{said}</p>
      <Problem text={problem} />
    </section>
  );
}

function Rings({ rollout }: { rollout: RolloutDetail }) {
  const { rings, stopsAt, plan } = rollout;
  return (
    <section aria-labelledby="rings-title">
      <h2 id="rings-title">Rings</h2>
      <ol class="rings">
        {rings.map((ring, index) => (
          <li key={ring.upTo} class="tile" data-open={ring.isOpen ? "" : undefined}>
            <p class="alert-head">
              <strong>
                {index + 1}: up to {Math.round(ring.upTo)} %
              </strong>
              <span class="muted">
                {plural(ring.cameras, "camera")}, {ring.isOpen ? "open" : "not open"}
              </span>
            </p>
            <RingBar states={ring.states} />
            <p>{statesSentence(ring.states)}</p>
            <p class="muted">
              Evidence of harm {ring.evidence}; it stops at {stopsAt}
            </p>
          </li>
        ))}
      </ol>
      <p class="muted">{planWords(plan)}</p>
    </section>
  );
}

function planWords({
  maxUnavailable = 1,
  soakMs = 0,
  windows = [],
  priority,
}: RolloutDetail["plan"]) {
  const hours = windows.map(([from, to]) => `${from} to ${to} h UTC`).join(", ");
  const parts = [
    `At most ${plural(maxUnavailable, "camera")} of a site at once`,
    `proved by a check-in ${exactDuration(soakMs / 1000)} after it was confirmed`,
    hours ? `only from ${hours}` : "",
    priority ? `priority ${priority}` : "",
  ];
  return `${parts.filter(Boolean).join("; ")}.`;
}

const SITES_MAX = 30;

function Sites({ rollout: { sites } }: { rollout: RolloutDetail }) {
  if (sites.length < 2) return null;
  return (
    <details class="more">
      <summary>By site ({sites.length})</summary>
      <ul class="plain-rows">
        {sites.slice(0, SITES_MAX).map(({ site, states }) => (
          <li key={site}>
            <strong>{site}</strong> <span>{statesSentence(states)}</span>
          </li>
        ))}
        {sites.length > SITES_MAX ? (
          <li class="muted">{sites.length - SITES_MAX} more sites are not shown.</li>
        ) : null}
      </ul>
    </details>
  );
}

interface CamerasProps {
  rollout: RolloutDetail;
  mayForce: boolean;
  onDone: () => void;
}

function Cameras({ rollout, mayForce, onDone }: CamerasProps) {
  const { cameras, states, rolloutID, status } = rollout;
  const [said, setSaid] = useState("");
  const { problem, attempt } = useAttempt();
  const inAll = LISTED.reduce((sum, state) => sum + states[state], 0);
  const force = async ({ cameraID, name }: Member) => {
    await attempt(async () => {
      await forceCamera(rolloutID, cameraID);
      setSaid(`${name} is offered the release at its next contact.`);
    });
    onDone();
  };
  return (
    <section aria-labelledby="members-title">
      <h2 id="members-title">Cameras not yet through</h2>
      <p class="muted">
        {cameras.length === 0 ? "None at the moment. " : ""}
        {inAll > cameras.length ? `The ${cameras.length} that changed last, of ${inAll}. ` : ""}
        {states.waiting} waiting, {states.proved} proved, {states.skipped} skipped and{" "}
        {states.rolledBack} rolled back are not listed.
      </p>
      <p role="status">{said}</p>
      <Problem text={problem} />
      <ul class="plain-rows">
        {cameras.map((one) => (
          <li key={one.cameraID}>
            <a href={cameraHref(one.cameraID)}>{one.name}</a>{" "}
            <span class="muted">
              {one.site}, ring {one.ring + 1}
            </span>{" "}
            <strong class={`member-${one.state}`}>{MEMBER_WORDS[one.state]}</strong>{" "}
            <span>{one.reason}</span>
            {mayForce && isForcible(one.state, status) ? (
              <button
                type="button"
                aria-label={`Force ${one.name}`}
                title="Offer it at the next contact, whatever the plan says"
                onClick={() => void force(one)}
              >
                Force
              </button>
            ) : null}
          </li>
        ))}
      </ul>
    </section>
  );
}

function History({ rollout: { events }, nowMs }: { rollout: RolloutDetail; nowMs: number }) {
  return (
    <details class="more">
      <summary>History ({events.length})</summary>
      <p class="muted">Times are in {viewerZone()}.</p>
      <ol class="alert-history">
        {events.map(({ state, reason, time }) => (
          <li key={`${time} ${state} ${reason}`}>
            <Moment iso={time}>{shortMoment(time, nowMs)}</Moment>{" "}
            {STATUS_WORDS[state as RolloutStatus] ?? state}
            {reason ? `: ${reason}` : ""}
          </li>
        ))}
      </ol>
    </details>
  );
}
