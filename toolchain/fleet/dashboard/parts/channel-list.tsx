/** Channels that alerts go through: their counts, a switch, and a form for each kind. Secrets go in and never come out. */
import { useState } from "preact/hooks";
import type { Channel } from "../alerts-data.ts";
import { request } from "../api.ts";
import { useAttempt } from "../hooks.ts";
import { getState, mayI } from "../state.ts";
import { Command } from "./command.tsx";
import { namesIn } from "./lists.ts";
import { Problem } from "./problem.tsx";

interface ChannelListProps {
  channels: Channel[];
  onChange: () => void;
}

export function ChannelList({ channels, onChange }: ChannelListProps) {
  const [isAdding, setAdding] = useState(false);
  const [made, setMade] = useState<Record<string, string>>({});
  const { problem, attempt: tryTo } = useAttempt();
  const attempt = async (body: () => Promise<unknown>) => {
    if (await tryTo(body)) onChange();
  };
  const mayManage = mayI(getState(), "manage");
  return (
    <section class="rules" aria-labelledby="channels-title">
      <h2 id="channels-title">Channels</h2>
      {channels.length ? null : <p class="muted">Nobody is told yet: alerts are seen here only.</p>}
      <Problem text={problem} />
      <ul>
        {channels.map(({ channelID, name, kind, isEnabled, waiting, sent, dead }) => (
          <li key={channelID}>
            <p class="alert-head">
              <strong>{name}</strong> <span class="muted">{kind}</span>
            </p>
            <p class="counts">
              <span>{isEnabled ? "on" : "off"}</span>
              <span>{sent} sent</span>
              <span>{waiting} waiting</span>
              <span class={dead ? "refusal" : undefined}>{dead} given up</span>
            </p>
            {mayManage ? (
              <div class="alert-actions">
                <button
                  type="button"
                  aria-label={`Turn ${isEnabled ? "off" : "on"} ${name}`}
                  onClick={() =>
                    void attempt(() =>
                      request("PATCH", `alert-channels/${channelID}`, { isEnabled: !isEnabled }),
                    )
                  }
                >
                  Turn {isEnabled ? "off" : "on"}
                </button>
                <button
                  type="button"
                  aria-label={`Delete ${name}`}
                  onClick={() =>
                    void attempt(() => request("DELETE", `alert-channels/${channelID}`))
                  }
                >
                  Delete
                </button>
              </div>
            ) : null}
          </li>
        ))}
      </ul>
      {Object.entries(made).map(([name, secret]) => (
        <div class="made" role="status" key={name}>
          <p>The channel's {name}, shown this once. The receiver needs it.</p>
          <Command text={secret} />
        </div>
      ))}
      {isAdding ? (
        <ChannelForm
          onCancel={() => setAdding(false)}
          onMade={(secrets) => {
            setMade(secrets);
            setAdding(false);
            onChange();
          }}
        />
      ) : mayManage ? (
        <button type="button" onClick={() => setAdding(true)}>
          Add a channel
        </button>
      ) : null}
    </section>
  );
}

interface Field {
  name: string;
  label: string;
  type?: "password" | "number" | "list";
  options?: string[];
  first?: string;
  hint?: string;
  /** Left out when it is empty. */
  isOptional?: boolean;
}

/** As toolchain/fleet/alerts/channels/kinds.ts has them. */
const KINDS: Record<string, Field[]> = {
  webhook: [
    { name: "url", label: "Address", hint: "begins with https:" },
    {
      ...{ name: "secret", label: "Signing secret (empty: one is made)", type: "password" },
      isOptional: true,
    },
  ],
  email: [
    { name: "host", label: "Mail server", hint: "mail.example.org" },
    { name: "port", label: "Port", type: "number", first: "587" },
    { name: "security", label: "Security", options: ["starttls", "tls", "none"] },
    { name: "from", label: "From", hint: "thicket@example.org" },
    { name: "to", label: "To, by commas", type: "list" },
    { name: "user", label: "User (empty: none)", isOptional: true },
    { name: "password", label: "Password", type: "password", isOptional: true },
  ],
  mqtt: [
    { name: "url", label: "Broker", hint: "begins with mqtts:" },
    { name: "topic", label: "Topic", hint: "thicket/alerts" },
    { name: "username", label: "User (empty: none)", isOptional: true },
    { name: "password", label: "Password", type: "password", isOptional: true },
  ],
};

interface ChannelFormProps {
  onCancel: () => void;
  onMade: (secrets: Record<string, string>) => void;
}

function ChannelForm({ onCancel, onMade }: ChannelFormProps) {
  const [name, setName] = useState("");
  const [kind, setKind] = useState("webhook");
  const [values, setValues] = useState<Record<string, string>>({});
  const [mayLocate, setLocate] = useState(false);
  const { problem, attempt } = useAttempt();
  const fields = KINDS[kind] ?? [];
  const save = async (event: Event) => {
    event.preventDefault();
    const body = { name, kind, config: configOf(fields, values), mayLocate };
    type Made = { made?: Record<string, string> };
    await attempt(async () => {
      const { made = {} } = await request<Made>("POST", "alert-channels", body);
      onMade(made);
    });
  };
  return (
    <form class="rule-form" noValidate onSubmit={(event) => void save(event)}>
      <label>
        Name
        <input value={name} onInput={(event) => setName(event.currentTarget.value)} />
      </label>
      <label>
        Kind
        <select value={kind} onChange={(event) => setKind(event.currentTarget.value)}>
          {Object.keys(KINDS).map((one) => (
            <option key={one}>{one}</option>
          ))}
        </select>
      </label>
      {fields.map((field) => (
        <FieldInput
          key={`${kind} ${field.name}`}
          field={field}
          value={values[field.name] ?? field.first ?? ""}
          onValue={(value) => setValues((old) => ({ ...old, [field.name]: value }))}
        />
      ))}
      {mayI(getState(), "locate") ? (
        <label class="rule-tick">
          <input
            type="checkbox"
            checked={mayLocate}
            onChange={(event) => setLocate(event.currentTarget.checked)}
          />
          May tell exact places
        </label>
      ) : null}
      <Problem text={problem} />
      <div class="alert-actions">
        <button type="submit" class="primary">
          Save
        </button>
        <button type="button" onClick={onCancel}>
          Cancel
        </button>
      </div>
    </form>
  );
}

interface FieldInputProps {
  field: Field;
  value: string;
  onValue: (value: string) => void;
}

function FieldInput({ field, value, onValue }: FieldInputProps) {
  const { label, type, options, hint } = field;
  if (options)
    return (
      <label>
        {label}
        <select
          value={value || options[0]}
          onChange={(event) => onValue(event.currentTarget.value)}
        >
          {options.map((one) => (
            <option key={one}>{one}</option>
          ))}
        </select>
      </label>
    );
  return (
    <label>
      {label}
      <input
        // Preact's types know either, not one of both.
        type={(type === "password" ? "password" : "text") as "text"}
        inputMode={type === "number" ? "numeric" : undefined}
        value={value}
        placeholder={hint}
        autocomplete="off"
        spellcheck={false}
        onInput={(event) => onValue(event.currentTarget.value)}
      />
    </label>
  );
}

function configOf(fields: Field[], values: Record<string, string>): Record<string, unknown> {
  const config: Record<string, unknown> = {};
  for (const { name, type, options, first = "", isOptional } of fields) {
    const text = (values[name] ?? first).trim() || (options?.[0] ?? "");
    if (!text && isOptional) continue;
    if (type === "number") config[name] = Number(text);
    else config[name] = type === "list" ? (namesIn(text) ?? []) : text;
  }
  return config;
}
