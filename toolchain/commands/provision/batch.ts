/**
 * `toolchain provision --batch`: one camera of a list after the other, whichever is plugged in next; what is done is
 * written down after each, so that it can be interrupted. `--labels` prints what goes onto the cameras.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { ConsoleStatus } from "../../../device/protocol/provisioning.ts";
import { type CommandInput, textOption, wholeNumber } from "../../command-line.ts";
import { EXIT, interruptedError, isAppError, noDeviceError, usageError } from "../../errors.ts";
import { writeWhole } from "../../files.ts";
import { makeClaim } from "../../fleet/claim-client.ts";
import { type FleetClient, fleetClient } from "../../fleet/client.ts";
import { type Console, openConsole } from "../../link/console.ts";
import { openPort } from "../../link/open.ts";
import { cameraStatus, hasKeys } from "../../link/provision.ts";
import type { Io } from "../../log.ts";
import type { Wish } from "../../setup/step.ts";
import {
  greetServer,
  newestTrust,
  provisionOne,
  required,
  warnAboutLoopback,
  wifiOf,
} from "../provision.ts";
import { type Label, labelSheet } from "./labels.ts";
import { type DoneRow, readDone, readSheet, type SheetRow, writeDone } from "./sheet.ts";

const WAIT_S = 600;
const LOOK_EVERY_MS = 1000;
/** Claims on labels are used when the cameras are carried out. */
const LABEL_CLAIM_S = 30 * 86_400;

interface Batch {
  fleet: FleetClient;
  ports: string[];
  done: DoneRow[];
  waitS: number;
  io: Io;
}

export async function provisionBatch(input: CommandInput, io: Io): Promise<number> {
  const file = textOption(input, "batch");
  if (file === undefined) {
    throw usageError("MISSING_OPTION", "--labels needs --batch", "toolchain provision --help");
  }
  const { server, token } = required(input, ["server"]);
  const rows = readSheet(file);
  const results = textOption(input, "results") ?? file.replace(/(\.csv)?$/i, ".done.csv");
  const ports = (textOption(input, "port") ?? "").split(",").filter((port) => port !== "");
  const labels = textOption(input, "labels");
  if (ports.length === 0 && labels === undefined) {
    throw usageError("NO_PORT", "which cameras? --port is missing", "several: --port A,B,C");
  }
  const fleet = fleetClient(server, token);
  await greetServer(fleet, io);
  const waitS = wholeNumber(input, "wait", WAIT_S, [1, 86_400]);
  const batch: Batch = { fleet, ports, done: readDone(results), waitS, io };
  const { done } = batch;
  if (ports[0] !== undefined) warnAboutLoopback(fleet.server, ports[0], io.note);
  const common = { ...wifiOf(input), trust: newestTrust(textOption(input, "releases")) };
  const isDone = ({ name }: SheetRow) => done.some((row) => row.name === name);
  for (const row of ports.length > 0 ? rows : []) {
    if (isDone(row)) continue;
    const { cameraID, fingerprint } = await nextCamera(batch, row, common, rows.length);
    const { name, site } = row;
    const time = new Date().toISOString();
    done.push({ name, site, cameraID, fingerprint, server: fleet.server, time });
    writeDone(results, done);
    if (!input.options.json) io.out(`${name} (${cameraID}) belongs to ${site}`);
  }
  if (labels !== undefined) {
    writeWhole(labels, Buffer.from(await labelSheet(await labelsOf(batch, rows))));
  }
  if (input.options.json) io.out(JSON.stringify({ results, labels: labels ?? null, done }));
  else io.out(`${rows.filter(isDone).length} of ${rows.length} done: ${results}`);
  if (labels !== undefined) io.note(`labels: ${labels}; print it from a browser`);
  return EXIT.ok;
}

/** Wait for a camera that is none of those done, and make it this one. */
async function nextCamera(
  { fleet, ports, done, waitS, io }: Batch,
  row: SheetRow,
  common: Pick<Wish, "wifiSsid" | "wifiPassword" | "trust">,
  count: number,
): Promise<ConsoleStatus> {
  const turn = `${row.name} (${done.length + 1} of ${count})`;
  const deadline = Date.now() + waitS * 1000;
  let lastProblem = "";
  while (Date.now() < deadline) {
    for (const port of ports) {
      const opened = await openNew(port, done).catch((error) => {
        if (!isAppError(error)) throw error;
        if (port.startsWith("tcp:") && !lastProblem) lastProblem = error.message;
        return undefined;
      });
      if (!opened) continue;
      try {
        io.progress(`${turn}: ${opened.status.fingerprint}`);
        return await provisionOne(opened.console, fleet, { ...row, ...common }, opened.status, io);
      } catch (error) {
        if (!isAppError(error)) throw error;
        if (error.message !== lastProblem) io.note(`${turn}: ${error.message}`);
        lastProblem = error.message;
      } finally {
        await opened.console.close();
      }
    }
    io.progress(`${turn}: plug in its camera`);
    await sleep(LOOK_EVERY_MS, undefined, { signal: io.signal }).catch(() => {});
    if (io.signal.aborted) {
      throw interruptedError("INTERRUPTED", `stopped at ${turn}; run it again to go on`);
    }
  }
  throw noDeviceError(
    "NO_CAMERA",
    `${turn}: no new camera within ${waitS} s${lastProblem && ` (${lastProblem})`}`,
    "run the same command again to go on",
  );
}

/** The camera on this port, unless it is done. Errors: no camera there, or one that cannot be told from others. */
async function openNew(
  port: string,
  done: DoneRow[],
): Promise<{ console: Console; status: ConsoleStatus } | undefined> {
  const console = await openConsole(await openPort(port), { promptLimitMs: LOOK_EVERY_MS });
  try {
    const status = await cameraStatus(console);
    if (!hasKeys(status)) {
      throw usageError("NO_KEYS", `the firmware on ${port} makes no keys: provision it by itself`);
    }
    if (!done.some(({ fingerprint }) => fingerprint === status.fingerprint)) {
      return { console, status };
    }
  } catch (error) {
    await console.close();
    throw error;
  }
  await console.close();
  return undefined;
}

/** What goes onto each camera; for those not enrolled yet a claim, made now. */
async function labelsOf({ fleet, done }: Batch, rows: SheetRow[]): Promise<Label[]> {
  const labels: Label[] = [];
  for (const row of rows) {
    const { name, site } = row;
    const known = done.find((one) => one.name === name);
    if (known) {
      const { cameraID, fingerprint, server } = known;
      labels.push({ name, site, cameraID, fingerprint, code: `${server}/#/cameras/${cameraID}` });
      continue;
    }
    const { claim, expires } = await makeClaim(fleet, { ...row, expiresS: LABEL_CLAIM_S });
    const code = `${fleet.server}/#claim=${claim}`;
    labels.push({ name, site, claim, expires: expires.slice(0, 10), code });
  }
  return labels;
}
