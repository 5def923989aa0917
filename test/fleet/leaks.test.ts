/**
 * Where sensitive places are does not get out: not by any route, event, picture, export, file name, metric, log or alert, to anybody
 * without the right to locate. Places, categories, reasons and ways of writing them down are drawn from a seed (THICKET_LEAKS_SEED);
 * the same questions asked with the right find every one of them, so the search is known to see.
 */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { ANALYSES } from "../../toolchain/fleet/analytics/catalogue.ts";
import { createSimulatedClock } from "../../toolchain/fleet/clock.ts";
import { FORMATS } from "../../toolchain/fleet/research/export/formats.ts";
import { RIGHTS, type Right } from "../../toolchain/fleet/rights/rights.ts";
import { Dice } from "../fuzz/dice.ts";
import { addChannel, addRule, alertsOf, answer, mailReceiver, webhookReceiver } from "./alerts/support.ts"; // biome-ignore format: one import
import { type Evidence, evidenceIn, type Secret, tracesOf } from "./leaks/detector.ts";
import { placedJpeg, RENDERINGS } from "./leaks/renderings.ts";
import { drawPlaces, type Place, plant, see, type World } from "./leaks/world.ts";
import { readEvents } from "./support/events.ts";
import { type TestFleet, withFleet } from "./support/fleet.ts";

const SEED = Number(process.env.THICKET_LEAKS_SEED ?? 1);
const PLACES = 20;
/** In which the places were seen. */
const NOW_MS = Date.UTC(2026, 5, 3);

/** Who may see everything but where it is. */
const ALL_BUT = Object.keys(RIGHTS).filter((right) => right !== "locate") as Right[];
interface Who {
  role: string;
  scopes?: Right[];
}
const WITHOUT: Record<string, Who> = {
  viewer: { role: "viewer" },
  operator: { role: "operator" },
  "an administrator's token without the right": { role: "admin", scopes: ALL_BUT },
};

async function headersOf(fleet: TestFleet, role: string, scopes?: Right[]) {
  const name = `${role}-${Math.random().toString(36).slice(2, 8)}`;
  await answer(fleet, "POST", "/api/v1/users", { name, role });
  const path = `/api/v1/users/${name}/tokens`;
  const { token } = await answer<{ token: string }>(fleet, "POST", path, { name: "t", scopes });
  return { authorization: `Bearer ${token}` };
}

/** Every address that can be asked, with the IDs of this world in it. */
async function addresses(fleet: TestFleet, { places, individualID }: World): Promise<string[]> {
  const cameras = places.flatMap(({ camera }) => (camera ? [camera.cameraID] : []));
  const alerts = (await alertsOf(fleet)).map(({ alertID }) => String(alertID));
  const { rules } = await answer<{ rules: { ruleID: string }[] }>(
    ...([fleet, "GET", "/api/v1/alert-rules"] as const),
  );
  const values: Record<string, string[]> = {
    ...{ cameraID: cameras, mediaID: ["m1-1"], individualID: [individualID] },
    observationID: places.map(({ observationID }) => encodeURIComponent(observationID)),
    ...{ alertID: alerts, ruleID: rules.map(({ ruleID }) => ruleID) },
    ...{ format: Object.keys(FORMATS), projectID: ["default", "hidden"] },
    scope: ["global"],
  };
  const routes = fleet.server.routes.filter(({ method, right }) => method === "GET" && right);
  return routes.flatMap(({ url }) => {
    if (url === "/api/v1/stream") return [];
    if (url === "/api/v1/analytics/:name") {
      return ANALYSES.flatMap(({ name }) =>
        ["default", "hidden"].map((project) => `/api/v1/analytics/${name}?project=${project}`),
      );
    }
    if (url === "/api/v1/reviews/history") {
      return values.observationID?.map((id) => `${url}?observationID=${id}`) ?? [];
    }
    const paths = [...url.matchAll(/:(\w+)/g)].reduce(
      (all, [parameter, name = ""]) =>
        all.flatMap((path) => (values[name] ?? ["all"]).map((id) => path.replace(parameter, id))),
      [url],
    );
    const queries = /exports|queue|deployments|individuals$|labels/.test(url)
      ? ["default", "hidden"].map((project) => `?project=${project}`)
      : [""];
    const more = /exports/.test(url) ? "&media=true" : /queue/.test(url) ? "&reason=all&limit=100" : ""; // biome-ignore format: a table
    return paths.flatMap((path) => queries.map((query) => path + query + more));
  });
}

/** What an answer holds, its headers and name included; undefined for a refusal. */
async function asked(
  fleet: TestFleet,
  path: string,
  headers: Record<string, string>,
): Promise<Evidence | undefined> {
  const response = await fetch(fleet.url + path, { headers });
  const bytes = Buffer.from(await response.arrayBuffer());
  assert.ok(response.status < 500, `${path}: ${response.status} ${bytes}`);
  if (!response.ok) return undefined;
  const head = JSON.stringify([...response.headers]);
  return evidenceIn(head, bytes);
}

