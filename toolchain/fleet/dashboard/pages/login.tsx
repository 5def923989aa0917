/** Login with the operator token, which the server printed once when it first started, or with a name and a password. */
import { useEffect, useRef, useState } from "preact/hooks";
import { Icon, Mark } from "../parts/icons.tsx";
import { login } from "../store.ts";

export function LoginPage({ message }: { message: string }) {
  const [isUser, setUser] = useState(false);
  const [user, setName] = useState("");
  const [secret, setSecret] = useState("");
  const [isBusy, setBusy] = useState(false);
  const [isStale, setStale] = useState(false);
  const first = useRef<HTMLInputElement>(null);
  const input = useRef<HTMLInputElement>(null);

  useEffect(() => {
    document.title = "Log in · Thicket";
  }, []);
  useEffect(() => (isUser ? first : input).current?.focus(), [isUser]);

  const onSubmit = async (event: Event) => {
    event.preventDefault();
    if (isUser && !user.trim()) return first.current?.focus();
    if (!secret.trim()) return input.current?.focus();
    setBusy(true);
    await login(isUser ? { user: user.trim(), password: secret } : { token: secret.trim() });
    setBusy(false);
    setStale(false);
    input.current?.select();
  };
  const change = () => {
    setUser(!isUser);
    setSecret("");
    setStale(true);
  };
  const said = isStale ? "" : message;

  return (
    <main class="login" id="main">
      <form onSubmit={(event) => void onSubmit(event)}>
        <h1>
          <Mark /> Thicket
        </h1>
        {isUser ? (
          <>
            <label for="user">Name</label>
            <input
              ref={first}
              id="user"
              name="user"
              autocomplete="username"
              autocapitalize="off"
              spellcheck={false}
              value={user}
              onInput={(event) => setName(event.currentTarget.value)}
            />
          </>
        ) : null}
        <label for="token">{isUser ? "Password" : "Operator token"}</label>
        <input
          ref={input}
          id="token"
          name={isUser ? "password" : "token"}
          type="password"
          autocomplete="current-password"
          autocapitalize="off"
          spellcheck={false}
          value={secret}
          aria-invalid={said ? true : undefined}
          aria-describedby="token-help token-problem"
          onInput={(event) => setSecret(event.currentTarget.value)}
        />
        <p class="problem" id="token-problem" role="alert">
          {said ? (
            <>
              <Icon name="warning" /> {said}
            </>
          ) : null}
        </p>
        <button type="submit" class="primary" disabled={isBusy}>
          {isBusy ? "Logging in…" : "Log in"}
        </button>
        <button type="button" class="quiet" onClick={change}>
          {isUser ? "Use the operator token" : "Use name and password"}
        </button>
        <p class="muted" id="token-help">
          {isUser ? (
            "An administrator makes names and passwords on the page Users."
          ) : (
            <>
              The server printed it once, on its first start. Lost it? Stop the server, delete{" "}
              <code>operator-token.json</code> in its data folder and start it again: it prints a
              new one.
            </>
          )}
        </p>
      </form>
    </main>
  );
}
