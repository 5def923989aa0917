/**
 * Every error the HTTP interface answers: code, status and message. Routes throw `httpError("CODE")`; server.ts turns
 * it, and what Fastify itself refuses, into a problem (RFC 9457) with `error: {code, message}` in it. docs/server.md lists the same codes.
 */

interface CatalogueRow {
  status: number;
  message: string;
}

export const HTTP_ERRORS = {
  BAD_REQUEST: { status: 400, message: "the request is not understood" },
  BAD_CONFIG: { status: 400, message: "the configuration is not valid" },
  BAD_CURSOR: { status: 400, message: "before is not a cursor of this list" },
  BAD_CHECK_IN: { status: 400, message: "not a check-in" },
  BAD_UPLOAD: { status: 400, message: "not an upload this server takes" },
  BAD_ENROLMENT: { status: 400, message: "not an enrolment" },
  BAD_REVIEW: { status: 400, message: "this decision is not possible" },
  BAD_PLAN: { status: 400, message: "the plan of the roll-out cannot work" },
  BAD_RULE: { status: 400, message: "the alert rule is not valid" },
  BAD_CHANNEL: { status: 400, message: "the channel is not valid" },
  UNAUTHORISED: { status: 401, message: "a credential is needed" },
  CREDENTIAL_REFUSED: { status: 401, message: "the credential is not known" },
  CLAIM_REFUSED: { status: 401, message: "no such claim; was it typed right?" },
  SIGNATURE_REFUSED: { status: 401, message: "the request is not signed by the key in it" },
  FOREIGN_ORIGIN: { status: 403, message: "requests from other sites are refused" },
  FORBIDDEN: { status: 403, message: "your role does not allow this" },
  NOT_FOUND: { status: 404, message: "there is nothing at this address" },
  CAMERA_UNKNOWN: { status: 404, message: "no camera has this cameraID" },
  CLAIM_UNKNOWN: { status: 404, message: "no claim has this claimID" },
  MEDIA_UNKNOWN: { status: 404, message: "no picture has this mediaID" },
  UPLOAD_UNKNOWN: { status: 404, message: "no upload of this camera has this address" },
  CONFIG_VERSION_UNKNOWN: { status: 404, message: "the layer has no such version" },
  PROFILE_UNKNOWN: { status: 404, message: "no profile has this name" },
  OBSERVATION_UNKNOWN: { status: 404, message: "no observation has this observationID" },
  INDIVIDUAL_UNKNOWN: { status: 404, message: "no individual has this individualID" },
  REVIEW_UNKNOWN: { status: 404, message: "no decision has this decisionID" },
  PROJECT_UNKNOWN: { status: 404, message: "no project has this projectID" },
  ANALYSIS_UNKNOWN: { status: 404, message: "no analysis has this name" },
  RELEASE_UNKNOWN: { status: 404, message: "no release has this releaseID" },
  ROLLOUT_UNKNOWN: { status: 404, message: "no roll-out has this number" },
  CAMERA_RETIRED: { status: 409, message: "this camera is out of service; enrol it again" },
  CAMERA_WITHOUT_KEYS: {
    status: 409,
    message: "this camera has no keys of its own; enrol it again",
  },
  CLAIM_USED: { status: 409, message: "this claim was used by another camera or too long ago" },
  ALERT_UNKNOWN: { status: 404, message: "no alert has this number" },
  RULE_UNKNOWN: { status: 404, message: "no alert rule has this ruleID" },
  CHANNEL_UNKNOWN: { status: 404, message: "no channel has this channelID" },
  DELIVERY_UNKNOWN: { status: 404, message: "no given-up message has this deliveryID" },
  PLACE_UNKNOWN: { status: 404, message: "no organisation, project, site or location has this ID" },
  PLACE_EXISTS: { status: 409, message: "one of this ID is there already" },
  USER_UNKNOWN: { status: 404, message: "no user has this name" },
  TOKEN_UNKNOWN: { status: 404, message: "the user has no such token" },
  USER_EXISTS: { status: 409, message: "a user of this name is there already" },
  REVIEW_UNDONE: { status: 409, message: "this decision was taken back before" },
  REVIEW_OVERTAKEN: { status: 409, message: "somebody has decided again since; undo that first" },
  CAMERA_IN_USE: { status: 409, message: "this camera has reported already; it stays" },
  MEDIA_STORED: { status: 409, message: "this picture is already stored" },
  RELEASE_EXISTS: { status: 409, message: "another release has this counter" },
  ROLLOUT_ACTIVE: { status: 409, message: "a roll-out of this kind is under way" },
  ROLLOUT_OVER: { status: 409, message: "the roll-out is over" },
  REQUEST_UNDER_WAY: { status: 409, message: "this Idempotency-Key is being answered" },
  CLAIM_EXPIRED: { status: 410, message: "this claim has expired; ask for a new one" },
  CLAIM_REVOKED: { status: 410, message: "this claim was revoked; ask for a new one" },
  RELEASE_WITHDRAWN: { status: 410, message: "this release is offered to this camera no more" },
  ALERT_OVER: { status: 409, message: "the alert is over" },
  NAME_TAKEN: { status: 409, message: "the name is taken" },
  CHANNEL_IN_USE: { status: 409, message: "a rule uses this channel" },
  ACTION_OVER: { status: 410, message: "this action is no longer open" },
  TOO_LARGE: { status: 413, message: "the request is too large" },
  BAD_RANGE: { status: 416, message: "the file does not reach that far" },
  UNSUPPORTED_TYPE: { status: 415, message: "send application/json" },
  NOT_A_JPEG: { status: 422, message: "the upload is not a JPEG picture" },
  KEY_USED: { status: 422, message: "this Idempotency-Key was used for another request" },
  TOO_MANY_REQUESTS: { status: 429, message: "too many requests with this token; wait" },
  TOO_MANY_ATTEMPTS: { status: 429, message: "too many wrong tokens from this address" },
  BUG: { status: 500, message: "the server failed; its log says how" },
  STORAGE_FAILED: {
    status: 503,
    message: "the server cannot write to its disk or database; try again later",
  },
  TOO_MANY_STREAMS: { status: 503, message: "too many open streams; try again later" },
  NO_DASHBOARD: { status: 503, message: "the dashboard is not built" },
  STORAGE_FULL: { status: 507, message: "the server's disk is nearly full" },
} satisfies Record<string, CatalogueRow>;

