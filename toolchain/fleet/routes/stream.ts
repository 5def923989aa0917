/** GET /api/v1/stream: server-sent events `camera`, `observation`, `media` as they are committed. */
import { type App, may, type OperatorServices } from "./app.ts";

export function streamRoutes(app: App, { streams }: OperatorServices): void {
  /** Resumes after Last-Event-ID; `reset` means: too far behind, read the lists again. **Errors:** TOO_MANY_STREAMS */
  app.get("/api/v1/stream", may("read"), async (request, reply) => {
    const lastEventID = request.headers["last-event-id"];
    const place = Array.isArray(lastEventID) ? lastEventID[0] : lastEventID;
    for (const [name, value] of Object.entries(reply.getHeaders())) {
      if (value !== undefined) reply.raw.setHeader(name, value);
    }
    const { caller, db } = request;
    const viewer = { userID: caller.userID, db, exact: caller.reach("locate") };
    await streams.open(reply.raw, place, viewer);
    reply.hijack();
  });
}
