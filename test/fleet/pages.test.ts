/** Every list that comes by pages: the pages together are the list, in its order, whatever comes in between. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { createSimulatedClock } from "../../toolchain/fleet/clock.ts";
import { getJson, operate, type TestFleet, withFleet } from "./support/fleet.ts";
import { operationsOf } from "./support/tenant-requests.ts";
import { addTenant, report, type Tenant } from "./support/tenants.ts";

const NOW_MS = 1_700_000_020_000;

// biome-ignore lint/suspicious/noExplicitAny: rows of every list
type Row = any;

/** Routes that take a cursor, with what is asked of them, and the list in their answer. */
async function listsOf(fleet: TestFleet, { projectID, ids, sites }: Tenant) {
  const document = await getJson(fleet, "/api/v1/openapi.json");
  const values: Record<string, string> = {
    ...{ projectID, project: projectID, observationID: ids.observationID[0] as string },
    ...{ individualID: ids.individualID[0] as string, scope: "site", name: sites[0] as string },
    ...{ reason: "all" },
  };
  return operationsOf(document)
    .filter(({ parameters }) => parameters.some(({ name }) => name === "cursor"))
    .map(({ route, parameters }) => {
      const { schema } = document.paths[route].get.responses[200].content["application/json"];
      const names = Object.keys(schema.properties);
      const list = ["history", ...names].find((name) => schema.properties[name]?.type === "array");
      const query = parameters.filter(
        ({ in: where, name }) =>
          where === "query" && /^project|^reason$|^observationID$/.test(name),
      );
      const path = route.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(values[name] ?? ""));
      const asked = query.map(({ name }) => `${name}=${encodeURIComponent(values[name] ?? "")}`);
      return { route, list: list as string, path: `${path}?${asked.join("&")}` };
    });
}

async function pagesOf(
  fleet: TestFleet,
  path: string,
  list: string,
  between: () => Promise<void> = async () => {},
): Promise<Row[]> {
  const rows: Row[] = [];
  for (let next: string | null = ""; next !== null; ) {
    const page: Row = await getJson(fleet, `${path}&limit=2${next ? `&cursor=${next}` : ""}`);
    assert.ok(page[list]?.length <= 2, `${path}: ${JSON.stringify(page).slice(0, 300)}`);
    rows.push(...page[list]);
    next = page.next;
    await between();
  }
  return rows;
}

async function withLists(body: (fleet: TestFleet, tenant: Tenant) => Promise<void>) {
  await withFleet(
    async (fleet) => {
      const tenant = await addTenant(fleet, "kenya", -3);
      await addTenant(fleet, "nepal", 27);
      await body(fleet, tenant);
    },
    { clock: createSimulatedClock(NOW_MS), requestsPerMinute: 1e6 },
  );
}

test("pages put together are the whole list, and a wrong cursor is refused by name", async () => {
  await withLists(async (fleet, tenant) => {
    for (const layer of [1900, 2000, 2100]) {
      const path = `/api/v1/config/layers/site/${encodeURIComponent(tenant.sites[0] as string)}`;
      await operate(fleet, "PATCH", path, { values: { checkInIntervalS: layer } });
    }
    const lists = await listsOf(fleet, tenant);
    assert.ok(lists.length >= 18, `${lists.length} lists`);
    let several = 0;
    for (const { route, path, list } of lists) {
      const whole = (await getJson(fleet, `${path}&limit=100`))[list];
      const pages = await pagesOf(fleet, path, list);
      assert.equal(pages, whole, route);
      if (whole.length > 2) several++;
      const hostile = Buffer.from(JSON.stringify([2 ** 53, null])).toString("base64url");
      for (const cursor of ["x", "e30", hostile]) {
        const refused = await operate(fleet, "GET", `${path}&cursor=${cursor}`);
        assert.is(refused.status, 400, route);
        assert.match(await refused.text(), "BAD_CURSOR");
      }
      for (const limit of ["0", "1001", "-1", "x", "1.5"]) {
        const refused = await operate(fleet, "GET", `${path}&limit=${limit}`);
        assert.is(refused.status, 400, `${route} ${limit}`);
      }
    }
    assert.ok(several >= 12, `${several} lists of several pages`);
    assert.equal(
      fleet.problems.filter((text) => !text.includes("is given up")),
      [],
    );
  });
});

test("a page neither repeats nor skips when rows come in, and `before` is still understood", async () => {
  await withLists(async (fleet, tenant) => {
    const path = "/api/v1/observations?";
    const before = (await getJson(fleet, `${path}limit=100`)).observations;
    let sequence = 10;
    const rows = await pagesOf(fleet, path, "observations", async () => {
      await report(fleet, tenant.cameras[0]!, tenant.mark, sequence++, NOW_MS / 1000 - 5);
    });
    assert.equal(
      rows.map(({ observationID }) => observationID),
      before.map(({ observationID }: Row) => observationID),
    );
    const first = await getJson(fleet, `${path}limit=2`);
    const older = await getJson(fleet, `${path}limit=2&before=${first.next}`);
    const newer = await getJson(fleet, `${path}limit=2&cursor=${first.next}`);
    assert.equal(older, newer);
  });
});

test.run();
