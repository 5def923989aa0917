/**
 * `npm run bench:fleet [cameras|archive [ROWS]]`: the server as a process of its own under simulated cameras (real check-ins over real
 * sockets, as many waiting as there are connections), on SQLite and PostgreSQL; then what people ask of a large archive. One JSON line
 * per figure. Time of processors stands beside time on the clock, because that is what a busy machine does not change.
 */
import { figures as archive } from "./archive.ts";
import { figures as cameras } from "./cameras.ts";

const [part, rows = "1000000"] = process.argv.slice(2);

const PARTS: Record<string, () => AsyncIterable<object>> = {
  cameras,
  archive: () => archive(Number(rows)),
};

for (const [name, figures] of Object.entries(PARTS)) {
  if (part !== undefined && part !== name) continue;
  for await (const figure of figures()) console.log(JSON.stringify(figure));
}
process.exit(0);
