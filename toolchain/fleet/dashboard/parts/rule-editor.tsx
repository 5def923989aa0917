/** A rule in a form for what is common, and whole as JSON for the rest. Both show the same draft. */
import { useState } from "preact/hooks";
import { type Channel, type Rule, removeRule, type Severity, saveRule } from "../alerts-data.ts";
import { useAttempt } from "../hooks.ts";
import type { Zone } from "../zones.ts";
import { FormButtons } from "./form-buttons.tsx";
import { Icon } from "./icons.tsx";
import { namesIn } from "./lists.ts";
import { ZoneEditor } from "./zone-editor.tsx";

interface EditorProps {
  /** "" for a new rule. */
  ruleID: string;
  rule: Rule;
  channels: Channel[];
  onDone: () => void;
}

const TYPES = ["human", "vehicle", "animal", "unknown"];
const SUN: Record<string, { sunBelow?: number; sunAbove?: number }> = {
  any: {},
  night: { sunBelow: -6 },
  day: { sunAbove: -6 },
};

export function RuleEditor({ ruleID, rule, channels, onDone }: EditorProps) {
  const [draft, setDraft] = useState(rule);
  const [text, setText] = useState<string | null>(null);
  const { problem, setProblem, attempt } = useAttempt();
  const change = (part: Partial<Rule>) => {
    setDraft((old) => ({ ...old, ...part }));
    setText(null);
  };
  const when = (part: Partial<Rule["when"]>) => {
    // Two fields may change before the page is drawn again; what is undefined is taken out.
    setDraft(
      (old) => JSON.parse(JSON.stringify({ ...old, when: { ...old.when, ...part } })) as Rule,
    );
    setText(null);
  };
  const onText = (typed: string) => {
    setText(typed);
    try {
      const parsed = JSON.parse(typed) as Rule;
      if (typeof parsed?.when !== "object" || parsed.when === null) throw new Error("no when");
      setDraft(parsed);
      setProblem("");
    } catch {
      setProblem("The JSON is not whole yet.");
    }
  };
  const finish = async (body: () => Promise<unknown>) => {
    if (await attempt(body)) onDone();
  };
  const { when: conditions } = draft;
  return (
    <form
      class="rule-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void finish(() => saveRule(ruleID, draft));
      }}
    >
      <label>
        Name
        <input
          value={draft.name}
          maxLength={80}
          onInput={(event) => change({ name: event.currentTarget.value })}
        />
      </label>
      <label>
        Severity
        <select
          value={draft.severity}
          onChange={(event) => change({ severity: event.currentTarget.value as Severity })}
        >
          <option value="P1">P1 now, never delayed</option>
          <option value="P2">P2 soon</option>
          <option value="P3">P3 for a digest</option>
          <option value="P4">P4 camera in trouble</option>
        </select>
      </label>
      <label class="rule-tick">
        <input
          type="checkbox"
          checked={draft.isEnabled !== false}
          onChange={(event) => change({ isEnabled: event.currentTarget.checked })}
        />
        On
      </label>
      {conditions.troubles ? (
        <p class="muted">About troubles of cameras: {conditions.troubles.join(", ")}.</p>
      ) : (
        <Sightings when={conditions} onChange={when} />
      )}
      <label>
        Sites, by commas (empty: all)
        <input
          value={(conditions.sites ?? []).join(", ")}
          onChange={(event) => when({ sites: namesIn(event.currentTarget.value) })}
        />
      </label>
      <ZoneField title="Only inside a zone" name="inside" when={conditions} onChange={when} />
      <ZoneField title="Only outside a zone" name="outside" when={conditions} onChange={when} />
      <Ticks
        title="Tell"
        names={channels.map(({ channelID, name }) => [channelID, name])}
        ticked={draft.channels ?? []}
        onChange={(ids) => change({ channels: ids })}
      />
      {channels.length === 0 ? (
        <p class="muted">No channels yet: add one below the rules.</p>
      ) : null}
      <details>
        <summary>Everything, as JSON</summary>
        <label>
          <span class="unseen">Rule as JSON</span>
          <textarea
            rows={16}
            spellcheck={false}
            value={text ?? JSON.stringify(draft, null, 2)}
            onInput={(event) => onText(event.currentTarget.value)}
          />
        </label>
      </details>
      <p class="problem" role="alert">
        {problem ? (
          <>
            <Icon name="warning" /> {problem}
          </>
        ) : null}
      </p>
      <FormButtons label="Save" onCancel={onDone}>
        {ruleID ? (
          <button type="button" onClick={() => void finish(() => removeRule(ruleID))}>
            Delete
          </button>
        ) : null}
      </FormButtons>
    </form>
  );
}

interface ZoneFieldProps {
  title: string;
  name: "inside" | "outside";
  when: Rule["when"];
  onChange: (part: Partial<Rule["when"]>) => void;
}

/** The map is drawn when it is asked for. */
function ZoneField({ title, name, when, onChange }: ZoneFieldProps) {
  const zone = when[name] as Zone | undefined;
  const [isOpen, setOpen] = useState(false);
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        {title}: {zone ? "yes" : "no zone"}
      </summary>
      {isOpen ? <ZoneEditor zone={zone} onChange={(now) => onChange({ [name]: now })} /> : null}
    </details>
  );
}

interface SightingsProps {
  when: Rule["when"];
  onChange: (part: Partial<Rule["when"]>) => void;
}

function Sightings({ when, onChange }: SightingsProps) {
  const sun = when.sunBelow !== undefined ? "night" : when.sunAbove !== undefined ? "day" : "any";
  const least = when.probabilityMin;
  return (
    <>
      <Ticks
        title="Seen"
        names={TYPES.map((type) => [type, type])}
        ticked={when.observationTypes ?? []}
        onChange={(types) => onChange({ observationTypes: types.length ? types : undefined })}
      />
      <label>
        Species, by commas (empty: all)
        <input
          value={(when.scientificNames ?? []).join(", ")}
          onChange={(event) => onChange({ scientificNames: namesIn(event.currentTarget.value) })}
        />
      </label>
      <label>
        Sure to at least, %
        <input
          type="number"
          min={0}
          max={100}
          value={least === undefined ? "" : Math.round(least * 100)}
          onInput={(event) => {
            const { value } = event.currentTarget;
            onChange({ probabilityMin: value === "" ? undefined : Number(value) / 100 });
          }}
        />
      </label>
      <label>
        When
        <select
          value={sun}
          onChange={(event) =>
            onChange({
              ...{ sunBelow: undefined, sunAbove: undefined },
              ...SUN[event.currentTarget.value],
            })
          }
        >
          <option value="any">at any time</option>
          <option value="night">at night (sun below −6°)</option>
          <option value="day">by day and at dusk</option>
        </select>
      </label>
    </>
  );
}

interface TicksProps {
  title: string;
  names: [value: string, word: string][];
  ticked: string[];
  onChange: (ticked: string[]) => void;
}

function Ticks({ title, names, ticked, onChange }: TicksProps) {
  if (names.length === 0) return null;
  return (
    <fieldset>
      <legend>{title}</legend>
      {names.map(([value, word]) => (
        <label key={value} class="rule-tick">
          <input
            type="checkbox"
            checked={ticked.includes(value)}
            onChange={(event) =>
              onChange(
                event.currentTarget.checked
                  ? [...ticked, value]
                  : ticked.filter((one) => one !== value),
              )
            }
          />
          {word}
        </label>
      ))}
    </fieldset>
  );
}
