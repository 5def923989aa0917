/** Columns of the Darwin Core archive as terms, and meta.xml that says so. Source: http://rs.tdwg.org/dwc/text/ */
const DWC = "http://rs.tdwg.org/dwc/terms/";
const DCTERMS = "http://purl.org/dc/terms/";
const AC = "http://rs.tdwg.org/ac/terms/";

const dwc = (names: string): string[] => names.split(" ").map((name) => DWC + name);

export const CORE_TERMS = [
  ...["type", "license", "rightsHolder"].map((name) => DCTERMS + name),
  ...dwc("datasetID collectionCode datasetName basisOfRecord dataGeneralizations occurrenceID"),
  ...dwc("individualCount sex lifeStage behavior occurrenceStatus occurrenceRemarks organismID"),
  ...dwc("eventID parentEventID eventDate habitat samplingProtocol samplingEffort eventRemarks"),
  ...dwc("locationID locality minimumDepthInMeters maximumDepthInMeters"),
  ...dwc("minimumDistanceAboveSurfaceInMeters maximumDistanceAboveSurfaceInMeters"),
  ...dwc("decimalLatitude decimalLongitude geodeticDatum coordinateUncertaintyInMeters"),
  ...dwc("coordinatePrecision identifiedBy dateIdentified identificationVerificationStatus"),
  ...dwc("identificationRemarks taxonID scientificName kingdom"),
];
export const WITHHELD_TERM = `${DWC}informationWithheld`;

export const MEDIA_TERMS = [
  `${DWC}occurrenceID`,
  `${DCTERMS}identifier`,
  "http://purl.org/dc/elements/1.1/type",
  `${AC}comments`,
  `${DCTERMS}rights`,
  "http://ns.adobe.com/xap/1.0/CreateDate",
  ...["captureDevice", "resourceCreationTechnique", "accessURI"].map((name) => AC + name),
  `${DCTERMS}format`,
  `${AC}serviceExpectation`,
];

export const termName = (term: string): string => term.slice(term.lastIndexOf("/") + 1);

const TABLE = String.raw`encoding="UTF-8" fieldsTerminatedBy="," linesTerminatedBy="\n" fieldsEnclosedBy="&quot;" ignoreHeaderLines="1"`;

function tableXml(tag: string, rowType: string, file: string, id: string, terms: string[]): string {
  const fields = terms.map((term, index) => `    <field index="${index}" term="${term}"/>`);
  return [
    `  <${tag} ${TABLE} rowType="${rowType}">`,
    "    <files>",
    `      <location>${file}</location>`,
    "    </files>",
    `    ${id}`,
    ...fields,
    `  </${tag}>`,
  ].join("\n");
}

export function metaXml(terms: string[]): string {
  const id = `<id index="${terms.indexOf(`${DWC}occurrenceID`)}"/>`;
  return [
    '<archive xmlns="http://rs.tdwg.org/dwc/text/">',
    tableXml("core", `${DWC}Occurrence`, "occurrence.csv", id, terms),
    tableXml("extension", `${AC}Multimedia`, "multimedia.csv", '<coreid index="0"/>', MEDIA_TERMS),
    "</archive>",
    "",
  ].join("\n");
}
