/** POST /device/v1/enrol: a camera shows its claim. The only device route without a credential: it is how to get one. */
import Type from "typebox";
import { Compile } from "typebox/compile";
import { ENROL_PATH, type EnrolmentRequest } from "../../../device/protocol/enrolment.ts";
import { HttpError, httpError } from "../http-errors.ts";
import { createFailureLimit } from "../rate-limit.ts";
import { enrol } from "../store/enrolments.ts";
import type { App, Services } from "./app.ts";
import { Label, Name } from "./place-schemas.ts";

const BODY_BYTES_MAX = 4096;
/** Wrong claims a minute from one address; a right one is always taken. */
const FAILURES_MAX = 20;
const WRONG = ["CLAIM_REFUSED", "SIGNATURE_REFUSED"];

const request = Compile(
  Type.Object({
    v: Type.Literal(1),
    claim: Type.String({ minLength: 8, maxLength: 64, pattern: "^[\\x20-\\x7e]+$" }),
    publicKey: Type.String({ pattern: "^[A-Za-z0-9+/]{87}=$" }),
    name: Type.Optional(Name),
    hardware: Label,
    latitude: Type.Optional(Type.Number({ minimum: -90, maximum: 90 })),
    longitude: Type.Optional(Type.Number({ minimum: -180, maximum: 180 })),
    time: Type.Integer({ minimum: 0, maximum: 4_294_967_295 }),
    signature: Type.String({ pattern: "^[A-Za-z0-9+/]{86}==$" }),
  }),
);

export function enrolRoutes(app: App, { db, clock, rollouts, streams, onProblem }: Services): void {
  const failures = createFailureLimit({ failuresMax: FAILURES_MAX });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "string" }, (_request, body, done) => {
    try {
      done(null, JSON.parse(String(body)));
    } catch {
      done(httpError("BAD_ENROLMENT", "the body is not JSON"));
    }
  });
  /**
   * EnrolmentRequest -> EnrolmentReply. **Errors:** BAD_ENROLMENT, CLAIM_REFUSED, CLAIM_USED, CLAIM_EXPIRED, CLAIM_REVOKED,
   * SIGNATURE_REFUSED, TOO_MANY_ATTEMPTS
   */
  app.post(ENROL_PATH, { bodyLimit: BODY_BYTES_MAX }, async ({ body, ip }) => {
    const asked = readable(body);
    if (!request.Check(asked)) {
      const [error] = request.Errors(asked);
      throw httpError(
        "BAD_ENROLMENT",
        `not an enrolment: ${error?.instancePath} ${error?.message}`,
      );
    }
    try {
      return await enrol(db, asked as EnrolmentRequest, clock.now());
    } catch (error) {
      if (error instanceof HttpError && WRONG.includes(error.code)) {
        onProblem(`enrolment refused from ${ip}: ${error.code}`);
        const waitS = failures.failed(ip);
        if (waitS > 0) throw tooMany(waitS);
      }
      throw error;
    } finally {
      rollouts.forget();
      streams.wake();
    }
  });
}

const tooMany = (waitS: number) =>
  httpError("TOO_MANY_ATTEMPTS", `too many wrong claims from this address; wait ${waitS} s`, {
    "retry-after": String(waitS),
  });

/** A camera's strings are bytes, and its JSON writes each as a character: a name's UTF-8 is put together again. */
function readable(body: unknown): unknown {
  const { name } = (body ?? {}) as { name?: unknown };
  if (typeof name !== "string" || !/^[\0-\xff]*$/.test(name)) return body;
  const text = Buffer.from(name, "latin1").toString("utf8");
  return text.includes("\ufffd") ? body : { ...(body as object), name: text };
}
