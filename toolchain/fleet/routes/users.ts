/** People: who there is, what each may do, and tokens for their programs. */
import Type from "typebox";
import { PASSWORD_CHARACTERS_MAX, PASSWORD_CHARACTERS_MIN } from "../rights/passwords.ts";
import { RIGHTS, type Right, ROLES } from "../rights/rights.ts";
import { addToken, addUser, listUsers, removeToken, setRole } from "../store/users.ts";
import { type App, may, type Services } from "./app.ts";

const TOKEN_DAYS_MAX = 3650;
const TOKEN_DAYS = 365;

const UserName = Type.String({ pattern: "^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$" });
const UserParams = Type.Object({ name: UserName });
const Role = Type.Enum([...ROLES]);
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

export function userRoutes(app: App, { db }: Services): void {
  /** -> {name, rights} of who is asking. */
  app.get("/api/v1/me", may("read"), async ({ caller }) => ({
    name: caller.name,
    rights: [...caller.rights],
  }));

  /** -> {users: [{name, created, hasPassword, role, tokens}]} */
  app.get("/api/v1/users", may("administer"), async () => ({ users: await listUsers(db) }));

  /** {name, password?, role} -> 201 {name}. **Errors:** USER_EXISTS */
  app.post(
    "/api/v1/users",
    { ...may("administer"), schema: { body: NewUserBody } },
    async ({ body }, reply) => {
      await addUser(db, body, Date.now());
      return reply.status(201).send({ name: body.name.toLowerCase() });
    },
  );

  /** {role} or {role: null} -> 204. **Errors:** USER_UNKNOWN */
  app.put(
    "/api/v1/users/:name/role",
    {
      ...may("administer"),
      schema: {
        params: UserParams,
        body: Type.Object({ role: Type.Union([Role, Type.Null()]) }),
      },
    },
    async ({ params, body }, reply) => {
      await setRole(db, params.name, body.role);
      return reply.status(204).send();
    },
  );

  /** {name, scopes?, days?} -> 201 {tokenID, token, expires}; the token is shown this once. **Errors:** USER_UNKNOWN */
  app.post(
    "/api/v1/users/:name/tokens",
    { ...may("administer"), schema: { params: UserParams, body: NewTokenBody } },
    async ({ params, body }, reply) => {
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
    async ({ params }, reply) => {
      await removeToken(db, params.name, params.tokenID);
      return reply.status(204).send();
    },
  );
}
