/** Export: format, place, time and taxon, what of it others may not see, and the file, which the browser streams to the disk. */
import { useState } from "preact/hooks";
import { startOfDate } from "../../local-day.ts";
import { request } from "../api.ts";
import { useAnswer, useAttempt, usePageTitle } from "../hooks.ts";
import { Problem } from "../parts/problem.tsx";
import { mayI, type State } from "../state.ts";
import { viewerZone } from "../times.ts";
import { plural } from "../words.ts";

interface Choices {
  formats: { format: string; summary: string }[];
  projects: { projectID: string; name: string }[];
  project: string;
  deployments: number;
  /** Deployments whose place is rounded, by category of sensitivity. */
  generalised: Record<string, number>;
}

export interface SiteZone {
  siteID: string;
  projectID: string;
  name: string;
  timeZone: string | null;
}

interface Draft {
  format: string;
  /** "" is the server's first. */
  project: string;
  sites: string[];
  from: string;
  to: string;
  taxon: string;
  media: boolean;
  exact: boolean;
  people: boolean;
}

const FIRST: Draft = {
  ...{ format: "camtrap-dp", project: "", sites: [], from: "", to: "", taxon: "" },
  ...{ media: false, exact: false, people: false },
};
const DAY_MS = 86_400_000;

export function ExportsPage({ state }: { state: State }) {
  const heading = usePageTitle("Export");
  const [draft, setDraft] = useState(FIRST);
  const { problem, attempt } = useAttempt();
  const [said, setSaid] = useState("");
  const project = draft.project ? `?${new URLSearchParams({ project: draft.project })}` : "";
  const choices = useAnswer<Choices>(`exports${project}`);
  const zones = useAnswer<{ sites: SiteZone[] }>("site-time-zones");
  const { data } = choices;
  const timeZone = state.settings?.timeZone || viewerZone();
  const sites = (zones.data?.sites ?? []).filter(({ projectID }) => projectID === data?.project);
  const set = (part: Partial<Draft>) => {
    setDraft((old) => ({ ...old, ...part }));
    setSaid("");
  };
  const download = async (event: Event) => {
    event.preventDefault();
    const query = queryOf(draft, timeZone);
    // Asked first, so that what is wrong is said here and not written into a file.
    if (!(await attempt(() => request("GET", `exports?${query}`)))) return;
    for (const flag of ["media", "exact", "people"] as const)
      if (draft[flag]) query.set(flag, "true");
    const link = document.createElement("a");
    link.href = `/api/v1/exports/${draft.format}?${query}`;
    link.download = "";
    link.click();
    setSaid("The download has begun. A file that the browser calls failed is not whole.");
  };
  return (
    <>
      <section class="lead" aria-label="Export">
        <h1 ref={heading} tabIndex={-1}>
          Export
        </h1>
        <p class="muted">
          One zip file, streamed: it may be larger than the memory of this device.
        </p>
      </section>
      <Problem text={choices.problem || zones.problem} />
      <form class="page-form tile" noValidate onSubmit={(event) => void download(event)}>
        <fieldset class="choices">
          <legend>Format</legend>
          {data?.formats.map(({ format, summary }) => (
            <label key={format} class="rule-tick">
              <input
                type="radio"
                name="format"
                checked={draft.format === format}
                onChange={() => set({ format })}
              />
              {summary}
            </label>
          ))}
        </fieldset>
        {data && data.projects.length > 1 ? (
          <label>
            Project
            <select
              value={draft.project || data.project}
              onChange={(event) => set({ project: event.currentTarget.value, sites: [] })}
            >
              {data.projects.map(({ projectID, name }) => (
                <option key={projectID} value={projectID}>
                  {name}
                </option>
              ))}
            </select>
          </label>
        ) : null}
        <SiteTicks
          sites={sites}
          ticked={draft.sites}
          onChange={(ticked) => set({ sites: ticked })}
        />
        <div class="form-row">
          <label>
            From the day
            <input
              type="date"
              value={draft.from}
              onInput={(event) => set({ from: event.currentTarget.value })}
            />
          </label>
          <label>
            To the end of the day
            <input
              type="date"
              value={draft.to}
              onInput={(event) => set({ to: event.currentTarget.value })}
            />
          </label>
          <label>
            Taxa, by commas (empty: all)
            <input
              value={draft.taxon}
              placeholder="Vulpes vulpes"
              onInput={(event) => set({ taxon: event.currentTarget.value })}
            />
          </label>
        </div>
        <p class="muted">Days begin and end in {timeZone}. Empty: everything.</p>
        <label class="rule-tick">
          <input
            type="checkbox"
            checked={draft.media}
            onChange={(event) => set({ media: event.currentTarget.checked })}
          />
          With the pictures
        </label>
        <Masked draft={draft} choices={data} state={state} onChange={set} />
        <Problem text={problem} />
        <div class="page-actions">
          <button type="submit" class="primary" disabled={!data}>
            Download
          </button>
          <p role="status">{said}</p>
        </div>
      </form>
    </>
  );
}

