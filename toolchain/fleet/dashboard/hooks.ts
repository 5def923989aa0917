/**
 * The three things components follow: the store, the URL's fragment, and the passing of time.
 */
import { useEffect, useRef, useState } from "preact/hooks";
import { request } from "./api.ts";
import { formatRoute, parseRoute, type Route } from "./route.ts";
import { getState, isLoggedOut, messageOf, type State, subscribe } from "./state.ts";
import { serverNowMs } from "./store.ts";

export function useStore(): State {
  const [state, setState] = useState(getState);
  useEffect(() => {
    setState(getState());
    return subscribe(() => setState(getState()));
  }, []);
  return state;
}

export function useRoute(): Route {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const onChange = () => setHash(location.hash);
    window.addEventListener("hashchange", onChange);
    window.addEventListener("popstate", onChange);
    return () => {
      window.removeEventListener("hashchange", onChange);
      window.removeEventListener("popstate", onChange);
    };
  }, []);
  return parseRoute(hash);
}

/** Change the route in place (filters, next and previous) or as a new step that "back" undoes. */
export function navigate(route: Route, step: "push" | "replace" = "push"): void {
  const url = formatRoute(route);
  if (step === "push") history.pushState({ isInside: true }, "", url);
  else history.replaceState(history.state, "", url);
  window.dispatchEvent(new PopStateEvent("popstate", { state: history.state }));
}

/** What a person asked for is tried; what came of it is said. */
export interface Attempt {
  /** Why the last one failed, in words; "" when it did not. */
  problem: string;
  setProblem: (problem: string) => void;
  /** True when it was done. Somebody who turns out to be logged out sees the log-in, not a problem. */
  attempt: (work: () => Promise<unknown>) => Promise<boolean>;
}

export function useAttempt(): Attempt {
  const [problem, setProblem] = useState("");
  const attempt = async (work: () => Promise<unknown>) => {
    try {
      await work();
      setProblem("");
      return true;
    } catch (error) {
      if (!isLoggedOut(error)) setProblem(messageOf(error));
      return false;
    }
  };
  return { problem, setProblem, attempt };
}

export interface Answer<T> {
  /** What was read last; null before. */
  data: T | null;
  /** Why the last reading failed, in words; "" when it did not. */
  problem: string;
  /** Read again; what is shown stays until then. */
  reload: () => void;
}

/** What the server answers at a path, read when the path or `version` changes. "" asks nothing. */
export function useAnswer<T>(path: string, version: unknown = ""): Answer<T> {
  const [answer, setAnswer] = useState<{ path: string; data: T | null; problem: string }>({
    ...{ path, data: null, problem: "" },
  });
  const [round, setRound] = useState(0);
  useEffect(() => {
    if (!path) return;
    let isCurrent = true;
    request<T>("GET", path).then(
      (data) => isCurrent && setAnswer({ path, data, problem: "" }),
      (error) => {
        if (isCurrent && !isLoggedOut(error))
          setAnswer((old) => ({ path, data: old.data, problem: messageOf(error) }));
      },
    );
    return () => {
      isCurrent = false;
    };
  }, [path, version, round]);
  const isOld = answer.path !== path;
  return {
    data: isOld ? null : answer.data,
    problem: isOld ? "" : answer.problem,
    reload: () => setRound((n) => n + 1),
  };
}

export interface Pages<T> {
  rows: T[] | null;
  problem: string;
  /** Reads the next page; undefined when everything is here. */
  more: (() => void) | undefined;
}

/** A list that the server gives page by page, or whole. @param key the list's name in the answer */
export function usePages<T>(path: string, key: string): Pages<T> {
  const [rows, setRows] = useState<T[] | null>(null);
  const [next, setNext] = useState<string | null>(null);
  const [problem, setProblem] = useState("");
  const read = (before: string) => {
    const join = path.includes("?") ? "&" : "?";
    const query = before ? `${join}before=${encodeURIComponent(before)}` : "";
    type Answer = { next?: string | null } & Record<string, T[]>;
    request<Answer>("GET", path + query).then(
      (answer) => {
        const page = answer[key] ?? [];
        setRows((known) => (before && known ? [...known, ...page] : page));
        setNext(answer.next ?? null);
        setProblem("");
      },
      (error) => {
        if (!isLoggedOut(error)) setProblem(messageOf(error));
      },
    );
  };
  useEffect(() => read(""), [path]);
  return { rows, problem, more: next === null ? undefined : () => read(next) };
}

const TICK_MS = 10_000;

/** The server's clock in milliseconds, moving on so that "3 min ago" stays true. */
export function useServerNow(): number {
  const [, tick] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => tick((n) => n + 1), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  return serverNowMs();
}

/** Puts the page's name into the tab and the focus on its heading when the page changes. */
export function usePageTitle(title: string) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = title ? `${title} · Thicket` : "Thicket";
  }, [title]);
  useEffect(() => {
    // The first page keeps the browser's own starting point; later pages start at their heading.
    if (hasDrawn) heading.current?.focus();
    hasDrawn = true;
  }, []);
  return heading;
}

let hasDrawn = false;
