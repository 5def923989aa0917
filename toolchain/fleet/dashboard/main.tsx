/**
 * Entry point: takes the operator token out of the address bar before anything else, then draws the page.
 */
import { render } from "preact";
import { App } from "./app.tsx";
import { tokenInHash } from "./route.ts";
import { start } from "./store.ts";

const token = tokenInHash(location.hash);
if (token) history.replaceState(null, "", `${location.pathname}#/`);

const root = document.getElementById("app");
if (root) render(<App />, root);
void start(token);
