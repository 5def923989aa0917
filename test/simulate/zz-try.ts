import { cutEverywhere, SCENARIOS } from "/work/ota/test/simulate/ota-run.ts";

const only = process.argv[2];
for (const s of SCENARIOS) {
  if (only && !s.name.includes(only)) continue;
  const t = performance.now();
  const r = cutEverywhere(s, { every: Number(process.argv[3] ?? 40), second: 1 });
  console.log(
    r.scenario,
    r.operations,
    "ops",
    r.runs,
    "runs",
    Math.round(r.runs / ((performance.now() - t) / 1000)),
    "/s",
    r.problems.length,
    "problems",
  );
  for (const p of r.problems.slice(0, 3)) console.log("   ", p);
}