export type HttpErrorCode = keyof typeof HTTP_ERRORS;

export class HttpError extends Error {
  readonly code: HttpErrorCode;
  readonly statusCode: number;
  readonly headers: Record<string, string>;

  constructor(code: HttpErrorCode, message: string, headers: Record<string, string>) {
    super(message);
    this.code = code;
    this.statusCode = HTTP_ERRORS[code].status;
    this.headers = headers;
  }
}

/**
 * @param detail replaces the catalogue's message where the request deserves a more exact one
 * @param headers sent along, for example retry-after
 */
export function httpError(
  code: HttpErrorCode,
  detail?: string,
  headers: Record<string, string> = {},
): HttpError {
  return new HttpError(code, detail ?? HTTP_ERRORS[code].message, headers);
}

/** RFC 9457. `error` beside it is what cameras and the dashboard read. */
export const PROBLEM_TYPE = "application/problem+json; charset=utf-8";

export function errorBody(code: HttpErrorCode, message: string = HTTP_ERRORS[code].message) {
  const { status, message: title } = HTTP_ERRORS[code];
  const problem = { type: `urn:thicket:error:${code}`, title, status, detail: message };
  return { ...problem, error: { code, message } };
}

/** Codes of SQLite that mean "the disk or another process is in the way", not "the program is wrong". */
const STORAGE_CODES = /^SQLITE_(FULL|IOERR|BUSY|LOCKED|READONLY|CANTOPEN|CORRUPT|NOTADB)/;
/** PostgreSQL: no connection, no resources, shut down, a transaction to be tried again. */
const POSTGRES_CODES =
  /^(08\w{3}|53\w{3}|57P0\d|58\w{3}|3D000|40001|40P01|ECONN\w+|ETIMEDOUT|EPIPE)$/;
const POSTGRES_MESSAGES = /^(Connection terminated|timeout exceeded when trying to connect)/;
const STORAGE_ERRNO = /^(ENOSPC|EDQUOT|EROFS|EIO|EMFILE|EACCES|EPERM)$/;

/** What a thrown thing means to the client; undefined for a bug. */
export function asHttpError(error: unknown): HttpError | undefined {
  if (error instanceof HttpError) return error;
  const { statusCode, code = "", message = "" } = error as Partial<HttpError> & { code?: string };
  const isStorage =
    [STORAGE_CODES, POSTGRES_CODES, STORAGE_ERRNO].some((codes) => codes.test(code)) ||
    POSTGRES_MESSAGES.test(message);
  if (isStorage) {
    return httpError("STORAGE_FAILED", undefined, { "retry-after": "30" });
  }
  if (statusCode === 413) return httpError("TOO_LARGE");
  if (statusCode === 415) return httpError("UNSUPPORTED_TYPE");
  if (statusCode && statusCode >= 400 && statusCode < 500) return httpError("BAD_REQUEST", message);
  return undefined;
}
