/**
 * Camtrap DP packages judged by code that is not ours: npm datapackage reads every row against the official table schemas with
 * foreign keys, ajv holds datapackage.json against the official profile. datapackage ignores the order of columns, and the profile
 * the names of tables: both are looked at here.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import addFormats from "ajv-formats";
// @ts-expect-error it has no types
import { Package } from "datapackage";
import { SHARED_DATA } from "./skip.ts";

const TABLES = ["deployments", "media", "observations"];
const STANDARD = join(SHARED_DATA ?? "", "domain/camtrap-dp-1.0.2");
// biome-ignore lint/suspicious/noExplicitAny: JSON of the standard, reached into
const json = (file: string): any => JSON.parse(readFileSync(file, "utf8"));

/** Problems in words; none: valid. */
export async function officialProblems(folder: string): Promise<string[]> {
  const descriptor = json(join(folder, "datapackage.json"));
  return [...profileProblems(descriptor), ...(await rowProblems(folder, descriptor))];
}

function profileProblems(descriptor: { resources: { name: string }[] }): string[] {
  const profile = json(join(STANDARD, "camtrap-dp-profile.json"));
  const base = json(join(STANDARD, "data-package-v1-profile.json"));
  // Both are draft-04 and use nothing that later drafts changed. The copy of the base has an older list of roles, and wants a
  // schema to be an object where the standard gives its address.
  for (const schema of [profile, base]) delete schema.$schema;
  base.properties.contributors.items.properties.role = {};
  base.properties.resources.items = {};
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: true });
  (addFormats as unknown as (ajv: Ajv) => void)(ajv);
  ajv.addFormat("textarea", true);
  for (const reference of JSON.stringify(profile).match(/"\$ref":"(http[^"]+)"/g) ?? []) {
    const address = reference.slice(8, -1);
    if (!ajv.getSchema(address)) ajv.addSchema(/package/.test(address) ? base : {}, address);
  }
  const validate = ajv.compile(profile);
  validate(descriptor);
  const missing = TABLES.filter((name) => !descriptor.resources.some((one) => one.name === name));
  return [
    ...(validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`),
    ...missing.map((name) => `no table ${name}`),
  ];
}

interface Resource {
  name: string;
  path: string;
  schema?: unknown;
}

async function rowProblems(
  folder: string,
  descriptor: { resources: Resource[] },
): Promise<string[]> {
  const tables = descriptor.resources.filter(({ path }) => path !== undefined);
  const resources = tables.map((resource) =>
    TABLES.includes(resource.name)
      ? { ...resource, schema: json(join(STANDARD, `${resource.name}-table-schema.json`)) }
      : resource,
  );
  const opened = await Package.load(
    { name: "package", resources, profile: "data-package" },
    { basePath: folder },
  );
  const problems: string[] = [];
  for (const resource of opened.resources) {
    const fields = resource.schema.fields.map(({ name }: { name: string }) => name).join(",");
    const [header = ""] = readFileSync(join(folder, resource.descriptor.path), "utf8").split(
      "\n",
      1,
    );
    if (header !== fields) problems.push(`${resource.name}: columns are ${header}`);
    try {
      await resource.read({ relations: true });
    } catch (error) {
      const { message, errors = [] } = error as Error & { errors?: Error[] };
      problems.push(
        `${resource.name}: ${[message, ...errors.map((one) => one.message)].join("; ")}`,
      );
    }
  }
  return problems;
}
