/**
 * `npm run simulate:improv SEED N [emulator]`: N random sessions of setting a camera up by Improv, on the device core with
 * fakes or on the whole emulated camera; exit 1 when one goes wrong, with its seed.
 */
import { emulatorBench, fakeBench } from "./improv-bench.ts";
import { liveImprov } from "./improv-run.ts";

const [seed = "1", count = "1000", on = "fakes"] = process.argv.slice(2);
const first = Number(seed);
const sessions = Number(count);
const errors: Record<string, number> = {};
let [finished, failed, readyMs] = [0, 0, 0];
for (let at = first; at < first + sessions; at++) {
  const session = await liveImprov(at, on === "emulator" ? emulatorBench : fakeBench);
  finished += session.isFinished ? 1 : 0;
  readyMs = Math.max(readyMs, session.readyMs);
  for (const [code, times] of Object.entries(session.errors)) {
    errors[code] = (errors[code] ?? 0) + times;
  }
  if (!session.problem) continue;
  failed += 1;
  console.error(`seed ${at}: ${session.problem}`);
}
console.log(JSON.stringify({ sessions, finished, failed, readyMsMax: readyMs, errors }));
process.exitCode = failed ? 1 : 0;
