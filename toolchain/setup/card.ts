/** The deployment card: one page of HTML to print from a browser, with nothing from elsewhere. */
import QRCode from "qrcode";
import type { Result } from "./wizard.ts";

const STYLE = `
  @page { size: A5 landscape; margin: 8mm; }
  * { box-sizing: border-box; }
  body { margin: 0 auto; padding: 4mm; max-width: 190mm; font: 3.6mm/1.4 system-ui, sans-serif; color: #000; background: #fff; }
  header { display: flex; gap: 5mm; align-items: flex-start; border-bottom: 0.4mm solid #000; padding-bottom: 3mm; }
  header svg { width: 34mm; height: 34mm; flex: none; margin: -1.5mm; }
  h1 { margin: 0 0 1mm; font-size: 7mm; line-height: 1.15; overflow-wrap: anywhere; }
  dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.3mm 3mm; margin: 0; }
  dt { color: #444; }
  dd { margin: 0; overflow-wrap: anywhere; }
  code { font: 600 3.4mm ui-monospace, monospace; }
  table { width: 100%; margin-top: 3mm; border-collapse: collapse; }
  th, td { padding: 0.7mm 2mm 0.7mm 0; text-align: left; vertical-align: top; border-bottom: 0.1mm solid #bbb; }
  th { font-weight: 600; white-space: nowrap; }
  tr { break-inside: avoid; }
  .failed { font-weight: 700; }`;

const MARKS = { passed: "✓ passed", skipped: "– skipped", failed: "✗ failed" };

/** @param date of the set-up, ISO 8601 */
export async function deploymentCard(result: Result, date: string): Promise<string> {
  const { name, cameraID, site, server, fingerprint, position, by, checks } = result;
  const svg = await QRCode.toString(`${server}/#/cameras/${cameraID}`, {
    ...{ type: "svg", errorCorrectionLevel: "M", margin: 1 },
  });
  const facts: [string, string][] = [
    ["camera", `<code>${text(cameraID)}</code>`],
    ["key", fingerprint ? `<code>${text(fingerprint)}</code>` : "none"],
    ["site", text(site)],
    ["position", position ? `${position.latitude}, ${position.longitude}` : "not known"],
    ["server", text(server)],
    ["set up", `${text(date.slice(0, 16).replace("T", " "))} UTC${by && ` by ${text(by)}`}`],
  ];
  const rows = checks.map(
    ({ step, state, value }) =>
      `<tr class="${state}"><th scope="row">${text(step)}</th><td>${MARKS[state]}</td><td>${text(value)}</td></tr>`,
  );
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${text(name)}: deployment card</title>
<style>${STYLE}
</style>
<header>
${svg.trim()}
<div><h1>${text(name)}</h1>
<dl>${facts.map(([term, value]) => `<dt>${term}</dt><dd>${value}</dd>`).join("\n")}</dl></div>
</header>
<table>
${rows.join("\n")}
</table>
</html>
`;
}

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

const text = (plain: string): string =>
  plain.replace(/[&<>"]/g, (letter) => ENTITIES[letter] ?? "");
