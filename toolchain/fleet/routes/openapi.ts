/** The interface's own description: as a document for programs, and as a page for people, made here without any script. */
import type { App } from "./app.ts";
import { may, type OperatorServices } from "./app.ts";

interface Operation {
  description?: string;
  parameters?: { name: string; in: string; required?: boolean; schema: unknown }[];
  requestBody?: { content: Record<string, { schema: unknown }> };
  responses: Record<string, { description: string; content?: Record<string, { schema: unknown }> }>;
}
type Document = { info: { title: string }; paths: Record<string, Record<string, Operation>> };

export function openApiRoutes(app: App, { styleUrl }: OperatorServices): void {
  /** -> the document, OpenAPI 3.1. */
  app.get("/api/v1/openapi.json", may("read"), async () => app.swagger());

  /** -> the same to read, as HTML in the dashboard's style. */
  app.get("/api/v1/docs", may("read"), async (_request, reply) =>
    reply
      .type("text/html; charset=utf-8")
      .send(page(app.swagger() as unknown as Document, styleUrl)),
  );
}

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");

function page({ info, paths }: Document, styleUrl: string): string {
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => section(method, path, operation)),
  );
  const style = styleUrl ? `<link rel="stylesheet" href="${escaped(styleUrl)}" />` : "";
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8" /><meta name="viewport" content="width=device-width" />
<title>${escaped(info.title)}</title>${style}</head>
<body><main><h1>${escaped(info.title)}</h1>
<p>For programs: <a href="/api/v1/openapi.json">openapi.json</a></p>
${operations.join("\n")}
</main></body></html>`;
}

function section(method: string, path: string, operation: Operation): string {
  const inputs = (operation.parameters ?? []).map(
    ({ name, in: where, required, schema }) =>
      `<li><code>${escaped(name)}</code> in ${where}${required ? "" : ", optional"} ${code(schema)}</li>`,
  );
  const bodies = Object.entries(operation.requestBody?.content ?? {}).map(
    ([type, { schema }]) => `<li>body, ${escaped(type)} ${code(schema)}</li>`,
  );
  const answers = Object.entries(operation.responses).map(([status, { description, content }]) => {
    const shown =
      status < "300" ? Object.values(content ?? {}).map(({ schema }) => code(schema)) : [];
    return `<li><code>${status}</code> ${escaped(description)} ${shown.join("")}</li>`;
  });
  return `<details><summary><code>${method.toUpperCase()} ${escaped(path)}</code></summary>
<p>${escaped(operation.description ?? "For cameras and other devices.")}</p>
<ul>${inputs.join("")}${bodies.join("")}</ul><ul>${answers.join("")}</ul></details>`;
}

const code = (schema: unknown): string =>
  `<pre>${escaped(JSON.stringify(schema, undefined, 1))}</pre>`;
