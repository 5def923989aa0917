/** The outbox: bounded, the least valuable goes first, every loss counted. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { createAvailability } from "../../device/deployment/availability.ts";
import { createHealth } from "../../device/deployment/health.ts";
import { createTimekeeping } from "../../device/deployment/timekeeping.ts";
import { createOutbox } from "../../device/network/outbox.ts";
import type { ObservationRecord, ObservationType } from "../../device/protocol/records.ts";
import { fakePorts, START_S, testConfig } from "./fakes.ts";

function setup(changes: { outboxRecordsMax?: number; outboxMediaMax?: number } = {}) {
  const ports = fakePorts();
  const config = testConfig(ports.vault, ports.clock);
  Object.assign(config.values, changes);
  const health = createHealth(
    ports,
    createAvailability(ports, () => true),
  );
  health.start();
  const timekeeping = createTimekeeping(ports.clock, health);
  const outbox = createOutbox(ports.vault, config, timekeeping);
  outbox.start();
  let number = 0;
  const see = (observationType: ObservationType) => {
    number += 1;
    return outbox.add({
      kind: "observation",
      recordID: `1-${number}`,
      eventStart: START_S,
      observationType,
    } as ObservationRecord);
  };
  const waiting = () => outbox.batch().items.map(({ recordID }) => recordID);
  return { ports, outbox, see, waiting };
}

test("gives records out oldest first, blanks among them", () => {
  const { see, waiting } = setup();
  for (const type of ["blank", "animal", "blank", "human"] as const) see(type);
  assert.equal(waiting(), ["1-1", "1-2", "1-3", "1-4"]);
});

test("when full, the oldest blank goes first, then the oldest record, and each is counted", () => {
  const { see, waiting, outbox } = setup({ outboxRecordsMax: 3 });
  for (const type of ["animal", "blank", "blank", "human"] as const) see(type);
  assert.equal(waiting(), ["1-1", "1-3", "1-4"]);
  see("animal");
  assert.equal(waiting(), ["1-1", "1-4", "1-5"]);
  see("animal");
  assert.equal(waiting(), ["1-4", "1-5", "1-6"]);
  assert.is(outbox.dropped(), 3);
  assert.is(outbox.records(), 3);
});

test("a smaller limit takes effect with the next record", () => {
  const ports = setup({ outboxRecordsMax: 5 });
  for (let i = 0; i < 5; i++) ports.see("animal");
  const { see, waiting } = setup({ outboxRecordsMax: 2 });
  for (let i = 0; i < 5; i++) see("animal");
  assert.equal(waiting(), ["1-4", "1-5"]);
});

test("a vault without room costs the record, counted, and nothing else", () => {
  const { ports, see, outbox } = setup();
  ports.vault.bytesMax = 10;
  assert.is(see("animal"), false);
  assert.is(outbox.dropped(), 1);
  assert.is(outbox.addPicture("1-9 1-8 0", "x".repeat(11)), false);
  assert.is(outbox.dropped(), 1);
});

test("records that the vault gives up for want of room are counted once", () => {
  const { ports, see, outbox } = setup();
  see("animal");
  ports.vault.evicted = (queue?: string) => (queue === "records" ? 2 : 1);
  see("animal");
  see("animal");
  assert.is(outbox.dropped(), 3);
  ports.vault.evicted = () => 0;
  see("animal");
  assert.is(outbox.dropped(), 3);
});

test("pictures are bounded: the oldest goes; a limit of 0 keeps none", () => {
  const { ports, outbox } = setup({ outboxMediaMax: 2 });
  for (const id of ["a", "b", "c"]) outbox.addPicture(id, "JPEG");
  assert.equal(
    ports.vault.items.map(({ note }) => note),
    ["b", "c"],
  );
  const none = setup({ outboxMediaMax: 0 });
  assert.is(none.outbox.addPicture("a", "JPEG"), false);
  assert.is(none.outbox.media(), 0);
});

test("a damaged record is dropped and counted, and does not stop the others", () => {
  const { ports, see, waiting, outbox } = setup();
  see("animal");
  see("animal");
  const { item } = ports.vault;
  ports.vault.item = (queue, key) => (key === 1 ? undefined : item(queue, key));
  assert.equal(waiting(), ["1-2"]);
  assert.is(outbox.dropped(), 1);
});

test("writes the number of dropped records down only when it changed", () => {
  const { ports, outbox } = setup();
  const before = ports.vault.writes;
  outbox.save();
  outbox.countDropped(2);
  outbox.save();
  outbox.save();
  assert.is(ports.vault.writes, before + 1);
});

test.run();
