/** Who may be there without an alarm, quiet hours, and the address in messages: the settings of alerts. */
import { useState } from "preact/hooks";
import { request } from "../api.ts";
import { useAnswer, useAttempt } from "../hooks.ts";
import { getState, mayI } from "../state.ts";
import { fullMoment, viewerZone } from "../times.ts";
import { FormButtons } from "./form-buttons.tsx";
import { namesIn } from "./lists.ts";
import { Problem } from "./problem.tsx";

interface Allowance {
  who: string;
  from?: string;
  to?: string;
  sites?: string[];
  observationTypes?: string[];
  [field: string]: unknown;
}

interface AlertSettings {
  allow?: Allowance[];
  quiet?: { from: string; to: string; timeZone?: string };
  dashboard?: string;
}

const SHOWN_MAX = 20;

export function AllowList() {
  const { data, problem: unread, reload } = useAnswer<AlertSettings>("alert-settings");
  const [isAdding, setAdding] = useState(false);
  const { problem, attempt } = useAttempt();
  const mayManage = mayI(getState(), "manage");
  const save = async (settings: AlertSettings): Promise<boolean> => {
    const isSaved = await attempt(() => request("PUT", "alert-settings", settings));
    if (isSaved) reload();
    return isSaved;
  };
  if (!data) return <Problem text={unread} />;
  const allow = data.allow ?? [];
  return (
    <section class="rules" aria-labelledby="allow-title">
      <h2 id="allow-title">Nobody is alarmed by</h2>
      <p class="muted">
        What is allowed is still kept as an alert, with who allowed it, and told to nobody.
      </p>
      <ul>
        {allow.slice(0, SHOWN_MAX).map((one, index) => (
          <li key={`${index} ${one.who}`}>
            <strong>{one.who}</strong>
            <p>{allowanceWords(one)}</p>
            {mayManage ? (
              <div class="alert-actions">
                <button
                  type="button"
                  aria-label={`Take out ${one.who}`}
                  onClick={() =>
                    void save({ ...data, allow: allow.filter((_, other) => other !== index) })
                  }
                >
                  Take out
                </button>
              </div>
            ) : null}
          </li>
        ))}
        {allow.length > SHOWN_MAX ? (
          <li class="muted">{allow.length - SHOWN_MAX} more are not shown.</li>
        ) : null}
      </ul>
      <Problem text={problem} />
      {isAdding ? (
        <AllowanceForm
          onCancel={() => setAdding(false)}
          onSave={async (one) => {
            if (await save({ ...data, allow: [...allow, one] })) setAdding(false);
          }}
        />
      ) : mayManage ? (
        <button type="button" onClick={() => setAdding(true)}>
          Allow somebody
        </button>
      ) : null}
      {mayManage ? <QuietForm key={JSON.stringify(data)} settings={data} onSave={save} /> : null}
    </section>
  );
}

function allowanceWords({ from, to, sites, observationTypes, who: _, ...rest }: Allowance): string {
  const more = Object.keys(rest);
  const parts = [
    from ? `from ${fullMoment(from)}` : "",
    to ? `to ${fullMoment(to)}` : "",
    sites ? `at ${sites.join(", ")}` : "at every site",
    observationTypes ? `as ${observationTypes.join(", ")}` : "",
    more.length ? `within its ${more.join(", ")}` : "",
  ];
  return `${parts.filter(Boolean).join(" ")}.`;
}

/** What the field for a local time says, as a moment; undefined for an empty one. */
const momentOf = (local: string): string | undefined =>
  local ? new Date(local).toISOString() : undefined;

const TYPES = ["human", "vehicle", "animal"];

interface AllowanceFormProps {
  onCancel: () => void;
  onSave: (one: Allowance) => Promise<void>;
}

function AllowanceForm({ onCancel, onSave }: AllowanceFormProps) {
  const [who, setWho] = useState("");
  const [from, setFrom] = useState("");
  const [to, setTo] = useState("");
  const [sites, setSites] = useState("");
  const [types, setTypes] = useState(["human", "vehicle"]);
  const save = (event: Event) => {
    event.preventDefault();
    const one = {
      ...{ who: who.trim(), from: momentOf(from), to: momentOf(to), sites: namesIn(sites) },
      observationTypes: types.length ? types : undefined,
    };
    // What is undefined is not said.
    void onSave(JSON.parse(JSON.stringify(one)) as Allowance);
  };
  return (
    <form class="rule-form" noValidate onSubmit={save}>
      <label>
        Who
        <input
          value={who}
          placeholder="patrol 3"
          onInput={(event) => setWho(event.currentTarget.value)}
        />
      </label>
      <label>
        From, in {viewerZone()}
        <input
          type="datetime-local"
          value={from}
          onInput={(event) => setFrom(event.currentTarget.value)}
        />
      </label>
      <label>
        To
        <input
          type="datetime-local"
          value={to}
          onInput={(event) => setTo(event.currentTarget.value)}
        />
      </label>
      <label>
        Sites, by commas (empty: all)
        <input value={sites} onInput={(event) => setSites(event.currentTarget.value)} />
      </label>
      <fieldset>
        <legend>As</legend>
        {TYPES.map((type) => (
          <label key={type} class="rule-tick">
            <input
              type="checkbox"
              checked={types.includes(type)}
              onChange={(event) =>
                setTypes(
                  event.currentTarget.checked
                    ? [...types, type]
                    : types.filter((one) => one !== type),
                )
              }
            />
            {type}
          </label>
        ))}
      </fieldset>
      <FormButtons label="Allow" onCancel={onCancel} />
    </form>
  );
}

interface QuietFormProps {
  settings: AlertSettings;
  onSave: (settings: AlertSettings) => Promise<boolean>;
}

function QuietForm({ settings, onSave }: QuietFormProps) {
  const zone = getState().settings?.timeZone || viewerZone();
  const [quiet, setQuiet] = useState(settings.quiet ?? { from: "", to: "", timeZone: zone });
  const [dashboard, setDashboard] = useState(settings.dashboard ?? "");
  const [said, setSaid] = useState("");
  const save = async (event: Event) => {
    event.preventDefault();
    const isQuiet = Boolean(quiet.from || quiet.to);
    const { quiet: _, dashboard: __, ...others } = settings;
    const isSaved = await onSave({
      ...others,
      ...(isQuiet ? { quiet } : {}),
      ...(dashboard ? { dashboard } : {}),
    });
    setSaid(isSaved ? "Saved." : "");
  };
  return (
    <details class="more">
      <summary>Quiet hours and links</summary>
      <form class="page-form" noValidate onSubmit={(event) => void save(event)}>
        <p class="muted">
          Messages but P1 wait and come as one digest at the end. In {quiet.timeZone ?? "UTC"}.
        </p>
        <div class="form-row">
          <label>
            Quiet from
            <input
              type="time"
              value={quiet.from}
              onInput={(event) => setQuiet({ ...quiet, from: event.currentTarget.value })}
            />
          </label>
          <label>
            to
            <input
              type="time"
              value={quiet.to}
              onInput={(event) => setQuiet({ ...quiet, to: event.currentTarget.value })}
            />
          </label>
        </div>
        <label>
          Address of this page in messages
          <input
            value={dashboard}
            placeholder={location.origin}
            onInput={(event) => setDashboard(event.currentTarget.value.trim())}
          />
        </label>
        <div class="alert-actions">
          <button type="submit">Save</button>
          <p role="status">{said}</p>
        </div>
      </form>
    </details>
  );
}
