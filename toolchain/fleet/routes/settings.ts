/** What an administrator says of the server, and the time zones of sites. */
import Type from "typebox";
import { httpError } from "../http-errors.ts";
import {
  isTimeZone,
  saveServerSettings,
  serverSettings,
  settingsProblem,
  zoneProblem,
} from "../store/settings.ts";
import { listSiteZones, saveSiteZone } from "../store/site-zones.ts";
import { type App, may, mayEverywhere, type OperatorServices } from "./app.ts";

const closed = { additionalProperties: false };
const Line = (maxLength: number) =>
  Type.String({ maxLength, pattern: "^[^\\u0000-\\u001f\\u007f]*$" });
const Tiles = Type.Object({ url: Line(500), attribution: Line(200) }, closed);
const SettingsBody = Type.Object(
  { name: Line(60), timeZone: Line(60), tiles: Type.Union([Tiles, Type.Null()]) },
  closed,
);
const SiteZoneBody = Type.Object(
  {
    siteID: Type.String({ minLength: 1, maxLength: 110, pattern: "^[^\\u0000]+$" }),
    timeZone: Type.Union([Line(60), Type.Null()]),
  },
  closed,
);

export function settingsRoutes(app: App, { clock }: OperatorServices): void {
  /** -> {name, timeZone, tiles: {url, attribution} or null} */
  app.get("/api/v1/settings", may("read"), ({ db }) => serverSettings(db));

  /** All of them anew. **Errors:** BAD_SETTINGS */
  app.put(
    "/api/v1/settings",
    { ...mayEverywhere("administer"), schema: { body: SettingsBody } },
    async ({ db, body }) => {
      const problem = settingsProblem(body);
      if (problem) throw httpError("BAD_SETTINGS", problem);
      await saveServerSettings(db, body, clock.now());
      return serverSettings(db);
    },
  );

  /** -> {sites: [{siteID, projectID, name, timeZone}]}; null: the server's. */
  app.get("/api/v1/site-time-zones", may("read"), async ({ db }) => ({
    sites: await listSiteZones(db),
  }));

  /** {siteID, timeZone or null} -> 204. **Errors:** BAD_SETTINGS, SITE_UNKNOWN */
  app.put(
    "/api/v1/site-time-zones",
    { ...may("manage"), schema: { body: SiteZoneBody } },
    async ({ db, body: { siteID, timeZone } }, reply) => {
      if (timeZone !== null && !isTimeZone(timeZone)) {
        throw httpError("BAD_SETTINGS", zoneProblem(timeZone));
      }
      await saveSiteZone(db, siteID, timeZone);
      return reply.status(204).send();
    },
  );
}
