/** Provisioning, configuration and version of the camera's program. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { provisioningProblem } from "../../device/deployment/provisioning.ts";
import { CONFIG_ROWS } from "../../device/protocol/config.ts";
import { errorName, faultText } from "../../device/protocol/error-names.ts";
import { APP_VERSION } from "../../device/version.ts";
import { ROOT } from "../support/skip.ts";
import { bootCamera, PROVISIONING } from "./camera.ts";

for (const [change, wrong] of [
  [{ cameraID: "" }, "cameraID must be"],
  [{ name: "x".repeat(41) }, "name must be"],
  [{ site: 7 }, "site must be"],
  [{ server: "ftp://host:80" }, "server must be"],
  [{ server: "http://host:80/path" }, "server must be"],
  [{ server: "http:////" }, "server must be"],
  [{ credential: "short" }, "credential must be"],
  [{ latitude: 91 }, "latitude must be"],
  [{ longitude: Number.NaN }, "longitude must be"],
  [{ time: 5 }, "time must be"],
  [{ wifiSsid: undefined }, "wifiSsid must be"],
] as const) {
  test(`provisioning with ${JSON.stringify(change)} is refused: ${wrong} ...`, () => {
    const given = { ...PROVISIONING, ...change } as typeof PROVISIONING;
    assert.ok(provisioningProblem(given).startsWith(wrong), provisioningProblem(given));
    const camera = bootCamera();
    assert.throws(() => camera.console.provision(given));
    assert.is(camera.console.status().provisioned, false);
  });
}

test("keeps its provisioning over a reboot and shows no secret", () => {
  const camera = bootCamera();
  camera.console.provision(PROVISIONING);
  const status = bootCamera({ vault: camera.ports.vault }).console.status();
  assert.is(status.cameraID, "cam-1");
  assert.is(status.server, PROVISIONING.server);
  assert.not.match(JSON.stringify(status), PROVISIONING.credential);
  assert.not.match(JSON.stringify(status), PROVISIONING.wifiPassword);
});

test("refuses nothing at all by name", () => {
  const camera = bootCamera();
  assert.throws(
    () => camera.console.provision(undefined as unknown as typeof PROVISIONING),
    (thrown: unknown) => thrown === "nothing given",
  );
});

test("counts its boots, so that no ID comes twice", () => {
  const { ports } = bootCamera();
  const second = bootCamera({ vault: ports.vault });
  second.event();
  assert.is(second.console.last()?.recordID, "2-1");
});

test("says on boot who it is and what is missing", () => {
  const camera = bootCamera({
    prepare: (ports) => {
      ports.missing = ["camera", "model"];
    },
  });
  assert.equal(camera.console.greeting(), [
    `Thicket ${APP_VERSION}: degraded`,
    "this firmware has no camera, model: the rest runs without",
    "not provisioned: run npx toolchain provision --port PORT ...",
  ]);
  camera.console.provision(PROVISIONING);
  assert.ok(
    camera.console
      .greeting()
      .includes("camera waterhole at Lowveld, reports to http://127.0.0.1:8700"),
  );
});

test("a failure is one short line, whatever was thrown", () => {
  assert.is(faultText({ code: -201, at: "q.media.3" }), "VAULT_FULL: q.media.3");
  assert.is(faultText(new Error("CAMERA_INIT: x")), "CAMERA_INIT: x");
  assert.is(faultText("text"), "text");
  assert.is(faultText(undefined), "undefined");
  assert.is(faultText(new Error("y".repeat(200))).length, 80);
  assert.is(errorName(-999), "-999");
});

test("every code of a failure has a name", () => {
  const source = readFileSync(join(ROOT, "device/protocol/error-names.ts"), "utf8");
  const codes = [...source.matchAll(/export const (E_\w+) = (-\d+);/g)];
  assert.ok(codes.length > 5);
  for (const [, name, code] of codes) assert.is(`E_${errorName(Number(code))}`, name);
});

test("docs/camera.md states each configuration key with its unit, range and default", () => {
  const guide = readFileSync(join(ROOT, "docs/camera.md"), "utf8");
  for (const { key, unit, min, max, fallback } of CONFIG_ROWS) {
    assert.match(guide, `| \`${key}\` | ${unit} | ${min}–${max} | ${fallback} |`);
  }
});

test("the program's version is the package's", () => {
  const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  assert.is(APP_VERSION, version);
});

test.run();
