/**
 * What the kinds of channels need to know, and which of it is secret: secret fields are stored apart and never answered. A
 * webhook's whole address is one of them, because many services put the key into the path.
 */
import { randomBytes } from "node:crypto";
import Type from "typebox";
import { Compile, type Validator } from "typebox/compile";
import type { ChannelKind } from "../../db/tables-alerts.ts";
import { fieldProblem } from "../rule.ts";

const closed = { additionalProperties: false } as const;
const Text = (maxLength: number) =>
  Type.String({ minLength: 1, maxLength, pattern: "^[^\\u0000-\\u001f\\u007f]*$" });
const Address = Type.String({ maxLength: 200, pattern: "^[^\\s@<>,;]+@[^\\s@<>,;]+$" });

const EmailSchema = Type.Object(
  {
    host: Text(200),
    port: Type.Integer({ minimum: 1, maximum: 65_535 }),
    /** tls from the first byte, starttls before anything is said, or none: only inside one machine or network. */
    security: Type.Enum(["tls", "starttls", "none"] as const),
    from: Address,
    to: Type.Array(Address, { minItems: 1, maxItems: 50 }),
    user: Type.Optional(Text(200)),
    password: Type.Optional(Text(500)),
  },
  closed,
);
const WebhookSchema = Type.Object(
  {
    url: Text(2000),
    secret: Type.Optional(Type.String({ pattern: "^whsec_[A-Za-z0-9+/]{32,88}={0,2}$" })),
  },
  closed,
);
const MqttSchema = Type.Object(
  {
    url: Text(500),
    topic: Type.String({ minLength: 1, maxLength: 200, pattern: "^[^+#\\u0000-\\u001f]+$" }),
    username: Type.Optional(Text(200)),
    password: Type.Optional(Text(500)),
  },
  closed,
);

export type EmailConfig = Type.Static<typeof EmailSchema>;
export type WebhookConfig = Required<Type.Static<typeof WebhookSchema>>;
export type MqttConfig = Type.Static<typeof MqttSchema>;

interface Kind {
  validator: Validator;
  secret: readonly string[];
  /** Beyond the schema; "" when nothing is wrong. */
  problem(config: Record<string, unknown>): string;
  /** Fields made here when they are not given. */
  made(): Record<string, string>;
}

const urlProblem = (text: unknown, protocols: readonly string[]): string => {
  const url = typeof text === "string" && URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !protocols.includes(url.protocol)) {
    return `config.url: must begin with ${protocols.map((one) => `${one}//`).join(" or ")}`;
  }
  return url.username || url.password ? "config.url: no user or password in the address" : "";
};

const validator = (schema: Type.TSchema) => Compile(schema) as unknown as Validator;

const KINDS: Record<ChannelKind, Kind> = {
  email: {
    validator: validator(EmailSchema),
    secret: ["password"],
    problem: ({ user, password }) =>
      (user === undefined) === (password === undefined)
        ? ""
        : "config.password: user and password go together",
    made: () => ({}),
  },
  webhook: {
    validator: validator(WebhookSchema),
    secret: ["url", "secret"],
    problem: ({ url }) => urlProblem(url, ["https:", "http:"]),
    made: () => ({ secret: `whsec_${randomBytes(32).toString("base64")}` }),
  },
  mqtt: {
    validator: validator(MqttSchema),
    secret: ["password"],
    problem: ({ url }) => urlProblem(url, ["mqtts:", "mqtt:", "wss:", "ws:"]),
    made: () => ({}),
  },
};

export const CHANNEL_KINDS = Object.keys(KINDS) as [ChannelKind, ...ChannelKind[]];

export interface SplitConfig {
  config: Record<string, unknown>;
  secret: Record<string, unknown>;
  /** Secrets that were made now: to be shown once. */
  made: Record<string, string>;
}

/** @returns the parts, or what is wrong, naming the field */
export function splitConfig(
  kind: ChannelKind,
  given: Record<string, unknown>,
): SplitConfig | string {
  const { validator, secret: secretKeys, problem, made: make } = KINDS[kind];
  if (!validator.Check(given)) {
    const found = fieldProblem(validator.Errors(given));
    return found.startsWith("the whole") ? found : `config.${found}`;
  }
  const found = problem(given);
  if (found) return found;
  const made = Object.fromEntries(Object.entries(make()).filter(([key]) => !(key in given)));
  const whole = Object.entries({ ...made, ...given });
  return {
    config: Object.fromEntries(whole.filter(([key]) => !secretKeys.includes(key))),
    secret: Object.fromEntries(whole.filter(([key]) => secretKeys.includes(key))),
    made,
  };
}

/** What may be seen of a channel's configuration. */
export function shownConfig(
  kind: ChannelKind,
  config: Record<string, unknown>,
  secret: Record<string, unknown>,
): Record<string, unknown> {
  if (kind !== "webhook") return { ...config, hasPassword: "password" in secret };
  return { ...config, origin: new URL(String(secret.url)).origin };
}
