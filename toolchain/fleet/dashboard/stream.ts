/**
 * The live stream (Server-Sent Events). The browser reconnects after a broken connection by itself and resumes with
 * Last-Event-ID; where it gives up (the server answered with an error) we try again with growing pauses. A tab
 * hidden for long lets go of its connection: browsers allow six per server, and phones have batteries.
 */

export type LiveState = "connecting" | "live" | "reconnecting" | "paused";

export interface StreamHandlers {
  onEvent: (type: "camera" | "observation" | "media" | "alert", data: unknown) => void;
  onState: (state: LiveState) => void;
  /** Open, for the first time or again, or reset by the server: what came before may have been missed. */
  onOpen: () => void;
  /** The stream cannot be opened; resolves to true when trying again makes sense. */
  mayRetry: () => Promise<boolean>;
}

const RETRY_MS_MIN = 1000;
const RETRY_MS_MAX = 30_000;
const HIDDEN_MS_MAX = 300_000;
const EVENT_TYPES = ["camera", "observation", "media", "alert"] as const;

/** @returns a function that closes the stream for good */
export function openStream(handlers: StreamHandlers): () => void {
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let retryMs = RETRY_MS_MIN;
  let hasOpened = false;
  let isClosed = false;

  const connect = () => {
    clearTimeout(timer);
    source?.close();
    const opened = new EventSource("/api/v1/stream");
    source = opened;
    opened.onopen = () => {
      retryMs = RETRY_MS_MIN;
      handlers.onState("live");
      hasOpened = true;
      handlers.onOpen();
    };
    opened.onerror = () => {
      handlers.onState(hasOpened ? "reconnecting" : "connecting");
      if (opened.readyState === EventSource.CLOSED) retryLater();
    };
    opened.addEventListener("reset", () => handlers.onOpen());
    for (const type of EVENT_TYPES)
      opened.addEventListener(type, (event) => handlers.onEvent(type, JSON.parse(event.data)));
  };

  const retryLater = async () => {
    if (isClosed || !(await handlers.mayRetry()) || isClosed) return;
    timer = setTimeout(connect, retryMs);
    retryMs = Math.min(RETRY_MS_MAX, retryMs * 2);
  };

  const onVisibility = () => {
    clearTimeout(timer);
    if (document.hidden) {
      timer = setTimeout(() => {
        source?.close();
        source = undefined;
        handlers.onState("paused");
      }, HIDDEN_MS_MAX);
    } else if (!source || source.readyState === EventSource.CLOSED) connect();
  };

  const onOnline = () => {
    if (source?.readyState !== EventSource.OPEN) connect();
  };

  document.addEventListener("visibilitychange", onVisibility);
  window.addEventListener("online", onOnline);
  connect();
  return () => {
    isClosed = true;
    clearTimeout(timer);
    source?.close();
    document.removeEventListener("visibilitychange", onVisibility);
    window.removeEventListener("online", onOnline);
  };
}
