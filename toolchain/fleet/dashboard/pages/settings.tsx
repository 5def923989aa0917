/** Settings of the server: its name, the time zones in which days begin, map tiles. */
import { useState } from "preact/hooks";
import { request } from "../api.ts";
import { useAnswer, useAttempt, usePageTitle } from "../hooks.ts";
import { Problem } from "../parts/problem.tsx";
import { isLoggedOut, mayI, messageOf, type State } from "../state.ts";
import { refreshMe } from "../store.ts";
import { viewerZone } from "../times.ts";
import type { ServerSettings } from "../types.ts";
import type { SiteZone } from "./exports.tsx";

export function SettingsPage({ state }: { state: State }) {
  const heading = usePageTitle("Settings");
  return (
    <>
      <section class="lead" aria-label="Settings">
        <h1 ref={heading} tabIndex={-1}>
          Settings
        </h1>
        {state.me && !mayI(state, "administer") ? (
          <p class="muted">Only an administrator may change the server's settings.</p>
        ) : null}
      </section>
      <datalist id="time-zones">
        {Intl.supportedValuesOf("timeZone").map((zone) => (
          <option key={zone} value={zone} />
        ))}
      </datalist>
      {state.settings && state.me ? (
        <ServerForm settings={state.settings} mayChange={mayI(state, "administer")} />
      ) : null}
      <SiteZones state={state} />
    </>
  );
}

function ServerForm({ settings, mayChange }: { settings: ServerSettings; mayChange: boolean }) {
  const [draft, setDraft] = useState(settings);
  const [said, setSaid] = useState("");
  const { problem, attempt } = useAttempt();
  const set = (part: Partial<ServerSettings>) => {
    setDraft((old) => ({ ...old, ...part }));
    setSaid("");
  };
  const tiles = draft.tiles ?? { url: "", attribution: "" };
  const setTiles = (part: Partial<typeof tiles>) => {
    const both = { ...tiles, ...part };
    set({ tiles: both.url || both.attribution ? both : null });
  };
  const save = async (event: Event) => {
    event.preventDefault();
    await attempt(async () => {
      await request("PUT", "settings", draft);
      const isOther = draft.tiles?.url !== settings.tiles?.url;
      setSaid(isOther ? "Saved. Reload the page before you open the map." : "Saved.");
      await refreshMe();
    });
  };
  return (
    <form class="page-form tile" noValidate onSubmit={(event) => void save(event)}>
      <h2>Server</h2>
      <fieldset disabled={!mayChange} class="page-form">
        <legend class="unseen">Server</legend>
        <div class="form-row">
          <label>
            Name
            <input
              value={draft.name}
              maxLength={60}
              placeholder="shown on top of every page"
              onInput={(event) => set({ name: event.currentTarget.value })}
            />
          </label>
          <label>
            Time zone
            <input
              value={draft.timeZone}
              list="time-zones"
              placeholder={`empty: the viewer's, now ${viewerZone()}`}
              onInput={(event) => set({ timeZone: event.currentTarget.value.trim() })}
            />
          </label>
        </div>
        <p class="muted">
          Days of “today” and of exports begin there, unless a site has a zone of its own. Moments
          are shown in the zone of whoever looks.
        </p>
        <label>
          Map tiles (empty: none)
          <input
            value={tiles.url}
            inputMode="url"
            spellcheck={false}
            placeholder="https:…/{z}/{x}/{y}.png"
            onInput={(event) => setTiles({ url: event.currentTarget.value.trim() })}
          />
        </label>
        <label>
          Whose map it is
          <input
            value={tiles.attribution}
            maxLength={200}
            placeholder="the words that its licence asks for"
            onInput={(event) => setTiles({ attribution: event.currentTarget.value })}
          />
        </label>
        <p class="muted">
          <strong>Privacy:</strong> with tiles, the browser of everybody who opens a map asks that
          host, which learns their address, this server's address, and which part of the world they
          look at: where the cameras are. Without, nothing is asked of anybody. A tile server of
          your own tells nobody.
        </p>
      </fieldset>
      <Problem text={problem} />
      {mayChange ? (
        <div class="page-actions">
          <button type="submit" class="primary">
            Save
          </button>
          <p role="status">{said}</p>
        </div>
      ) : null}
    </form>
  );
}

const SITES_MAX = 50;

function SiteZones({ state }: { state: State }) {
  const answer = useAnswer<{ sites: SiteZone[] }>("site-time-zones");
  const sites = answer.data?.sites ?? [];
  const [filter, setFilter] = useState("");
  const found = sites.filter(({ siteID }) => siteID.toLowerCase().includes(filter.toLowerCase()));
  return (
    <section class="tile" aria-labelledby="zones-title">
      <h2 id="zones-title">Time zones of sites</h2>
      <Problem text={answer.problem} />
      {answer.data && sites.length === 0 ? (
        <p class="muted">A site begins with its first camera.</p>
      ) : null}
      {sites.length > SITES_MAX ? (
        <label class="page-form">
          Find
          <input value={filter} onInput={(event) => setFilter(event.currentTarget.value)} />
        </label>
      ) : null}
      <ul class="plain-rows">
        {found.slice(0, SITES_MAX).map((site) => (
          <SiteRow key={site.siteID} site={site} state={state} />
        ))}
      </ul>
      {found.length > SITES_MAX ? (
        <p class="muted">
          {found.length - SITES_MAX} more are not shown: write a part of the name above.
        </p>
      ) : null}
    </section>
  );
}

function SiteRow({ site, state }: { site: SiteZone; state: State }) {
  const [zone, setZone] = useState(site.timeZone ?? "");
  const [kept, setKept] = useState(site.timeZone ?? "");
  const [said, setSaid] = useState("");
  const save = async (event: Event) => {
    event.preventDefault();
    try {
      const { siteID } = site;
      await request("PUT", "site-time-zones", { siteID, timeZone: zone || null });
      setKept(zone);
      setSaid("Saved.");
    } catch (error) {
      if (!isLoggedOut(error)) setSaid(messageOf(error));
    }
  };
  return (
    <li>
      <form class="site-zone" onSubmit={(event) => void save(event)}>
        <label>
          <span>{site.name}</span>
          <input
            value={zone}
            list="time-zones"
            disabled={!mayI(state, "manage")}
            placeholder="as the server"
            onInput={(event) => {
              setZone(event.currentTarget.value.trim());
              setSaid("");
            }}
          />
        </label>
        {zone !== kept ? (
          <button type="submit" aria-label={`Save the time zone of ${site.name}`}>
            Save
          </button>
        ) : null}
        <span role="status">{said}</span>
      </form>
    </li>
  );
}
