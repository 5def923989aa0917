/** The boot guard on a vault in memory: which program starts, trials and their end, and the ways to a bare console. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type Boot, type GuardPorts, guard } from "../../device/boot/guard.ts";
import type { SlotInfo, VaultModule } from "../../device/espruino/native-modules.ts";

type State = SlotInfo["state"];

interface Board {
  cells: Record<string, string>;
  slots: State[];
  log: string[];
  restarts: number;
  watchdogS: number;
  timers: { ms: number; run: () => void }[];
  start(options?: { isWake?: boolean; hasOwnProgram?: boolean; broken?: string }): Boot;
  /** Let the timers up to so long after the start fire. */
  pass(ms: number): void;
}

function board(slots: State[] = ["empty", "empty"]): Board {
  const self: Board = {
    cells: {},
    slots,
    log: [],
    restarts: 0,
    watchdogS: 0,
    timers: [],
    start({ isWake = false, hasOwnProgram = false, broken = "" } = {}) {
      self.timers = [];
      const vault = {
        open() {
          if (broken) throw new Error(broken);
        },
        read: (name: string) => self.cells[name],
        write: (name: string, text: string) => {
          self.cells[name] = text;
        },
        choose: () => {
          const pending = self.slots.indexOf("pending");
          return pending >= 0 ? pending : self.slots.indexOf("confirmed");
        },
        slot: (_kind: string, index: number) => ({ state: self.slots[index] }),
        image: (_kind: string, index: number) => `program ${index}`,
        rollBack: (_kind: string, index: number) => {
          self.slots[index] = "rolledBack";
        },
      } as unknown as VaultModule;
      let nowS = 0;
      const ports: GuardPorts = {
        vault,
        isPowerOn: !isWake,
        hasOwnProgram,
        now: () => (nowS += 0.1),
        after: (ms, run) => void self.timers.push({ ms, run }),
        watchdog: (seconds) => {
          self.watchdogS = seconds;
        },
        restart: () => void self.restarts++,
        log: (line) => void self.log.push(line),
      };
      return guard(ports);
    },
    pass(ms) {
      for (const timer of self.timers.filter((one) => one.ms <= ms)) timer.run();
    },
  };
  return self;
}

test("with nothing in the slots Espruino starts what it would", () => {
  const boot = board().start();
  assert.is(boot.program, "");
  assert.not(boot.isSafe);
});

test("the confirmed program starts, without a watchdog or a trial", () => {
  const camera = board(["empty", "confirmed"]);
  const boot = camera.start();
  assert.is(boot.program, "program 1");
  assert.is(camera.watchdogS, 0);
  boot.failed();
  camera.pass(86_400_000);
  assert.is(camera.restarts, 0);
  assert.equal(camera.slots, ["empty", "confirmed"]);
});

test("a program in Storage wins: a person put it there", () => {
  assert.is(board(["confirmed", "empty"]).start({ hasOwnProgram: true }).program, "");
});

test("a new program that throws while it starts is rolled back at once", () => {
  const camera = board(["confirmed", "pending"]);
  const boot = camera.start();
  assert.is(boot.program, "program 1");
  assert.ok(camera.watchdogS > 0);
  boot.failed();
  assert.equal(camera.slots, ["confirmed", "rolledBack"]);
  assert.is(camera.restarts, 1);
  assert.is(camera.start().program, "program 0");
});

test("a new program that nobody confirms is restarted, a confirmed one is left alone", () => {
  const camera = board(["confirmed", "pending"]);
  camera.start();
  camera.pass(19 * 60_000);
  assert.is(camera.restarts, 0);
  camera.pass(20 * 60_000);
  assert.is(camera.restarts, 1);
  camera.start();
  camera.slots[1] = "confirmed";
  camera.pass(60 * 60_000);
  assert.is(camera.restarts, 1);
});

test("switched on three times in a row it starts nothing; the time after, everything", () => {
  const camera = board(["confirmed", "empty"]);
  assert.not(camera.start().isSafe);
  assert.not(camera.start().isSafe);
  const third = camera.start();
  assert.ok(third.isSafe);
  assert.is(third.program, "");
  assert.match(camera.log.join("\n"), /safe mode/);
  camera.pass(10 * 60_000);
  assert.is(camera.restarts, 1);
  assert.is(camera.start().program, "program 0");
});

test("a start that lasted ten seconds and waking from sleep do not count", () => {
  const camera = board(["confirmed", "empty"]);
  for (let i = 0; i < 5; i++) {
    assert.not(camera.start().isSafe);
    camera.pass(10_000);
  }
  for (let i = 0; i < 5; i++) assert.not(camera.start({ isWake: true }).isSafe);
});

test("a vault that cannot be read is said, and Espruino goes on", () => {
  const camera = board(["confirmed", "empty"]);
  const boot = camera.start({ broken: "VAULT_READ: the flash does not answer" });
  assert.is(boot.program, "");
  assert.match(camera.log.join("\n"), /boot: VAULT_READ/);
});

test.run();
