/** A user's tokens: made and shown once, revoked after a question. */
import { useState } from "preact/hooks";
import { request } from "../api.ts";
import { useAttempt } from "../hooks.ts";
import { fullDate } from "../times.ts";
import { RIGHTS, type Token, type User } from "../users-data.ts";
import { plural } from "../words.ts";
import { Command } from "./command.tsx";
import { Problem } from "./problem.tsx";

export function Tokens({ user, onChange }: { user: User; onChange: () => void }) {
  const { name, tokens } = user;
  const [made, setMade] = useState("");
  const [asked, setAsked] = useState("");
  const { problem, attempt } = useAttempt();
  const path = `users/${encodeURIComponent(name)}/tokens`;
  const revoke = ({ tokenID }: Token) =>
    attempt(async () => {
      await request("DELETE", `${path}/${tokenID}`);
      setAsked("");
      onChange();
    });
  return (
    <details class="more">
      <summary>
        {plural(tokens.length, "token")}
        <span class="unseen"> of {name}</span>
      </summary>
      <ul class="plain-rows">
        {tokens.map((token) => (
          <li key={token.tokenID}>
            <strong>{token.name}</strong>{" "}
            <span class="muted">
              {token.scopes ? token.scopes.join(", ") : "all that the user may"}
              {token.expires ? `, until ${fullDate(token.expires)}` : ""}
            </span>{" "}
            {asked === token.tokenID ? (
              <>
                <button type="button" class="primary" onClick={() => void revoke(token)}>
                  Revoke for ever
                </button>
                <button type="button" onClick={() => setAsked("")}>
                  Keep
                </button>
              </>
            ) : (
              <button
                type="button"
                aria-label={`Revoke ${token.name}`}
                onClick={() => setAsked(token.tokenID)}
              >
                Revoke
              </button>
            )}
          </li>
        ))}
      </ul>
      {made ? (
        <div class="made" role="status">
          <p>Shown this once; only its hash is kept. Copy it now.</p>
          <Command text={made} />
        </div>
      ) : null}
      <Problem text={problem} />
      <NewToken
        user={name}
        onMake={(body) =>
          attempt(async () => {
            setMade((await request<{ token: string }>("POST", path, body)).token);
            onChange();
          })
        }
      />
    </details>
  );
}

interface NewTokenProps {
  user: string;
  onMake: (body: { name: string; scopes?: string[]; days: number }) => Promise<unknown>;
}

function NewToken({ user, onMake }: NewTokenProps) {
  const [name, setName] = useState("");
  const [days, setDays] = useState("365");
  const [scopes, setScopes] = useState<string[]>([]);
  const make = async (event: Event) => {
    event.preventDefault();
    await onMake({ name, days: Number(days), ...(scopes.length ? { scopes } : {}) });
  };
  return (
    <form class="page-form" noValidate onSubmit={(event) => void make(event)}>
      <div class="form-row">
        <label>
          New token for
          <input
            value={name}
            placeholder={`a script of ${user}`}
            onInput={(event) => setName(event.currentTarget.value)}
          />
        </label>
        <label>
          Days
          <input
            type="number"
            min={1}
            max={3650}
            value={days}
            onInput={(event) => setDays(event.currentTarget.value)}
          />
        </label>
      </div>
      <fieldset>
        <legend>Only for (none ticked: all that the user may)</legend>
        {RIGHTS.map((right) => (
          <label key={right} class="rule-tick">
            <input
              type="checkbox"
              checked={scopes.includes(right)}
              onChange={(event) =>
                setScopes(
                  event.currentTarget.checked
                    ? [...scopes, right]
                    : scopes.filter((one) => one !== right),
                )
              }
            />
            {right}
          </label>
        ))}
      </fieldset>
      <div class="page-actions">
        <button type="submit" disabled={!name.trim()}>
          Make a token
        </button>
      </div>
    </form>
  );
}
