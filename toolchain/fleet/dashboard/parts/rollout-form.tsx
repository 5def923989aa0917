/** The beginning of a roll-out: which release, to whom, how carefully. What the server says of it is shown as it is. */
import { useState } from "preact/hooks";
import { useAnswer, useAttempt } from "../hooks.ts";
import { beginRollout, type Plan, type Release } from "../rollouts-data.ts";
import { rolloutHref } from "../route.ts";
import { getState } from "../state.ts";
import { kilobytes } from "../words.ts";
import { FormButtons } from "./form-buttons.tsx";
import { namesIn, numbersIn } from "./lists.ts";
import { Problem } from "./problem.tsx";

const RELEASES_MAX = 50;
const HOUR_MS = 3600_000;

interface Draft {
  releaseID: string;
  sites: string[];
  groups: string;
  rings: string;
  maxUnavailable: string;
  soakHours: string;
  windows: string;
  priority: string;
  /** Other fields of a plan, as JSON; "" for none. */
  more: string;
}

const FIRST: Draft = {
  ...{ releaseID: "", sites: [], groups: "", rings: "5, 25, 100", maxUnavailable: "1" },
  ...{ soakHours: "6", windows: "", priority: "normal", more: "" },
};

export function RolloutForm({ onCancel }: { onCancel: () => void }) {
  const { data, problem: unread } = useAnswer<{ releases: Release[] }>("releases");
  const [draft, setDraft] = useState(FIRST);
  const { problem, setProblem, attempt } = useAttempt();
  const [isBusy, setBusy] = useState(false);
  const set = (part: Partial<Draft>) => setDraft((old) => ({ ...old, ...part }));
  const releases = data?.releases ?? [];
  const releaseID = draft.releaseID || (releases[0]?.releaseID ?? "");
  const sites = [...new Set((getState().cameras ?? []).map(({ site }) => site))].sort();

  const begin = async (event: Event) => {
    event.preventDefault();
    const plan = planOf(draft);
    if (typeof plan === "string") return setProblem(plan);
    setBusy(true);
    const groups = namesIn(draft.groups);
    await attempt(async () => {
      const { rolloutID } = await beginRollout({
        ...{ releaseID, plan },
        ...(draft.sites.length ? { sites: draft.sites } : {}),
        ...(groups ? { groups } : {}),
      });
      location.hash = rolloutHref(rolloutID);
    });
    setBusy(false);
  };

  return (
    <form class="page-form tile" noValidate onSubmit={(event) => void begin(event)}>
      <h2>Begin a roll-out</h2>
      <Problem text={unread} />
      {data && releases.length === 0 ? (
        <p>
          No release is published yet: <code>toolchain ota publish</code>
        </p>
      ) : null}
      <label>
        Release
        <select
          value={releaseID}
          onChange={(event) => set({ releaseID: event.currentTarget.value })}
        >
          {releases.slice(0, RELEASES_MAX).map((one) => (
            <option key={one.releaseID} value={one.releaseID}>
              {one.releaseID}, {one.version}, {kilobytes(one.bytes)}
              {one.hardware ? `, ${one.hardware}` : ""}
              {one.isSigned ? "" : ", not signed"}
            </option>
          ))}
        </select>
      </label>
      {releases.length > RELEASES_MAX ? (
        <p class="muted">Only the newest {RELEASES_MAX} releases are offered here.</p>
      ) : null}
      <fieldset>
        <legend>Sites (none ticked: all)</legend>
        {sites.map((site) => (
          <label key={site} class="rule-tick">
            <input
              type="checkbox"
              checked={draft.sites.includes(site)}
              onChange={(event) =>
                set({
                  sites: event.currentTarget.checked
                    ? [...draft.sites, site]
                    : draft.sites.filter((one) => one !== site),
                })
              }
            />
            {site}
          </label>
        ))}
      </fieldset>
      <label>
        Groups, by commas (empty: all)
        <input
          value={draft.groups}
          onInput={(event) => set({ groups: event.currentTarget.value })}
        />
      </label>
      <div class="form-row">
        <label>
          Rings, percent
          <input
            value={draft.rings}
            inputMode="numeric"
            onInput={(event) => set({ rings: event.currentTarget.value })}
          />
        </label>
        <label>
          Of a site at once
          <input
            type="number"
            min={1}
            value={draft.maxUnavailable}
            onInput={(event) => set({ maxUnavailable: event.currentTarget.value })}
          />
        </label>
        <label>
          Proved after, hours
          <input
            type="number"
            min={0}
            value={draft.soakHours}
            onInput={(event) => set({ soakHours: event.currentTarget.value })}
          />
        </label>
        <label>
          Hours in UTC
          <input
            value={draft.windows}
            placeholder="any; or 22-4"
            onInput={(event) => set({ windows: event.currentTarget.value })}
          />
        </label>
        <label>
          Priority
          <select
            value={draft.priority}
            onChange={(event) => set({ priority: event.currentTarget.value })}
          >
            <option value="critical">critical: at once</option>
            <option value="high">high: within a day</option>
            <option value="normal">normal: within a week</option>
            <option value="low">low: when it suits</option>
          </select>
        </label>
      </div>
      <details>
        <summary>Other fields of the plan, as JSON</summary>
        <label>
          <span class="unseen">Plan as JSON</span>
          <textarea
            rows={4}
            spellcheck={false}
            placeholder='{"successThreshold": 0.5, "budgetBytes": 200000}'
            value={draft.more}
            onInput={(event) => set({ more: event.currentTarget.value })}
          />
        </label>
      </details>
      <Problem text={problem} />
      <FormButtons
        class="page-actions"
        label={isBusy ? "Beginning…" : "Begin"}
        isOff={isBusy || !releaseID}
        onCancel={onCancel}
      />
    </form>
  );
}

/** The plan, or what cannot be understood of it. What it means is judged by the server. */
function planOf(draft: Draft): Plan | string {
  let more: Plan = {};
  try {
    if (draft.more.trim()) more = JSON.parse(draft.more) as Plan;
  } catch {
    return "The other fields are not whole JSON yet.";
  }
  const rings = numbersIn(draft.rings);
  if (!rings) return "Rings are percentages with commas between them, such as 5, 25, 100.";
  const windows: [number, number][] = [];
  for (const text of namesIn(draft.windows) ?? []) {
    const [, from, to] = text.match(/^(\d{1,2})\s*[-–]\s*(\d{1,2})$/) ?? [];
    if (!from || !to) return "Hours are written like 22-4, with commas between more of them.";
    windows.push([Number(from), Number(to)]);
  }
  return {
    ...{ rings, windows, priority: draft.priority },
    maxUnavailable: Number(draft.maxUnavailable),
    soakMs: Number(draft.soakHours) * HOUR_MS,
    ...more,
  };
}
