/** The check-list of a deployment: kept whole, with the deployment of its time, by who may operate. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { addCamera, getJson, operate, withFleet } from "./support/fleet.ts";

const AIM = { step: "aim", state: "passed", value: "animal 63%" };
const PIR = { step: "pir", state: "failed", value: "nothing noticed" };

test("a check-list is kept with its deployment, replaced whole, and stays with it when the camera moves", async () => {
  await withFleet(async (fleet) => {
    const { cameraID } = await addCamera(fleet);
    const path = `/api/v1/cameras/${cameraID}/checklist`;
    assert.equal(await getJson(fleet, path), { checklist: null });
    assert.is((await operate(fleet, "PUT", path, { checks: [AIM] })).status, 200);
    const stored = await operate(fleet, "PUT", path, { checks: [AIM, PIR] });
    const { checklist } = (await stored.json()) as { checklist: { time: string; by: string } };
    const { time } = checklist;
    assert.equal(checklist, {
      ...checklist,
      by: "operator",
      checks: [
        { ...AIM, time },
        { ...PIR, time },
      ],
    });
    assert.equal((await getJson(fleet, path)).checklist, checklist);
    await operate(fleet, "POST", `/api/v1/cameras/${cameraID}/transfer`, { site: "south" });
    assert.equal(await getJson(fleet, path), { checklist: null });
    const { deployments } = await getJson(fleet, `/api/v1/cameras/${cameraID}/life`);
    assert.equal(
      deployments.map((row: { checklist: unknown }) => row.checklist),
      [checklist, null],
    );
  });
});

test("what is no check-list is refused, and a camera that never reported can still be taken back", async () => {
  await withFleet(async (fleet) => {
    const { cameraID } = await addCamera(fleet);
    const path = `/api/v1/cameras/${cameraID}/checklist`;
    for (const checks of [
      [],
      [{ ...AIM, state: "well" }],
      [{ ...AIM, step: "A b" }],
      [{ ...AIM, value: "x".repeat(201) }],
    ]) {
      assert.is((await operate(fleet, "PUT", path, { checks })).status, 400);
    }
    const unknown = await operate(fleet, "PUT", "/api/v1/cameras/cam-9/checklist", {
      checks: [AIM],
    });
    assert.is(unknown.status, 404);
    await operate(fleet, "PUT", path, { checks: [AIM] });
    assert.is((await operate(fleet, "DELETE", `/api/v1/cameras/${cameraID}`)).status, 204);
  });
});

test.run();
