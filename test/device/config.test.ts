/** The configuration on the camera: what is put in force, what is confirmed, and how a change undoes itself. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { CHECK_IN_PATH } from "../../device/protocol/check-in.ts";
import {
  CONFIG_ROWS,
  type ConfigValues,
  configProblem,
  configSum,
  defaultConfig,
} from "../../device/protocol/config.ts";
import { CONFIG_KINDS } from "../../device/protocol/config-groups.ts";
import { bootProvisioned } from "./camera.ts";
import { FakeClock, FakeVault, HUMAN, testConfig } from "./fakes.ts";

const defaults = defaultConfig();
/** Under the defaults: the first planned contact plus configTrialS. */
const TRIAL_S = 3600 * 1.1 + 21600;
/** A contact counts from here on. */
const PART_S = TRIAL_S / 8;

function boot(vault = new FakeVault()) {
  const clock = new FakeClock();
  const config = testConfig(vault, clock);
  config.start();
  return { vault, clock, config };
}

test("every key is valid at its default and at both ends, and not beyond", () => {
  for (const { key, min, max, fallback } of CONFIG_ROWS) {
    for (const value of [min, fallback, max]) assert.is(configProblem({ [key]: value }), "");
    for (const value of [min - 1, max + 1, min + 0.5, "1", null, Number.NaN])
      assert.match(configProblem({ [key]: value }), `${key} must be a whole number from ${min}`);
    assert.ok(CONFIG_KINDS[key].group);
  }
  assert.is(configProblem(defaults as unknown as Record<string, unknown>), "");
  assert.is(configProblem({ toString: 1 }), "no configuration key named toString");
  assert.match(configProblem({ burstVotes: 4, burstCount: 3 }), /burstVotes must not be above/);
});

test("the sum is 0 for the defaults and tells any two single changes apart", () => {
  assert.is(configSum(defaults), 0);
  const sums = new Map<number, string>();
  for (const { key, min, max, fallback } of CONFIG_ROWS) {
    for (const value of [min, min + 1, max].filter((one) => one !== fallback)) {
      const sum = configSum({ ...defaults, [key]: value });
      assert.is(sums.get(sum), undefined, `${key}=${value} and ${sums.get(sum)}`);
      sums.set(sum, `${key}=${value}`);
    }
  }
});

test("a change is applied to the version it was made for, and to no other", () => {
  const { config } = boot();
  config.apply({ version: 4, values: { quietS: 60, timeLapseS: 900 } });
  assert.is(config.apply({ version: 6, from: 5, values: { quietS: 10 } }), "");
  assert.is(config.version, 4);
  config.apply({ version: 5, from: 4, values: { quietS: 10 } });
  assert.equal(config.values, { ...defaults, quietS: 10, timeLapseS: 900 });
  config.apply({ version: 6, values: {} });
  assert.equal(config.values, defaults, "without a base, values change the defaults");
});

test("an offer that is repeated costs no write", () => {
  const { config, vault } = boot();
  const offer = { version: 1, values: { quietS: 60 } };
  config.apply(offer);
  const { writes } = vault;
  config.apply(offer);
  assert.is(vault.writes, writes);
  config.apply({ version: 1, values: { quietS: 61 } });
  assert.is(
    config.values.quietS,
    61,
    "the same version with other content is another configuration",
  );
});

test("is confirmed by a later contact, not by the one that brought it", () => {
  const { config, clock, vault } = boot();
  config.apply({ version: 1, values: { quietS: 60 } });
  clock.pass(PART_S + 1);
  config.answered(config.report(), false);
  clock.pass(TRIAL_S / 2);
  config.answered(config.report(), true);
  clock.pass(TRIAL_S * 3);
  assert.is(config.version, 1);
  for (let boots = 0; boots < 20; boots++) assert.is(boot(vault).config.version, 1);
});

test("a contact before an eighth of the trial is over confirms nothing, one after a restart does", () => {
  const early = boot();
  early.config.apply({ version: 1, values: { quietS: 60 } });
  early.clock.pass(PART_S - 1);
  early.config.answered(early.config.report(), true);
  early.clock.pass(TRIAL_S);
  assert.is(early.config.version, 0);
  const { config, vault } = boot();
  config.apply({ version: 1, values: { quietS: 60 } });
  const restarted = boot(vault);
  restarted.config.answered(restarted.config.report(), true);
  restarted.clock.pass(TRIAL_S);
  assert.is(restarted.config.version, 1);
});

test("is not given up while the first planned contact may still come", () => {
  const camera = bootProvisioned();
  camera.fleet.config = { version: 1, values: { checkInIntervalS: 604800, configTrialS: 600 } };
  for (let turn = 0; turn < 12; turn++) {
    camera.console.checkIn();
    camera.ports.clock.pass(30);
    camera.ports.clock.pass(604800 * 1.1);
    assert.is(camera.console.config().version, 1);
    // The pause is another one after each contact.
    camera.fleet.config = { version: 0, values: {} };
    camera.console.checkIn();
    camera.ports.clock.pass(30);
    camera.fleet.config = { version: 1, values: { checkInIntervalS: 604800, configTrialS: 600 } };
  }
});

