/** Login with the operator token, which the server printed once when it first started. */
import { useEffect, useRef, useState } from "preact/hooks";
import { Icon, Mark } from "../parts/icons.tsx";
import { login } from "../store.ts";

export function LoginPage({ message }: { message: string }) {
  const [token, setToken] = useState("");
  const [isBusy, setBusy] = useState(false);
  const input = useRef<HTMLInputElement>(null);

  useEffect(() => {
    document.title = "Log in · Thicket";
    input.current?.focus();
  }, []);

  const onSubmit = async (event: Event) => {
    event.preventDefault();
    if (!token.trim()) {
      input.current?.focus();
      return;
    }
    setBusy(true);
    await login(token.trim());
    setBusy(false);
    input.current?.select();
  };

  return (
    <main class="login" id="main">
      <form onSubmit={(event) => void onSubmit(event)}>
        <h1>
          <Mark /> Thicket
        </h1>
        <label for="token">Operator token</label>
        <input
          ref={input}
          id="token"
          name="token"
          type="password"
          autocomplete="current-password"
          autocapitalize="off"
          spellcheck={false}
          value={token}
          aria-invalid={message ? true : undefined}
          aria-describedby="token-help token-problem"
          onInput={(event) => setToken(event.currentTarget.value)}
        />
        <p class="problem" id="token-problem" role="alert">
          {message ? (
            <>
              <Icon name="warning" /> {message}
            </>
          ) : null}
        </p>
        <button type="submit" class="primary" disabled={isBusy}>
          {isBusy ? "Logging in…" : "Log in"}
        </button>
        <p class="muted" id="token-help">
          The server printed it once, on its first start. Lost it? Stop the server, delete{" "}
          <code>operator-token.json</code> in its data folder and start it again: it prints a new
          one.
        </p>
      </form>
    </main>
  );
}
