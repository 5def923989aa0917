/** People: who there is, what each may do, and tokens for their programs. */
import Type from "typebox";
import { httpError } from "../http-errors.ts";
import { PageQuery, pageOf, WHOLE } from "../pages.ts";
import { PASSWORD_CHARACTERS_MAX, PASSWORD_CHARACTERS_MIN } from "../rights/passwords.ts";
import { RIGHTS, type Right, ROLE_SCOPES, ROLES, type RoleScope } from "../rights/rights.ts";
import { addToken, addUser, listUsers, removeToken, removeUser, setRole } from "../store/users.ts";
import { type App, may, type OperatorServices } from "./app.ts";

const TOKEN_DAYS_MAX = 3650;
const TOKEN_DAYS = 365;

const UserName = Type.String({ pattern: "^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$" });
const UserParams = Type.Object({ name: UserName });
const Role = Type.Enum([...ROLES]);
const onServer = { scope: "server", scopeID: "" } as const;
const Where = {
  scope: Type.Optional(Type.Enum([...ROLE_SCOPES])),
  scopeID: Type.Optional(Type.String({ maxLength: 130, pattern: "^[^\\u0000-\\u001f\\u007f]*$" })),
};
const NewUserBody = Type.Object(
  {
    name: UserName,
    password: Type.Optional(
      Type.String({
        ...{ minLength: PASSWORD_CHARACTERS_MIN, maxLength: PASSWORD_CHARACTERS_MAX },
        pattern: "^[^\\u0000]*$",
      }),
    ),
    role: Role,
    ...Where,
  },
  { additionalProperties: false },
);
const NewTokenBody = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 60, pattern: "^[^\\u0000-\\u001f\\u007f]+$" }),
    scopes: Type.Optional(Type.Array(Type.Enum(Object.keys(RIGHTS) as Right[]), { maxItems: 20 })),
    days: Type.Optional(Type.Integer({ minimum: 1, maximum: TOKEN_DAYS_MAX })),
  },
  { additionalProperties: false },
);

export function userRoutes(app: App, { streams }: OperatorServices): void {
  /** -> {name, rights} of who is asking. */
  app.get("/api/v1/me", may("read"), async ({ caller }) => ({
    name: caller.name,
    rights: [...caller.rights],
  }));

  /** -> {users: [{name, created, hasPassword, role, roles, tokens}], next}. **Errors:** BAD_CURSOR */
  app.get(
    "/api/v1/users",
    { ...may("administer"), schema: { querystring: PageQuery } },
    ({ db, query }) => listUsers(db, pageOf(query, WHOLE)),
  );

  /** {name, password?, role, scope?, scopeID?} -> 201 {name}; without scope the role holds on the server. **Errors:** USER_EXISTS, FORBIDDEN */
  app.post(
    "/api/v1/users",
    { ...may("administer"), schema: { body: NewUserBody } },
    async ({ db, body: { role, scope, scopeID, ...user } }, reply) => {
      const held = { role, ...(whereOf({ scope, scopeID }) ?? onServer) };
      await addUser(db, { ...user, role: held }, Date.now());
      return reply.status(201).send({ name: user.name.toLowerCase() });
    },
  );

  /**
   * {role, scope?, scopeID?} -> 204: the role there. {role: null} takes the one there, without scope all. **Errors:** USER_UNKNOWN,
   * FORBIDDEN
   */
  app.put(
    "/api/v1/users/:name/role",
    {
      ...may("administer"),
      schema: {
        params: UserParams,
        body: Type.Object({ role: Type.Union([Role, Type.Null()]), ...Where }),
      },
    },
    async ({ db, params, body }, reply) => {
      const where = whereOf(body) ?? (body.role === null ? null : onServer);
      streams.dropUser(await setRole(db, params.name, body.role, where));
      return reply.status(204).send();
    },
  );

  /** -> 204; roles, tokens and sessions go, decisions keep the name. **Errors:** USER_UNKNOWN, FORBIDDEN */
  app.delete(
    "/api/v1/users/:name",
    { ...may("administer"), schema: { params: UserParams } },
    async ({ db, params }, reply) => {
      streams.dropUser(await removeUser(db, params.name));
      return reply.status(204).send();
    },
  );

  /** {name, scopes?, days?} -> 201 {tokenID, token, expires}; the token is shown this once. **Errors:** USER_UNKNOWN */
  app.post(
    "/api/v1/users/:name/tokens",
    { ...may("administer"), schema: { params: UserParams, body: NewTokenBody } },
    async ({ db, params, body }, reply) => {
      const { name, scopes = null, days = TOKEN_DAYS } = body;
      const made = await addToken(db, params.name, { name, scopes, days }, Date.now());
      return reply.status(201).send(made);
    },
  );

  /** -> 204; the token counts no more. **Errors:** USER_UNKNOWN, TOKEN_UNKNOWN */
  app.delete(
    "/api/v1/users/:name/tokens/:tokenID",
    {
      ...may("administer"),
      schema: {
        params: Type.Object({ name: UserName, tokenID: Type.String({ format: "uuid" }) }),
      },
    },
    async ({ db, params }, reply) => {
      await removeToken(db, params.name, params.tokenID);
      return reply.status(204).send();
    },
  );
}

/** null where the request names no place. **Errors:** BAD_REQUEST */
function whereOf({ scope, scopeID = "" }: { scope?: RoleScope; scopeID?: string }) {
  if (scope === undefined) return null;
  if ((scope === "server") === (scopeID === "")) return { scope, scopeID };
  throw httpError("BAD_REQUEST", "scopeID names the organisation, project or site of the role");
}
