/** A camera's updates: what it runs, and the roll-outs that it is in with its state in each. */
import { useState } from "preact/hooks";
import { useAnswer } from "../hooks.ts";
import {
  forceCamera,
  isForcible,
  MEMBER_WORDS,
  type MemberState,
  type RolloutStatus,
  STATUS_WORDS,
} from "../rollouts-data.ts";
import { rolloutHref } from "../route.ts";
import { getState, isLoggedOut, mayI, messageOf } from "../state.ts";
import type { Camera } from "../types.ts";

/** What the server gives at most. */
const ROLLOUTS_MAX = 20;

interface Membership {
  rolloutID: number;
  releaseID: string;
  version: string;
  status: RolloutStatus;
  ring: number;
  state: MemberState;
  reason: string;
}

interface Updates {
  rollouts: Membership[];
  runs: { kind: string; counter: number; pending: number }[];
}

export function CameraUpdates({ camera: { cameraID, lastSeen } }: { camera: Camera }) {
  const path = `cameras/${encodeURIComponent(cameraID)}/rollouts`;
  const { data, reload } = useAnswer<Updates>(path, lastSeen);
  const [said, setSaid] = useState("");
  if (!data) return null;
  const runs = data.runs.map(({ kind, counter, pending }) => {
    const trial = pending ? `, ${kind}-${pending} on trial` : "";
    return `${kind}-${counter}${trial}`;
  });
  const force = async (rolloutID: number) => {
    try {
      await forceCamera(rolloutID, cameraID);
      setSaid("It is offered the release at its next contact.");
    } catch (error) {
      if (!isLoggedOut(error)) setSaid(messageOf(error));
    }
    reload();
  };
  return (
    <section class="updates" aria-labelledby="updates-title">
      <h2 id="updates-title">Updates</h2>
      <p class="muted">
        {runs.length ? `It runs ${runs.join(", ")}. ` : ""}
        {data.rollouts.length ? "" : "It is in no roll-out. "}
        <a href="#/rollouts">All roll-outs</a>
      </p>
      <ul class="plain-rows">
        {data.rollouts.map((one) => (
          <li key={one.rolloutID}>
            <a href={rolloutHref(one.rolloutID)}>
              {one.releaseID} ({one.version})
            </a>{" "}
            <span class="muted">
              {STATUS_WORDS[one.status].toLowerCase()}, ring {one.ring + 1}
            </span>{" "}
            <strong>{MEMBER_WORDS[one.state]}</strong> <span>{one.reason}</span>
            {mayI(getState(), "manage") && isForcible(one.state, one.status) ? (
              <button
                type="button"
                aria-label={`Force ${one.releaseID}`}
                title="Offer it at the next contact, whatever the plan says"
                onClick={() => void force(one.rolloutID)}
              >
                Force
              </button>
            ) : null}
          </li>
        ))}
        {data.rollouts.length === ROLLOUTS_MAX ? (
          <li class="muted">Older ones are not shown.</li>
        ) : null}
      </ul>
      <p role="status">{said}</p>
    </section>
  );
}
