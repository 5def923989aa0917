/**
 * Closed-loop load from a process of its own: `load.ts URL[,URL...] CONNECTIONS TOTAL CREDENTIAL...` sends check-ins of two records over
 * kept-alive connections, each THICKET_LOAD_EVERY_MS or at once after the last answer, and prints {perSecond, p50Ms, p99Ms, refused} of the measured part.
 */
import { Agent, request } from "node:http";
import { checkIn, media, observation } from "../../fleet/support/fleet.ts";

const [url = "", connections = "1", total = "1", ...credentials] = process.argv.slice(2);
const WARM_UP = 0.2;
const urls = url.split(",");
const everyMs = Number(process.env.THICKET_LOAD_EVERY_MS ?? 0);
const agent = new Agent({ keepAlive: true, maxSockets: Number(connections) });
let sent = 0;
let refused = 0;
const latenciesMs: number[] = [];
let startMs = 0;

function post(n: number): Promise<number> {
  const id = `${process.pid}-${n}`;
  const records = [observation(`1-${id}`, { mediaIDs: [`m${id}`] }), media(`2-${id}`, `m${id}`)];
  const body = JSON.stringify(checkIn(records, { sequence: n }));
  return new Promise((resolve, reject) => {
    const call = request(
      `${urls[n % urls.length]}/device/v1/check-in`,
      {
        method: "POST",
        agent,
        headers: {
          authorization: `Bearer ${credentials[n % credentials.length]}`,
          "content-type": "application/json",
          "content-length": Buffer.byteLength(body),
        },
      },
      (response) => {
        response.resume();
        response.on("end", () => resolve(response.statusCode ?? 0));
      },
    );
    call.on("error", reject);
    call.end(body);
  });
}

async function worker(): Promise<void> {
  while (sent < Number(total)) {
    const n = sent++;
    const isMeasured = n >= Number(total) * WARM_UP;
    if (isMeasured && startMs === 0) startMs = performance.now();
    const beginMs = performance.now();
    if ((await post(n)) !== 200) refused++;
    if (isMeasured) latenciesMs.push(performance.now() - beginMs);
    const restMs = everyMs - (performance.now() - beginMs);
    if (restMs > 0) await new Promise((resolve) => setTimeout(resolve, restMs));
  }
}

await Promise.all(Array.from({ length: Number(connections) }, worker));
const seconds = (performance.now() - startMs) / 1000;
latenciesMs.sort((a, b) => a - b);
const at = (share: number): number => latenciesMs[Math.floor(latenciesMs.length * share)] ?? 0;
agent.destroy();
console.log(
  JSON.stringify({
    perSecond: latenciesMs.length / seconds,
    p50Ms: at(0.5),
    p99Ms: at(0.99),
    refused,
  }),
);
