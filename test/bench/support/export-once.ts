/** One export in a process of its own, so that its peak memory is its own: prints {seconds, cpuSeconds, peakMb, rows}. */
import { join } from "node:path";
import { openDatabase } from "../../../toolchain/fleet/db/open.ts";
import { openObjects } from "../../../toolchain/fleet/objects.ts";
import { writeExport } from "../../../toolchain/fleet/research/export/destination.ts";
import { isFormat } from "../../../toolchain/fleet/research/export/formats.ts";
import { startExport } from "../../../toolchain/fleet/research/export/run.ts";

const [dataDir = "", out = "", format = ""] = process.argv.slice(2);
if (!isFormat(format)) throw new Error(`no format ${format}`);
const { db, close } = await openDatabase(dataDir, Date.now());
const start = performance.now();
const job = { format, request: {}, hasMedia: false };
const started = await startExport(db, openObjects(join(dataDir, "objects")), job);
const { observations } = await writeExport(out, started.writeTo);
const seconds = (performance.now() - start) / 1000;
await close();
const { user, system } = process.cpuUsage();
const cpuSeconds = (user + system) / 1e6;
const peakMb = process.resourceUsage().maxRSS / 1024;
console.log(JSON.stringify({ seconds, cpuSeconds, peakMb, rows: observations }));