/** Counts what was looked for where, and collects what was found. */
class Search {
  cases = 0;
  readonly leaks: string[] = [];
  readonly found = new Map<string, Set<number>>();

  look(where: string, evidence: Evidence, places: readonly Place[]): void {
    for (const place of places) {
      this.cases++;
      const [trace] = tracesOf(evidence, place);
      if (trace === undefined) continue;
      const { reason, category, kind } = place;
      this.leaks.push(`${where}: ${kind}, category ${category} by ${reason}: ${trace}`);
      this.found.set(where, (this.found.get(where) ?? new Set()).add(place.index));
    }
  }
}

test("the search finds a place in every way of writing it down, and in files in files", async () => {
  const secret: Secret = { latitude: -61.234571, longitude: 121.345683, precision: 0.001 };
  for (const [name, render] of Object.entries(RENDERINGS)) {
    const text = `{"note":"seen at ${render(secret)}, by night"}`;
    // Three digits are what category 4 allows.
    const within = name === "three digits" ? { ...secret, precision: 0.1 } : secret;
    const found = tracesOf(await evidenceIn("", Buffer.from(text)), within);
    assert.ok(found.length >= 2, `${name}: ${text}`);
    const hidden = Buffer.from(`xx ${Buffer.from(text).toString("base64")} xx`);
    assert.ok(tracesOf(await evidenceIn("", hidden), within).length >= 2, `${name} in base64`);
  }
  const jpeg = await placedJpeg(secret, 5);
  assert.ok(tracesOf(await evidenceIn("", jpeg), secret).some((trace) => /EXIF/.test(trace)));
  const double = Buffer.alloc(40);
  double.writeDoubleLE(secret.longitude, 13);
  const picture = Buffer.concat([Buffer.from([0xff, 0xd8]), double]);
  assert.is(tracesOf(await evidenceIn("", picture), secret).length, 1);
  const rounded = '{"latitude":-61.235,"longitude":121.346,"time":"12:30:01","rai":31.2345}';
  assert.equal(tracesOf(await evidenceIn("", Buffer.from(rounded)), secret), []);
});

/** What must show every place to those who may see it, by the kind of place. */
const SHOWN: Record<Place["kind"], RegExp[]> = {
  camera: [
    /^\/api\/v1\/cameras$/,
    /^\/api\/v1\/cameras\/[^/]+$/,
    /\/life$/,
    /\/checklist$/,
    /^\/api\/v1\/media\//,
    /reviews\/history/,
    /reviews\/queue/,
    /^stream/,
    /^webhook/,
    /^mail/,
  ],
  imported: [/reviews\/history/, /reviews\/queue/, /v1\/deployments/, /exact/],
};

async function searchRoutes(fleet: TestFleet, world: World, search: Search): Promise<void> {
  const paths = await addresses(fleet, world);
  assert.ok(paths.length > 150, `${paths.length} addresses`);
  for (const [who, { role, scopes }] of Object.entries(WITHOUT)) {
    const headers = await headersOf(fleet, role, scopes);
    for (const path of paths) {
      const evidence = await asked(fleet, path, headers);
      if (evidence) search.look(`${who}: ${path}`, evidence, world.places);
    }
  }
}

/** The same questions with the right: every place shows where it is meant to. */
async function searchWithRight(fleet: TestFleet, world: World, seen: Search): Promise<void> {
  const headers = await headersOf(fleet, "manager");
  const exact = ["default", "hidden"].map(
    (project) => `/api/v1/exports/camtrap-dp?exact=true&people=true&project=${project}`,
  );
  for (const path of [...(await addresses(fleet, world)), ...exact]) {
    const evidence = await asked(fleet, path, headers);
    if (evidence) seen.look(path, evidence, world.places);
  }
}

