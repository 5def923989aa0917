/** All layers and groups as one JSON document, to keep, to review and to bring to another server. */
import Type from "typebox";
import { Compile } from "typebox/compile";
import { SCOPES } from "../config/layers.ts";
import type { Db } from "../db/open.ts";
import { httpError } from "../http-errors.ts";
import {
  type ChangeOptions,
  changeLayers,
  currentLayers,
  type LayerChange,
} from "./config-layers.ts";

export const FORMAT = "thicket-config-1";

const Document = Compile(
  Type.Object({
    format: Type.Literal(FORMAT),
    layers: Type.Array(
      Type.Object({
        scope: Type.Enum([...SCOPES]),
        name: Type.String({ minLength: 1, maxLength: 64 }),
        values: Type.Record(Type.String(), Type.Integer()),
      }),
      { maxItems: 100_000 },
    ),
  }),
);

/** -> {format, layers: [{scope, name, values}]}, the strongest last */
export async function exportLayers(db: Db) {
  const layers = [...(await currentLayers(db)).values()].sort(
    (a, b) => SCOPES.indexOf(a.scope) - SCOPES.indexOf(b.scope) || (a.name < b.name ? -1 : 1),
  );
  return {
    format: FORMAT,
    layers: layers.map(({ scope, name, values }) => ({ scope, name, values })),
  };
}

/**
 * Make the layers of a document what it says, all or none; layers it does not name stay.
 * **Errors:** BAD_CONFIG, CAMERA_UNKNOWN
 */
export async function importLayers(
  db: Db,
  document: unknown,
  options: Omit<ChangeOptions, "note">,
): Promise<LayerChange> {
  if (!Document.Check(document)) {
    const [error] = Document.Errors(document);
    const where = error?.instancePath.slice(1).replaceAll("/", ".");
    throw httpError("BAD_CONFIG", `not a ${FORMAT} document: ${where ?? ""} ${error?.message}`);
  }
  const edits = document.layers.map((layer) => ({ ...layer, isWhole: true }));
  return changeLayers(db, edits, { ...options, note: "import" });
}
