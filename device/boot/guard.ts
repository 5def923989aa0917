/**
 * The boot guard: part of the firmware, the only code that chooses which program starts. A new program is given three
 * starts to prove itself, then the one before it runs again. Two ways out for a person at the camera: Ctrl-C in the first
 * two seconds, or switching it on three times in a row without letting it run for ten seconds.
 */
import type { VaultModule } from "../espruino/native-modules.ts";

const CTRL_C_S = 2;
const FAST_STARTS = 3;
/** Cell that counts starts by switching on, until the camera has run for SETTLED_MS. */
const STARTS_CELL = "boot-starts";
const SETTLED_MS = 10000;
/** A camera that restarts by itself again and again must not stay in safe mode: nobody may be there. */
const SAFE_MS = 10 * 60000;
/** A new program that hangs is restarted; one that runs but is not confirmed by then, too. */
const WATCHDOG_S = 60;
const PROOF_MS = 20 * 60000;

export interface GuardPorts {
  vault: VaultModule;
  /** Whether somebody switched the camera on, and not a timer or the motion sensor. */
  isPowerOn: boolean;
  /** Whether Storage holds a program (.bootcde): a person put it there for development, so it wins. */
  hasOwnProgram: boolean;
  /** UTC seconds. */
  now(): number;
  after(ms: number, run: () => void): void;
  /** Restart the chip when the program does not come back to idle for so long. */
  watchdog(seconds: number): void;
  restart(): void;
  log(line: string): void;
}

export interface Boot {
  /** What to run, in place in flash; "": what Espruino itself would. */
  program: string;
  /** Slot it lies in, -1 for none. */
  slot: number;
  /** Start nothing: a person wants the console. */
  isSafe: boolean;
  /** The program threw while it started. */
  failed(): void;
}

export function guard(ports: GuardPorts): Boot {
  const none: Boot = { program: "", slot: -1, isSafe: false, failed: () => {} };
  try {
    ports.vault.open();
    if (ports.isPowerOn) {
      if (isCalledOff(ports)) return { program: "", slot: -1, isSafe: true, failed: none.failed };
      waitForCtrlC(ports);
    }
    return ports.hasOwnProgram ? none : chosen(ports) || none;
  } catch (error) {
    ports.log("boot: " + (error as Error).message);
    return none;
  }
}

/** Count this start; three fast ones in a row are a wish. */
function isCalledOff(ports: GuardPorts): boolean {
  const settle = (): void => ports.vault.write(STARTS_CELL, "0");
  const starts = Number(ports.vault.read(STARTS_CELL) || 0) + 1;
  if (starts >= FAST_STARTS) {
    settle();
    ports.after(SAFE_MS, ports.restart);
    ports.log("boot: safe mode, nothing was started. Restart in 10 min; clearTimeout() stops that");
    return true;
  }
  ports.vault.write(STARTS_CELL, "" + starts);
  ports.after(SETTLED_MS, settle);
  return false;
}

/** Ctrl-C ends running code, and with it this start: so there must be running code. */
function waitForCtrlC(ports: GuardPorts): void {
  ports.log("boot: Ctrl-C now for the console");
  const end = ports.now() + CTRL_C_S;
  while (ports.now() < end) {}
}

function chosen(ports: GuardPorts): Boot | undefined {
  const vault = ports.vault;
  const slot = vault.choose("app");
  const program = slot < 0 ? undefined : vault.image("app", slot);
  if (!program) return undefined;
  const isOnTrial = (): boolean => vault.slot("app", slot).state === "pending";
  if (isOnTrial()) {
    ports.watchdog(WATCHDOG_S);
    ports.after(PROOF_MS, () => {
      if (isOnTrial()) ports.restart();
    });
  }
  return {
    program: program,
    slot: slot,
    isSafe: false,
    failed: () => {
      if (!isOnTrial()) return;
      vault.rollBack("app", slot);
      ports.restart();
    },
  };
}
