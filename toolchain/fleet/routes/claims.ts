/** Claims, for operators: made and shown once, listed without their text, revoked. */
import Type from "typebox";
import { IdSchema } from "../checkin/schemas.ts";
import { PageQuery, pageOf, WHOLE } from "../pages.ts";
import { createClaims, listClaims, revokeClaim } from "../store/claims.ts";
import { type App, may, type OperatorServices } from "./app.ts";
import { Label, Latitude, Longitude, Name } from "./place-schemas.ts";

const DAY_S = 86_400;
const EXPIRES_S_MAX = 90 * DAY_S;
const COUNT_MAX = 500;

const NewClaimsBody = Type.Object({
  site: Name,
  group: Type.Optional(Type.Union([Label, Type.Null()])),
  role: Type.Optional(Type.Union([Label, Type.Null()])),
  name: Type.Optional(Type.Union([Name, Type.Null()])),
  latitude: Type.Optional(Latitude),
  longitude: Type.Optional(Longitude),
  expiresS: Type.Optional(Type.Integer({ minimum: 60, maximum: EXPIRES_S_MAX })),
  count: Type.Optional(Type.Integer({ minimum: 1, maximum: COUNT_MAX })),
});
const ClaimParams = Type.Object({ claimID: IdSchema });

export function claimRoutes(app: App, { clock }: OperatorServices): void {
  /** -> 201 {claims: [{claimID, claim, ...}]}; the claims are shown this once. **Errors:** BAD_REQUEST */
  app.post(
    "/api/v1/claims",
    { ...may("manage"), schema: { body: NewClaimsBody } },
    async (request, reply) => {
      const { expiresS = DAY_S, count = 1, ...wish } = request.body;
      const nowMs = clock.now();
      const claims = await createClaims(request.db, wish, {
        ...{ count, nowMs, expiresMs: nowMs + expiresS * 1000 },
      });
      return reply.status(201).send({ claims });
    },
  );

  /** -> {claims: [...], next}, newest first, each with its state: open, used, expired, revoked. **Errors:** BAD_CURSOR */
  app.get(
    "/api/v1/claims",
    { ...may("manage"), schema: { querystring: PageQuery } },
    ({ db, query }) => listClaims(db, clock.now(), pageOf(query, WHOLE)),
  );

  /** -> 204. **Errors:** CLAIM_UNKNOWN, CLAIM_USED */
  app.delete(
    "/api/v1/claims/:claimID",
    { ...may("manage"), schema: { params: ClaimParams } },
    async (request, reply) => {
      await revokeClaim(request.db, request.params.claimID, clock.now());
      return reply.status(204).send();
    },
  );
}
