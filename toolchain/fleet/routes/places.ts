/** Who owns what and where it is: organisations, projects, sites, locations. */
import Type, { type TObject, type TProperties } from "typebox";
import { DEFAULT_PROJECT } from "../ids.ts";
import { PageQuery, pageOf, WHOLE } from "../pages.ts";
import {
  addLocation,
  addOrganisation,
  addProject,
  addSite,
  listLocations,
  listOrganisations,
  listProjects,
  listSites,
  setProjectSensitivity,
  setSiteSensitivity,
} from "../store/tenants.ts";
import { type App, may, mayEverywhere, type OperatorServices } from "./app.ts";
import { Label, Name } from "./place-schemas.ts";

/** What is not known would become the name of a column. */
const strict = <T extends TProperties>(properties: T): TObject<T> =>
  Type.Object(properties, { additionalProperties: false });

/** No "/": it parts a project from a site. */
const OwnerID = Type.String({ pattern: "^[a-z0-9][a-z0-9-]{0,39}$" });
const SensitivityLevel = Type.Enum([0, 1, 2, 3, 4] as const);
const SensitivityBody = strict({ sensitivity: SensitivityLevel });
const SiteID = Type.String({
  minLength: 1,
  maxLength: 110,
  pattern: "^[^\\u0000-\\u001f\\u007f]+$",
});

const NewOrganisation = strict({ organisationID: OwnerID, name: Label });
const NewProject = strict({
  projectID: OwnerID,
  organisationID: Type.Optional(OwnerID),
  name: Label,
  sensitivity: Type.Optional(SensitivityLevel),
});
const NewSite = strict({
  projectID: Type.Optional(OwnerID),
  name: Name,
  sensitivity: Type.Optional(SensitivityLevel),
});
/** Half around the earth. */
const Metres = Type.Integer({ minimum: 0, maximum: 20_040_000 });
const NewLocation = strict({
  siteID: SiteID,
  name: Label,
  latitude: Type.Number({ minimum: -90, maximum: 90 }),
  longitude: Type.Number({ minimum: -180, maximum: 180 }),
  coordinateUncertainty: Type.Optional(Type.Union([Metres, Type.Null()])),
  sensitivity: Type.Optional(SensitivityLevel),
});

const read = { ...may("read"), schema: { querystring: PageQuery } };

export function placeRoutes(app: App, services: OperatorServices): void {
  ownerRoutes(app, services);
  siteRoutes(app, services);
}

function ownerRoutes(app: App, { clock }: OperatorServices): void {
  /** -> {organisations: [{organisationID, name, created}], next} */
  app.get("/api/v1/organisations", read, ({ db, query }) =>
    listOrganisations(db, pageOf(query, WHOLE)),
  );

  /** {organisationID, name} -> 201. **Errors:** PLACE_EXISTS */
  app.post(
    "/api/v1/organisations",
    { ...mayEverywhere("administer"), schema: { body: NewOrganisation } },
    async ({ db, body }, reply) => {
      await addOrganisation(db, body, clock.now());
      return reply.status(201).send({ organisationID: body.organisationID });
    },
  );

  /** -> {projects: [{projectID, organisationID, name, sensitivity, created}], next} */
  app.get("/api/v1/projects", read, ({ db, query }) => listProjects(db, pageOf(query, WHOLE)));

  /** {projectID, name, organisationID?, sensitivity?} -> 201. **Errors:** PLACE_EXISTS, PLACE_UNKNOWN */
  app.post(
    "/api/v1/projects",
    { ...mayEverywhere("administer"), schema: { body: NewProject } },
    async ({ db, body }, reply) => {
      const { organisationID = DEFAULT_PROJECT, sensitivity = 0, ...project } = body;
      await addProject(db, { ...project, organisationID, sensitivity }, clock.now());
      return reply.status(201).send({ projectID: project.projectID });
    },
  );

  /** {sensitivity} -> 204: of places that say nothing themselves. **Errors:** PLACE_UNKNOWN, FORBIDDEN */
  app.patch(
    "/api/v1/projects/:projectID",
    {
      ...may("manage"),
      schema: { params: strict({ projectID: OwnerID }), body: SensitivityBody },
    },
    async ({ db, caller, params, body }, reply) => {
      const exact = caller.reach("locate");
      await setProjectSensitivity(db, params.projectID, body.sensitivity, exact);
      return reply.status(204).send();
    },
  );
}

function siteRoutes(app: App, { clock, streams }: OperatorServices): void {
  /** -> {sites: [{siteID, projectID, name, sensitivity, created}], next} */
  app.get("/api/v1/sites", read, ({ db, query }) => listSites(db, pageOf(query, WHOLE)));

  /** {name, projectID?, sensitivity?} -> 201 {siteID}. **Errors:** PLACE_EXISTS, PLACE_UNKNOWN, FORBIDDEN */
  app.post(
    "/api/v1/sites",
    { ...may("manage"), schema: { body: NewSite } },
    async ({ db, body }, reply) =>
      reply.status(201).send({ siteID: await addSite(db, body, clock.now()) }),
  );

  /** {sensitivity} -> 204. **Errors:** PLACE_UNKNOWN, FORBIDDEN */
  app.patch(
    "/api/v1/sites/:siteID",
    {
      ...may("manage"),
      schema: { params: strict({ siteID: SiteID }), body: SensitivityBody },
    },
    async ({ db, caller, params, body }, reply) => {
      await setSiteSensitivity(db, params.siteID, body.sensitivity, caller.reach("locate"));
      streams.wake();
      return reply.status(204).send();
    },
  );

  /** -> {locations: [{locationID, projectID, siteID, name, latitude, longitude, ...}], next} */
  app.get("/api/v1/locations", read, ({ db, caller, query }) =>
    listLocations(db, caller.reach("locate"), pageOf(query, WHOLE)),
  );

  /** {siteID, name, latitude, longitude, coordinateUncertainty?, sensitivity?} -> 201 {locationID}. **Errors:** PLACE_UNKNOWN */
  app.post(
    "/api/v1/locations",
    { ...may("manage"), schema: { body: NewLocation } },
    async ({ db, body }, reply) =>
      reply.status(201).send({ locationID: await addLocation(db, body, clock.now()) }),
  );
}