/** Events of the stream, and messages of alerts, while every camera sees something. */
async function searchEvents(fleet: TestFleet, { places }: World, search: Search, seen: Search) {
  const [hook, exactHook] = [await webhookReceiver(), await webhookReceiver()];
  const [mail, exactMail] = [await mailReceiver(), await mailReceiver()];
  const cameras = places.filter(({ kind }) => kind === "camera");
  const channels: string[] = [];
  for (const [mayLocate, posts, mails] of [
    [false, hook, mail],
    [true, exactHook, exactMail],
  ] as const) {
    const url = `http://127.0.0.1:${posts.port}/`;
    const name = `exact ${mayLocate}`;
    channels.push(
      await addChannel(fleet, "webhook", { url }, { mayLocate, name: `${name} webhook` }),
      await addChannel(
        fleet,
        "email",
        {
          ...{ host: "127.0.0.1", port: mails.port, security: "none" },
          ...{ from: "thicket@example.org", to: ["a@example.org"] },
        },
        { mayLocate, name: `${name} mail` },
      ),
    );
  }
  const rule = { name: "anything", severity: "P2", capPerHour: 1000, dedupMinutes: 0 };
  await addRule(fleet, { ...rule, when: { observationTypes: ["animal"] }, channels });
  const all: Record<string, Who> = { ...WITHOUT, manager: { role: "manager" } };
  for (const [index, [who, { role, scopes }]] of Object.entries(all).entries()) {
    const stream = await readEvents(fleet.url, await headersOf(fleet, role, scopes));
    const recordID = `2-${index + 1}`;
    const texts: string[] = [];
    for (const place of cameras) {
      await see(fleet, place, recordID);
      const wanted = place.camera?.cameraID;
      const isIt = ({ event, data }: { event: string; data: { cameraID: string } }) =>
        event === "camera" && data.cameraID === wanted;
      const { data } = await stream.next((event) => {
        texts.push(JSON.stringify(event));
        return isIt(event);
      });
      texts.push(JSON.stringify(data));
    }
    stream.close();
    const evidence = await evidenceIn("", Buffer.from(texts.join("\n")));
    if (who === "manager") seen.look("stream", evidence, cameras);
    else search.look(`${who}: stream`, evidence, cameras);
  }
  await fleet.server.alerts.tick();
  const bodyOf = (got: (string | { headers: object; body: string })[]) =>
    Buffer.from(got.map((one) => JSON.stringify(one)).join("\n"));
  const told = Object.keys(all).length * cameras.length;
  assert.equal([hook, exactHook, mail, exactMail].map(({ got }) => got.length), [told, told, told, told]); // biome-ignore format: one line
  for (const [name, receiver] of [["webhook", hook], ["mail", mail]] as const) // biome-ignore format: pairs
    search.look(`${name} of alerts`, await evidenceIn("", bodyOf(receiver.got)), cameras);
  for (const [name, receiver] of [["webhook", exactHook], ["mail", exactMail]] as const) // biome-ignore format: pairs
    seen.look(name, await evidenceIn("", bodyOf(receiver.got)), cameras);
  for (const receiver of [hook, exactHook, mail, exactMail]) await receiver.close();
}

/** What changes a camera answers with its life; a rule with a zone is not theirs to replace. */
async function searchChanges(fleet: TestFleet, { places }: World, search: Search): Promise<void> {
  const headers = {
    ...(await headersOf(fleet, "admin", ALL_BUT)),
    "content-type": "application/json",
  };
  const send = (method: string, path: string, body: unknown) =>
    fetch(fleet.url + path, { method, headers, body: JSON.stringify(body) });
  for (const { camera } of places) {
    if (!camera) continue;
    const path = `/api/v1/cameras/${camera.cameraID}/decommission`;
    const response = await send("POST", path, { force: true });
    assert.is(response.status, 200);
    const evidence = await evidenceIn("", Buffer.from(await response.arrayBuffer()));
    search.look("decommission", evidence, places);
  }
  const { rules } = await answer<{ rules: { ruleID: string; name: string }[] }>(
    ...([fleet, "GET", "/api/v1/alert-rules"] as const),
  );
  const zoned = rules.find(({ name }) => name === "round the first place");
  const rule = { name: "mine", severity: "P2", when: {} };
  const replaced = await send("PUT", `/api/v1/alert-rules/${zoned?.ruleID}`, rule);
  const settings = await send("PUT", "/api/v1/alert-settings", {});
  assert.equal([replaced.status, settings.status], [403, 403]);
}

for (const round of [0, 1]) {
  test(`no place gets out to anybody without the right to locate (round ${round + 1})`, async () => {
    const dice = new Dice(SEED + round);
    const clock = createSimulatedClock(NOW_MS);
    const lines: string[] = [];
    await withFleet(
      async (fleet) => {
        const world = await plant(fleet, drawPlaces(dice, PLACES), dice);
        const [search, seen] = [new Search(), new Search()];
        await searchEvents(fleet, world, search, seen);
        await searchRoutes(fleet, world, search);
        await searchWithRight(fleet, world, seen);
        await searchChanges(fleet, world, search);
        // What the server says of itself, and what it calls its files.
        const said = await evidenceIn("", Buffer.from(fleet.problems.join("\n")));
        search.look("problems", said, world.places);
        assert.ok(lines.length > 1000, `${lines.length} lines`);
        const logged = await evidenceIn("", Buffer.from(lines.join("")));
        search.look("the log of requests", logged, world.places);
        for (const { kind, index } of world.places) {
          for (const pattern of SHOWN[kind]) {
            const isShown = [...seen.found].some(
              ([where, places]) => pattern.test(where) && places.has(index),
            );
            assert.ok(isShown, `${kind} ${index} shows in ${pattern} to a manager`);
          }
        }
        console.log(`# ${search.cases} cases, ${search.leaks.length} leaks`);
        assert.ok(search.cases > 1000);
        assert.equal(search.leaks, []);
      },
      { clock, allowPrivateWebhooks: true, log: { write: (line) => lines.push(line) } },
    );
  });
}

test.run();
