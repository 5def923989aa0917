/** A minimal reader of server-sent events. */
export interface StreamEvent {
  id: string;
  event: string;
  // biome-ignore lint/suspicious/noExplicitAny: events of several shapes
  data: any;
}

export interface EventReader {
  status: number;
  headers: Headers;
  /** The next event that `isWanted`; others are passed over. */
  next(isWanted?: (event: StreamEvent) => boolean): Promise<StreamEvent>;
  close(): void;
}

export async function readEvents(
  url: string,
  headers: Record<string, string>,
): Promise<EventReader> {
  const abort = new AbortController();
  const response = await fetch(`${url}/api/v1/stream`, { headers, signal: abort.signal });
  const reader = response.body!.getReader();
  const decoder = new TextDecoder();
  let text = "";

  async function nextBlock(): Promise<string> {
    for (;;) {
      const end = text.indexOf("\n\n");
      if (end >= 0) {
        const block = text.slice(0, end);
        text = text.slice(end + 2);
        return block;
      }
      const { value, done } = await reader.read();
      if (done) throw new Error("the stream ended");
      text += decoder.decode(value, { stream: true });
    }
  }

  return {
    status: response.status,
    headers: response.headers,
    async next(isWanted = ({ event }) => event !== "ready") {
      for (;;) {
        const fields = Object.fromEntries(
          (await nextBlock()).split("\n").map((line) => line.split(/: ?(.*)/s).slice(0, 2)),
        ) as Record<string, string>;
        if (!fields.event) continue;
        const event = {
          id: fields.id ?? "",
          event: fields.event,
          data: JSON.parse(fields.data ?? "null"),
        };
        if (isWanted(event)) return event;
      }
    },
    close: () => abort.abort(),
  };
}