test("settings that a gateway punishes undo themselves, though an alert got through before it did", () => {
  const camera = bootProvisioned({
    prepare: ({ model }) => {
      model.outputs = [HUMAN];
    },
  });
  const { clock, links } = camera.ports;
  clock.pass(3600);
  // As gateways with a limit do: who comes more than three times in ten minutes is turned away until it comes less often.
  let calls: number[] = [];
  links.answer = (request) => {
    if (!request.url.endsWith(CHECK_IN_PATH)) return camera.fleet.answer(request);
    calls = [...calls.filter((atS) => atS > clock.uptimeS - 600), clock.uptimeS];
    return calls.length > 3 ? { status: 429 } : camera.fleet.answer(request);
  };
  camera.fleet.config = { version: 1, values: { checkInIntervalS: 60, configTrialS: 600 } };
  camera.console.checkIn();
  clock.pass(1);
  camera.fleet.config = undefined;
  camera.event();
  assert.is(camera.fleet.checkIns.slice(-1)[0]?.configVersion, 1, "the alert went out under it");
  clock.pass(3600);
  assert.is(camera.console.config().version, 0);
  clock.pass(3600);
  const isHeard = camera.fleet.checkIns.some(({ configRefused }) => configRefused?.version === 1);
  assert.ok(isHeard, "the server hears of it");
});

test("goes back by itself when contact is lost, says so until it was heard, and does not try again", () => {
  const { config, clock, vault } = boot();
  config.apply({ version: 1, values: { quietS: 60 } });
  clock.pass(PART_S + 1);
  config.answered(config.report(), true);
  config.apply({ version: 2, from: 1, values: { quietS: 3000 } });
  clock.pass(TRIAL_S - 1);
  assert.is(config.version, 2);
  clock.pass(2);
  assert.equal([config.version, config.values.quietS], [1, 60]);
  const report = boot(vault).config.report();
  assert.equal(report.refused, { version: 2, reason: "no contact; back at version 1" });
  config.apply({ version: 2, from: 1, values: { quietS: 3000 } });
  assert.is(config.version, 1);
  config.answered(config.report(), true);
  assert.is(config.report().refused, undefined);
  config.apply({ version: 2, from: 1, values: { quietS: 3000 } });
  assert.ok(config.report().refused, "offered again: the server does not know yet");
  config.apply({ version: 3, from: 1, values: { quietS: 30 } });
  assert.equal([config.values.quietS, config.report().refused], [30, undefined]);
});

test("goes back to the confirmed version also when a second change came during the trial", () => {
  const { config, clock } = boot();
  config.apply({ version: 1, values: { quietS: 60 } });
  config.apply({ version: 2, from: 1, values: { timeLapseS: 600 } });
  clock.pass(TRIAL_S + 1);
  assert.equal([config.version, config.values], [0, defaults]);
});

test("a configuration under which the camera keeps rebooting goes back without any time passing", () => {
  const { config, vault } = boot();
  config.apply({ version: 1, values: { quietS: 60 } });
  const versions = Array.from({ length: 9 }, () => boot(vault).config.version);
  assert.equal(versions, [1, 1, 1, 1, 1, 1, 1, 0, 0]);
});

test("an answer to what was said before going back confirms nothing", () => {
  const { config, clock } = boot();
  config.apply({ version: 1, values: { quietS: 60 } });
  const report = config.report();
  clock.pass(TRIAL_S + 1);
  config.answered(report, true);
  assert.is(config.version, 0);
  assert.is(config.report().refused?.version, 1);
});

test("a stored configuration that is not valid any more is replaced by the defaults", () => {
  const vault = new FakeVault();
  vault.cells.set("config", '{"version":4,"values":{"burstCount":3,"goneKey":1}}');
  const { config } = boot(vault);
  assert.equal([config.version, config.values], [0, defaults]);
});

test("a configuration stored by a program without trials stays in force", () => {
  const vault = new FakeVault();
  vault.cells.set("config", '{"version":4,"values":{"burstCount":5}}');
  const { config, clock } = boot(vault);
  clock.pass(TRIAL_S * 2);
  assert.equal(
    [config.version, config.values.burstCount, config.report().refused],
    [4, 5, undefined],
  );
});

test("a configuration that cannot be stored is not put in force", () => {
  const { config, vault } = boot();
  vault.broken = true;
  assert.throws(() => config.apply({ version: 2, values: { burstCount: 5 } }));
  assert.equal([config.version, config.values.burstCount], [0, 3]);
});

test("two whole configurations with a reason fit into a cell", () => {
  const { config, vault, clock } = boot();
  const values = Object.fromEntries(CONFIG_ROWS.map(({ key, max }) => [key, max]));
  config.apply({ version: 2147483646, values: values as unknown as ConfigValues });
  clock.pass((604800 * 2.1) / 8 + 1);
  config.answered(config.report(), true);
  config.apply({ version: 2147483647, from: 2147483646, values: { quietS: 1 } });
  config.apply({ version: 2147483647, values: { motionMinPermille: 123456789 } });
  assert.is(vault.cells.size, 2);
  for (const [name, text] of vault.cells) assert.ok(text.length <= 1024, `${name} ${text.length}`);
});

test("the whole camera reports what it refused, once, and rests after an event when told to", () => {
  const camera = bootProvisioned();
  const contact = () => {
    camera.console.checkIn();
    camera.ports.clock.pass(30);
    return camera.fleet.checkIns.slice(-1)[0];
  };
  camera.fleet.config = { version: 6, values: { burstCount: 99 } };
  contact();
  camera.fleet.config = undefined;
  assert.is(contact()?.configRefused?.version, 6);
  assert.is(contact()?.configRefused, undefined);
  camera.fleet.config = { version: 7, values: { quietS: 100 } };
  contact();
  const events = () => camera.fleet.checkIns.slice(-1)[0]?.heartbeat.inferences ?? 0;
  camera.event();
  contact();
  const first = events();
  camera.event();
  contact();
  assert.is(events(), first, "motion in the rest is not looked at");
  camera.ports.clock.pass(100);
  camera.event();
  contact();
  assert.ok(events() > first);
  assert.is(camera.fleet.checkIns.slice(-1)[0]?.heartbeat.triggers, 3);
});

test.run();
