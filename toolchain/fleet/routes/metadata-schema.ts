/**
 * What an import may say of its project: the members of a datapackage.json that have a column. Loose where the standard is checked by
 * whoever reads the package, strict where the server reads them itself.
 */
import Type from "typebox";

const Text = Type.String({ maxLength: 100_000, pattern: "^[^\\u0000]*$" });
const MaybeText = Type.Optional(Text);
const Objects = Type.Array(Type.Object({}));

const Contributor = Type.Object({
  title: Text,
  ...{ email: MaybeText, path: MaybeText, role: MaybeText, organization: MaybeText },
});
const License = Type.Object({
  scope: Type.Enum(["data", "media"] as const),
  ...{ name: MaybeText, path: MaybeText, title: MaybeText },
});
const Taxon = Type.Object({
  scientificName: Text,
  ...{ taxonID: MaybeText, taxonRank: MaybeText },
  ...{ class: MaybeText, order: MaybeText, family: MaybeText, genus: MaybeText },
  vernacularNames: Type.Optional(Type.Record(Type.String(), Text)),
});

export const MetadataBody = Type.Object(
  {
    name: Type.Optional(Type.String({ minLength: 1, maxLength: 1000, pattern: "^[^\\u0000]*$" })),
    contributors: Type.Optional(Type.Array(Contributor)),
    sources: Type.Optional(Objects),
    licenses: Type.Optional(Type.Array(License)),
    project: Type.Optional(Type.Object({ title: MaybeText, samplingDesign: MaybeText })),
    spatial: Type.Optional(Type.Object({})),
    temporal: Type.Optional(Type.Object({ start: Text, end: Text })),
    taxonomic: Type.Optional(Type.Array(Taxon)),
    other: Type.Optional(Type.Object({})),
  },
  { additionalProperties: false },
);
