/** Logging in and out of the dashboard: the operator token, or name and password, for a cookie that scripts cannot read. */
import Type from "typebox";
import { PASSWORD_CHARACTERS_MAX } from "../rights/passwords.ts";
import { type App, may, type OperatorServices, type Services } from "./app.ts";

const LoginBody = Type.Union([
  Type.Object({ token: Type.String({ minLength: 1, maxLength: 200 }) }),
  Type.Object({
    user: Type.String({ minLength: 1, maxLength: 64, pattern: "^[^\\u0000]*$" }),
    password: Type.String({ minLength: 1, maxLength: PASSWORD_CHARACTERS_MAX }),
  }),
]);

/**
 * POST /api/v1/session {token} or {user, password} -> 204 and the session cookie.
 * **Errors:** CREDENTIAL_REFUSED, TOO_MANY_ATTEMPTS, FOREIGN_ORIGIN
 */
export function loginRoute(app: App, { auth }: Services): void {
  app.post("/api/v1/session", { schema: { body: LoginBody } }, async (request, reply) => {
    await auth.login(request, reply, request.body);
    return reply.status(204).send();
  });
}

/** DELETE /api/v1/session -> 204; the session is closed on the server too. */
export function logoutRoute(app: App, { auth }: OperatorServices): void {
  app.delete("/api/v1/session", may("read"), async (request, reply) => {
    await auth.logout(request, reply);
    return reply.status(204).send();
  });
}
