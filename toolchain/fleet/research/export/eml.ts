/** The data set's description in the Ecological Metadata Language, as GBIF reads it. Source: EML 2.2.0; camtrapdp's write_eml. */
import { randomUUID } from "node:crypto";
import type { Contributor, ProjectMetadata } from "../metadata.ts";
import { datetimeOf } from "../times.ts";
import { extentOf, periodOf } from "./descriptor.ts";
import type { ExportView } from "./view.ts";

/** [tag, attributes?, content]; without content it is left out. */
type Xml = string | XmlElement | undefined | false | (string | XmlElement | undefined | false)[];
interface XmlElement {
  tag: string;
  attributes: Record<string, string>;
  children: Xml[];
}

const el = (tag: string, ...children: Xml[]): XmlElement => ({ tag, attributes: {}, children });
const withAttributes = (element: XmlElement, attributes: Record<string, string>): XmlElement => ({
  ...element,
  attributes,
});
/** Only where there is something to say. */
const maybe = (tag: string, text: string | undefined): XmlElement | undefined =>
  text ? el(tag, text) : undefined;

const THESAURUS = "http://rs.gbif.org/vocabulary/gbif";

/** @param taxa that occurrences are of */
export function emlXml(view: ExportView, taxa: Set<string>): string {
  const { metadata } = view;
  const { other = {}, contributors = [{ title: metadata.name }], licenses = [] } = metadata;
  const people = contributors.filter(({ role }) => role !== "rightsHolder" && role !== "publisher");
  const creators = people.length ? people : contributors;
  const contact =
    contributors.find(({ role }) => role === "contact") ?? (creators[0] as Contributor);
  const license = licenses.find(({ scope }) => scope === "data");
  const id = typeof other.id === "string" ? other.id : randomUUID();
  const created = typeof other.created === "string" ? other.created : datetimeOf(view.nowS);
  const dataset = el(
    "dataset",
    el("alternateIdentifier", id),
    el("title", metadata.name),
    creators.map((person) => el("creator", ...party(person))),
    el("metadataProvider", ...party(contact)),
    el("pubDate", created.slice(0, 10)),
    el(
      "abstract",
      maybe("para", textOf(other.description)),
      el(
        "para",
        "Data have been standardized to Darwin Core by Thicket and only include observations (and associated media) " +
          "of animals. Excluded are records that document blank or unclassified media, vehicles and observations of humans.",
      ),
    ),
    keywords(
      ["Occurrence"],
      `GBIF Dataset Type Vocabulary: ${THESAURUS}/dataset_type_2015-07-10.xml`,
    ),
    keywords(["Observation"], `GBIF Dataset Subtype Vocabulary: ${THESAURUS}/dataset_subtype.xml`),
    Array.isArray(other.keywords) && keywords(other.keywords.map(String), "n/a"),
    el("intellectualRights", el("para", license?.name ?? license?.path ?? "not stated")),
    distribution(metadata.project?.path ?? textOf(other.homepage)),
    coverage(view, taxa),
    el(
      "maintenance",
      el("description", el("para", "")),
      el("maintenanceUpdateFrequency", "unknown"),
    ),
    el("contact", ...party(contact)),
    projectOf(metadata, creators),
  );
  const citation = maybe("citation", textOf(other.bibliographicCitation));
  const root = withAttributes(
    el(
      "eml:eml",
      dataset,
      citation && el("additionalMetadata", el("metadata", el("gbif", citation))),
    ),
    {
      "xmlns:eml": "https://eml.ecoinformatics.org/eml-2.2.0",
      "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
      "xmlns:stmml": "http://www.xml-cml.org/schema/stmml-1.2",
      ...{ packageId: id, system: "uuid" },
      "xsi:schemaLocation":
        "https://eml.ecoinformatics.org/eml-2.2.0 https://eml.ecoinformatics.org/eml-2.2.0/eml.xsd",
    },
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n${textOfXml(root)}\n`;
}

const textOf = (value: unknown): string | undefined =>
  typeof value === "string" ? value : undefined;

const ORCID = "https://orcid.org/";

function party({ title, email, path, organization, ...rest }: Contributor): Xml[] {
  const named = rest as { firstName?: string; lastName?: string };
  const [first = "", ...others] = title.split(" ");
  // An organisation that is its own contributor has no names.
  const isPerson = named.lastName !== undefined || (title !== organization && others.length > 0);
  const names = el(
    "individualName",
    el("givenName", named.firstName ?? first),
    el("surName", named.lastName ?? others.join(" ")),
  );
  const isOrcid = path?.startsWith(ORCID);
  return [
    isPerson && names,
    maybe("organizationName", organization ?? (isPerson ? undefined : title)),
    maybe("electronicMailAddress", email),
    isOrcid && withAttributes(el("userId", (path ?? "").slice(ORCID.length)), { directory: ORCID }),
  ];
}

const keywords = (words: string[], thesaurus: string): XmlElement =>
  el("keywordSet", ...words.map((word) => el("keyword", word)), el("keywordThesaurus", thesaurus));

function distribution(url: string | undefined): XmlElement | undefined {
  if (!url) return undefined;
  const link = withAttributes(el("url", url), { function: "information" });
  return withAttributes(el("distribution", el("online", link)), { scope: "document" });
}

function coverage(view: ExportView, taxa: Set<string>): XmlElement {
  const { metadata, nowS, isWhole } = view;
  const deployments = [...view.deploymentsByID.values()];
  const extent = extentOf(deployments);
  const { start, end } = (isWhole && metadata.temporal) || periodOf(deployments, nowS);
  const listed = (metadata.taxonomic ?? []).map(({ scientificName }) => scientificName);
  const ranks = new Map(
    (metadata.taxonomic ?? []).map(({ scientificName, taxonRank }) => [scientificName, taxonRank]),
  );
  const names = [...new Set([...listed, ...[...taxa].sort()])].filter((name) => taxa.has(name));
  return el(
    "coverage",
    extent &&
      el(
        "geographicCoverage",
        el("geographicDescription", "Geographic description not provided for this dataset."),
        el(
          "boundingCoordinates",
          el("westBoundingCoordinate", String(extent[0])),
          el("eastBoundingCoordinate", String(extent[2])),
          el("northBoundingCoordinate", String(extent[3])),
          el("southBoundingCoordinate", String(extent[1])),
        ),
      ),
    el(
      "temporalCoverage",
      el(
        "rangeOfDates",
        el("beginDate", el("calendarDate", start)),
        el("endDate", el("calendarDate", end)),
      ),
    ),
    names.length > 0 &&
      el(
        "taxonomicCoverage",
        ...names.map((name) =>
          el(
            "taxonomicClassification",
            maybe("taxonRankName", ranks.get(name)),
            el("taxonRankValue", name),
          ),
        ),
      ),
  );
}

const CAPTURE: Record<string, string> = {
  activityDetection: "activity detection",
  timeLapse: "time lapse",
};

function projectOf({ project }: ProjectMetadata, creators: Contributor[]): XmlElement | undefined {
  if (!project) return undefined;
  const { samplingDesign, individualAnimals, captureMethod } = project;
  const design = samplingDesign.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  const triggers = captureMethod.map((method) => CAPTURE[method] ?? method).join(" and ");
  const description = `This project uses a ${design} sampling design. Animals are ${
    individualAnimals ? "marked" : "unmarked"
  } and camera traps are triggered with ${triggers}.`;
  const element = el(
    "project",
    el("title", project.title),
    el("personnel", ...party(creators[0] as Contributor)),
    project.description ? el("abstract", el("para", project.description)) : undefined,
    el("designDescription", el("description", el("para", description))),
  );
  const id = project.acronym ?? project.id;
  return id ? withAttributes(element, { id }) : element;
}

const ESCAPES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const escaped = (text: string): string => text.replace(/[&<>"]/g, (sign) => ESCAPES[sign] ?? sign);

function textOfXml({ tag, attributes, children }: XmlElement, indent = ""): string {
  const pairs = Object.entries(attributes).map(([name, value]) => ` ${name}="${escaped(value)}"`);
  const open = `${indent}<${tag}${pairs.join("")}`;
  const content = children.flat().filter((child) => child !== undefined && child !== false);
  const texts = content.filter((child) => typeof child === "string");
  if (texts.join("") === "" && content.length === texts.length) return `${open}/>`;
  if (texts.length) return `${open}>${escaped(texts.join(""))}</${tag}>`;
  const inner = (content as XmlElement[]).map((child) => textOfXml(child, `${indent}  `));
  return [`${open}>`, ...inner, `${indent}</${tag}>`].join("\n");
}
