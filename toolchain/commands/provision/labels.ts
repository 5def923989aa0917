/** A sheet of labels to print from a browser: one HTML file without anything from elsewhere. */
import QRCode from "qrcode";

export interface Label {
  name: string;
  site: string;
  cameraID?: string;
  fingerprint?: string;
  /** Of a camera that is not enrolled yet. */
  claim?: string;
  expires?: string;
  /** What the square says: the camera's page, or server and claim. */
  code: string;
}

/** A4 takes 2 by 7 of these with its margins; other papers as many as fit. */
const STYLE = `
  @page { margin: 10mm; }
  * { box-sizing: border-box; }
  body { margin: 0; font: 3.4mm/1.35 system-ui, sans-serif; color: #000; background: #fff; }
  main { display: flex; flex-wrap: wrap; }
  section { width: 94mm; height: 38mm; padding: 3mm; display: flex; gap: 3mm; align-items: center;
    border: 0.2mm dashed #777; break-inside: avoid; overflow: hidden; }
  svg { width: 31mm; height: 31mm; flex: none; }
  div { min-width: 0; }
  h2 { margin: 0; font-size: 5mm; line-height: 1.15; overflow-wrap: anywhere; }
  p { margin: 0.6mm 0 0; overflow-wrap: anywhere; }
  code { font: 600 3.3mm ui-monospace, monospace; }
  small { font-size: 2.7mm; }`;

export async function labelSheet(labels: Label[]): Promise<string> {
  const sections = await Promise.all(labels.map(section));
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Labels of ${labels.length} cameras</title>
<style>${STYLE}
</style>
<main>
${sections.join("\n")}
</main>
</html>
`;
}

async function section(label: Label): Promise<string> {
  const svg = await QRCode.toString(label.code, {
    ...{ type: "svg", errorCorrectionLevel: "M", margin: 1 },
  });
  const { cameraID, fingerprint, claim, expires } = label;
  const lines = [
    cameraID && `<p><code>${text(cameraID)}</code></p>`,
    fingerprint && `<p>key <code>${text(fingerprint)}</code></p>`,
    claim && `<p>claim<br><code>${text(claim)}</code></p>`,
    expires && `<p><small>once, until ${text(expires)}</small></p>`,
  ];
  return `<section>
${svg.trim()}
<div><h2>${text(label.name)}</h2><p>${text(label.site)}</p>${lines.filter(Boolean).join("")}</div>
</section>`;
}

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

const text = (plain: string): string =>
  plain.replace(/[&<>"]/g, (letter) => ENTITIES[letter] ?? "");