function queryOf(draft: Draft, timeZone: string): URLSearchParams {
  const query = new URLSearchParams();
  if (draft.project) query.set("project", draft.project);
  if (draft.sites.length) query.set("site", draft.sites.join(","));
  if (draft.taxon.trim()) query.set("taxon", draft.taxon.trim());
  if (draft.from) query.set("from", isoOf(startOfDate(draft.from, timeZone)));
  if (draft.to) {
    const noonAfter = new Date(Date.parse(`${draft.to}T12:00:00Z`) + DAY_MS);
    const after = startOfDate(noonAfter.toISOString().slice(0, 10), timeZone);
    query.set("to", isoOf(after));
  }
  return query;
}

/** Whole seconds: what the server takes. */
const isoOf = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+Z$/, "Z");

const SITES_MAX = 60;

interface SiteTicksProps {
  sites: SiteZone[];
  ticked: string[];
  onChange: (ticked: string[]) => void;
}

function SiteTicks({ sites, ticked, onChange }: SiteTicksProps) {
  if (sites.length === 0) return null;
  return (
    <fieldset class="choices">
      <legend>Sites (none ticked: all)</legend>
      {sites.slice(0, SITES_MAX).map(({ siteID, name }) => (
        <label key={siteID} class="rule-tick">
          <input
            type="checkbox"
            checked={ticked.includes(name)}
            onChange={(event) =>
              onChange(
                event.currentTarget.checked
                  ? [...ticked, name]
                  : ticked.filter((one) => one !== name),
              )
            }
          />
          {name}
        </label>
      ))}
      {sites.length > SITES_MAX ? (
        <p class="muted">{sites.length - SITES_MAX} more sites: use toolchain export --site.</p>
      ) : null}
    </fieldset>
  );
}

/** Category of sensitivity -> what its places are rounded to. Source: docs/export.md. */
const ROUNDED: Record<string, string> = { 1: "1°", 2: "0.1°", 3: "0.01°", 4: "0.001°" };

interface MaskedProps {
  draft: Draft;
  choices: Choices | null;
  state: State;
  onChange: (part: Partial<Draft>) => void;
}

function Masked({ draft, choices, state, onChange }: MaskedProps) {
  const rounded = Object.entries(choices?.generalised ?? {}).map(
    ([category, count]) => `${plural(count, "deployment")} to ${ROUNDED[category]}`,
  );
  const isExact = draft.exact && mayI(state, "locate");
  return (
    <fieldset class="masked">
      <legend>What is hidden</legend>
      <p>
        {rounded.length === 0
          ? "No place of this project is sensitive: coordinates are exact."
          : isExact
            ? "Sensitive places are written exactly."
            : `Coordinates of sensitive places are rounded: ${rounded.join(", ")}. Names and comments that tell the place are left out.`}
      </p>
      {mayI(state, "locate") && rounded.length ? (
        <label class="rule-tick">
          <input
            type="checkbox"
            checked={draft.exact}
            onChange={(event) => onChange({ exact: event.currentTarget.checked })}
          />
          Exact places: not for publication
        </label>
      ) : null}
      <p>
        {draft.people
          ? "Pictures with people are treated like all others."
          : "Pictures with people are marked as not public, and their files are left out."}
      </p>
      {mayI(state, "manage") ? (
        <label class="rule-tick">
          <input
            type="checkbox"
            checked={draft.people}
            onChange={(event) => onChange({ people: event.currentTarget.checked })}
          />
          With pictures of people
        </label>
      ) : null}
    </fieldset>
  );
}
