/** A channel's form, for a new one and for one that is there; fields by kind. Secrets go in and never come out. */
import { useState } from "preact/hooks";
import type { Channel } from "../alerts-data.ts";
import { request } from "../api.ts";
import { useAttempt } from "../hooks.ts";
import { getState, mayI } from "../state.ts";
import { FormButtons } from "./form-buttons.tsx";
import { namesIn } from "./lists.ts";
import { Problem } from "./problem.tsx";

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
  /** Undefined: one that is not there yet. */
  channel?: Channel | undefined;
  onCancel: () => void;
  /** @param secrets that the server made, by name */
  onSaved: (secrets: Record<string, string>) => void;
}

export function ChannelForm({ channel, onCancel, onSaved }: ChannelFormProps) {
  const [name, setName] = useState(channel?.name ?? "");
  const [kind, setKind] = useState(channel?.kind ?? "webhook");
  const [values, setValues] = useState(() => textsOf(channel?.config));
  const [mayLocate, setLocate] = useState(channel?.mayLocate ?? false);
  const { problem, attempt } = useAttempt();
  const fields = KINDS[kind] ?? [];
  const save = async (event: Event) => {
    event.preventDefault();
    const body = { name, config: configOf(fields, values, channel !== undefined), mayLocate };
    type Made = { made?: Record<string, string> };
    await attempt(async () => {
      const { made = {} } = channel
        ? await request<Made>("PATCH", `alert-channels/${channel.channelID}`, body)
        : await request<Made>("POST", "alert-channels", { ...body, kind });
      onSaved(made);
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
        <select
          value={kind}
          disabled={channel !== undefined}
          onChange={(event) => setKind(event.currentTarget.value)}
        >
          {Object.keys(KINDS).map((one) => (
            <option key={one}>{one}</option>
          ))}
        </select>
      </label>
      {fields.map((field) => (
        <FieldInput
          key={`${kind} ${field.name}`}
          field={channel && channel.config[field.name] === undefined ? kept(field) : field}
          value={values[field.name] ?? (channel ? "" : field.first) ?? ""}
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
      <FormButtons label="Save" onCancel={onCancel} />
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

/** What the server does not tell: a secret, or nothing. */
const kept = (field: Field): Field => ({ ...field, hint: "empty: as it is" });

const textsOf = (config: Channel["config"] = {}): Record<string, string> =>
  Object.fromEntries(
    Object.entries(config).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(", ") : String(value),
    ]),
  );

/** @param isThere what is left empty stays as it is */
function configOf(
  fields: Field[],
  values: Record<string, string>,
  isThere: boolean,
): Record<string, unknown> {
  const config: Record<string, unknown> = {};
  for (const { name, type, options, first = "", isOptional } of fields) {
    const usual = isThere ? "" : first || (options?.[0] ?? "");
    const text = values[name]?.trim() || usual;
    if (!text && (isOptional || isThere)) continue;
    if (type === "number") config[name] = Number(text);
    else config[name] = type === "list" ? (namesIn(text) ?? []) : text;
  }
  return config;
}
