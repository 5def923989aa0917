/**
 * The settings of a camera: every key of the protocol's table with its range, unit and default. Saving asks the
 * server; the camera takes the new values at its next check-in, and the line on top says whether it has.
 */
import { useEffect, useState } from "preact/hooks";
import {
  CONFIG_ROWS,
  type ConfigKey,
  type ConfigRow,
  type ConfigValues,
  configProblem,
  defaultConfig,
} from "../../../../device/protocol/config.ts";
import {
  CONFIG_WORDS,
  changedValues,
  isSwitch,
  sayProblem,
  sayValue,
  unitOf,
} from "../config-words.ts";
import { getCamera, saveConfig } from "../store.ts";
import { exactDuration } from "../times.ts";
import type { Camera } from "../types.ts";
import { plural } from "../words.ts";
import { Icon } from "./icons.tsx";

/** The order of reading: what people change first. */
const KEYS = Object.keys(CONFIG_WORDS) as ConfigKey[];

interface FormState {
  /** Wanted on the server; null while loading. */
  saved: ConfigValues | null;
  /** What stands in the fields, as typed. */
  typed: Partial<Record<ConfigKey, string>>;
  message: { kind: "problem" | "done"; text: string } | null;
  isSaving: boolean;
}

const EMPTY: FormState = { saved: null, typed: {}, message: null, isSaving: false };

export function ConfigForm({ camera }: { camera: Camera }) {
  const { cameraID, wantedConfigVersion } = camera;
  const [form, setForm] = useState(EMPTY);
  const change = (part: Partial<FormState>) => setForm((old) => ({ ...old, ...part }));

  useEffect(() => {
    let isCurrent = true;
    readConfig(cameraID).then(
      (saved) => isCurrent && change({ saved }),
      (error: Error) => isCurrent && change({ message: { kind: "problem", text: error.message } }),
    );
    return () => {
      isCurrent = false;
    };
  }, [cameraID, wantedConfigVersion]);

  const { saved, typed, message, isSaving } = form;
  if (!saved)
    return message ? <Message message={message} /> : <p class="muted">Loading settings…</p>;
  const values = numbersOf(typed);
  const changes = changedValues(saved, values);
  const count = Object.keys(changes).length;

  const onSubmit = async (event: Event) => {
    event.preventDefault();
    const problem = configProblem(changes);
    if (problem) return change({ message: { kind: "problem", text: sayProblem(problem) } });
    change({ isSaving: true, message: null });
    const failure = await saveConfig(cameraID, changes);
    if (failure)
      change({ isSaving: false, message: { kind: "problem", text: sayProblem(failure) } });
    else
      setForm({
        saved: { ...saved, ...changes },
        typed: {},
        isSaving: false,
        message: { kind: "done", text: "Saved. The camera takes it at its next check-in." },
      });
  };

  return (
    <form class="config" noValidate onSubmit={(event) => void onSubmit(event)}>
      <VersionLine camera={camera} />
      {KEYS.map((key) => (
        <Field
          key={key}
          row={rowOf(key)}
          saved={saved[key]}
          typed={typed[key] ?? String(saved[key])}
          isChanged={key in changes}
          onType={(text) => change({ typed: { ...typed, [key]: text }, message: null })}
        />
      ))}
      {count || message ? (
        <div class="config-end">
          <Message message={message} />
          {count ? (
            <>
              <button type="submit" class="primary" disabled={isSaving}>
                {isSaving ? "Saving…" : `Save ${plural(count, "change")}`}
              </button>
              <button type="button" onClick={() => change({ typed: {}, message: null })}>
                Undo
              </button>
            </>
          ) : null}
        </div>
      ) : null}
    </form>
  );
}

async function readConfig(cameraID: string): Promise<ConfigValues> {
  const { config } = await getCamera(cameraID);
  return { ...defaultConfig(), ...config?.values };
}

const rowOf = (key: ConfigKey): ConfigRow => CONFIG_ROWS.find((row) => row.key === key)!;

/** An empty or half-typed field is NaN, which `configProblem` refuses. */
function numbersOf(typed: FormState["typed"]): Partial<ConfigValues> {
  const entries = Object.entries(typed).map(([key, text]) => [
    key,
    text.trim() === "" ? Number.NaN : Number(text),
  ]);
  return Object.fromEntries(entries);
}

function VersionLine({ camera }: { camera: Camera }) {
  const { configVersion, wantedConfigVersion, heartbeat, lastSeen } = camera;
  if (!lastSeen) return <p class="version muted">The camera takes them at its first check-in.</p>;
  if (camera.configState === "refused")
    return (
      <p class="version status-red">
        <Icon name="warning" /> The camera did not keep version {wantedConfigVersion}:{" "}
        {sayProblem(camera.configProblem ?? "no reason given")}. It works with{" "}
        {configVersion ? `version ${configVersion}` : "the defaults"}. Change a setting to try
        again.
      </p>
    );
  if (camera.configState === "inForce")
    return (
      <p class="version status-green">
        <Icon name="check" /> The camera works with these settings (
        {configVersion ? `version ${configVersion}` : "the defaults"}).
      </p>
    );
  const within = heartbeat ? `, within ${exactDuration(heartbeat.checkInIntervalS)}` : "";
  return (
    <p class="version status-yellow">
      <Icon name="clock" /> Version {wantedConfigVersion} waits for the next check-in{within}; the
      camera still works with {configVersion ? `version ${configVersion}` : "the defaults"}.
    </p>
  );
}

function Message({ message }: { message: FormState["message"] }) {
  const isProblem = message?.kind === "problem";
  return (
    <p class={isProblem ? "problem" : "done"} role={isProblem ? "alert" : "status"}>
      {message ? (
        <>
          <Icon name={isProblem ? "warning" : "check"} /> {message.text}
        </>
      ) : null}
    </p>
  );
}

interface FieldProps {
  row: ConfigRow;
  saved: number;
  typed: string;
  isChanged: boolean;
  onType: (text: string) => void;
}

function Field({ row, saved, typed, isChanged, onType }: FieldProps) {
  const { title, help } = CONFIG_WORDS[row.key];
  const id = `config-${row.key}`;
  const isBad =
    isChanged && configProblem({ [row.key]: numbersOf({ [row.key]: typed })[row.key] }) !== "";
  const number = Number(typed);
  const hint = isSwitch(row)
    ? `Default ${sayValue(row, row.fallback)}.`
    : `${row.min} to ${row.max.toLocaleString("en-GB")}, default ${sayValue(row, row.fallback)}.`;
  return (
    <div class={`field${isChanged ? " field-changed" : ""}`}>
      <label for={id}>{title}</label>
      {isSwitch(row) ? (
        <input
          id={id}
          type="checkbox"
          checked={number === 1}
          aria-describedby={`${id}-help`}
          onChange={(event) => onType(event.currentTarget.checked ? "1" : "0")}
        />
      ) : (
        <span class="field-value">
          <input
            id={id}
            type="number"
            inputMode="numeric"
            min={row.min}
            max={row.max}
            step={1}
            value={typed}
            aria-invalid={isBad || undefined}
            aria-describedby={`${id}-help`}
            onInput={(event) => onType(event.currentTarget.value)}
          />
          <span class="muted">{unitOf(row)}</span>
        </span>
      )}
      <p class={isBad ? "bad" : "muted"} id={`${id}-help`}>
        {help} {hint}
        {row.unit === "s" && number >= 90 && !isBad ? ` Now ${exactDuration(number)}.` : ""}
        {isChanged ? ` Was ${sayValue(row, saved)}.` : ""}
      </p>
    </div>
  );
}
