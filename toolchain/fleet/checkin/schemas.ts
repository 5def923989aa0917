/**
 * What a camera may send, as schemas: device/protocol's types with their ranges. Kept apart from the code that uses
 * them so that the interface's description (OpenAPI) shows them too. Extra fields are ignored: newer cameras may add some.
 */
import Type from "typebox";

/** 32-bit seconds: Espruino's and MicroPython's clocks both end there. */
const UtcSeconds = Type.Integer({ minimum: 0, maximum: 4_294_967_295 });
const Count = Type.Integer({ minimum: 0, maximum: 4_294_967_295 });
const Version = Type.Integer({ minimum: 0, maximum: 2_147_483_647 });
const Fraction = Type.Number({ minimum: 0, maximum: 1 });
/** Ids end up in file names and addresses. */
export const ID_PATTERN = "^[A-Za-z0-9][A-Za-z0-9._-]*$";
export const IdSchema = Type.String({ minLength: 1, maxLength: 64, pattern: ID_PATTERN });
/** One line of text. */
const Line = (maxLength: number) =>
  Type.String({ maxLength, pattern: "^[^\\u0000-\\u001f\\u007f]*$" });

export const ObservationSchema = Type.Object({
  kind: Type.Literal("observation"),
  recordID: IdSchema,
  eventID: IdSchema,
  eventStart: UtcSeconds,
  eventEnd: UtcSeconds,
  observationType: Type.Enum([
    "animal",
    "human",
    "vehicle",
    "blank",
    "unknown",
    "unclassified",
  ] as const),
  scientificName: Line(80),
  count: Type.Integer({ minimum: 0, maximum: 10_000 }),
  classificationProbability: Fraction,
  classifiedBy: Line(80),
  bboxX: Fraction,
  bboxY: Fraction,
  bboxWidth: Fraction,
  bboxHeight: Fraction,
  mediaIDs: Type.Array(IdSchema, { maxItems: 20 }),
});

export const MediaSchema = Type.Object({
  kind: Type.Literal("media"),
  recordID: IdSchema,
  mediaID: IdSchema,
  eventID: IdSchema,
  timestamp: UtcSeconds,
  captureMethod: Type.Enum(["activityDetection", "timeLapse"] as const),
  fileBytes: Type.Integer({ minimum: 0, maximum: 100_000_000 }),
  width: Type.Integer({ minimum: 0, maximum: 20_000 }),
  height: Type.Integer({ minimum: 0, maximum: 20_000 }),
});

export const FaultSchema = Type.Object({
  kind: Type.Literal("fault"),
  recordID: IdSchema,
  timestamp: UtcSeconds,
  // Texts of unexpected errors can hold anything; they are tidied, not refused.
  subsystem: Type.String({ maxLength: 1000 }),
  code: Type.String({ maxLength: 1000 }),
  count: Count,
  uptimeS: Type.Optional(Count),
  before: Type.Optional(Type.String({ maxLength: 1000 })),
});

export const SubsystemSchema = Type.Object({
  name: Line(40),
  state: Type.Enum(["running", "waiting", "stopped", "missing"] as const),
  failures: Count,
});

export const DetailsSchema = Type.Object({
  appVersion: Line(40),
  totalVars: Count,
  subsystems: Type.Array(SubsystemSchema, { maxItems: 32 }),
  // Words of unexpected errors; tidied, not refused.
  selfTest: Type.Optional(Type.String({ maxLength: 1000 })),
});

export const HeartbeatSchema = Type.Object({
  state: Type.Enum([
    "initialising",
    "operational",
    "degraded",
    "updating",
    "maintenance",
    "safe",
    "shutdown",
  ] as const),
  uptimeS: Type.Number({ minimum: 0 }),
  bootCount: Count,
  bootReason: Line(80),
  appVersion: Line(40),
  freeVars: Count,
  totalVars: Count,
  freeFlashBytes: Count,
  batteryMv: Type.Number({ minimum: 0, maximum: 100_000 }),
  tempC: Type.Union([Type.Number({ minimum: -273, maximum: 1000 }), Type.Null()]),
  rssiDbm: Type.Number({ minimum: -200, maximum: 100 }),
  queuedRecords: Count,
  queuedMedia: Count,
  droppedRecords: Count,
  triggers: Count,
  suppressedTriggers: Type.Optional(Count),
  captures: Count,
  captureFailures: Count,
  inferences: Count,
  inferenceMs: Type.Number({ minimum: 0 }),
  clockDriftS: Type.Number(),
  inferenceFailures: Type.Optional(Count),
  captureMsP50: Type.Optional(Count),
  captureMsP95: Type.Optional(Count),
  inferenceMsP50: Type.Optional(Count),
  inferenceMsP95: Type.Optional(Count),
  lens: Type.Optional(Type.Enum(["unknown", "clear", "covered", "blurred"] as const)),
  poweredS: Type.Optional(Count),
  unableS: Type.Optional(Count),
  selfTest: Type.Optional(Type.String({ maxLength: 1000 })),
  checkInIntervalS: Type.Integer({ minimum: 1, maximum: 31_622_400 }),
  subsystems: Type.Array(SubsystemSchema, { maxItems: 32 }),
});

export const ReleaseReportSchema = Type.Object({
  kind: Type.Enum(["app", "model", "firmware"] as const),
  counter: Count,
  pending: Type.Optional(Count),
  failed: Type.Optional(
    Type.Object({
      counter: Count,
      attempt: Type.Integer({ minimum: 0, maximum: 1_000_000 }),
      reason: Type.String({ maxLength: 1000 }),
    }),
  ),
  waiting: Type.Optional(Type.String({ maxLength: 1000 })),
  whole: Type.Optional(Count),
});

/** The envelope. Heartbeat and records are judged one by one, so that one bad part does not lose the others. */
export const CheckInSchema = Type.Object({
  v: Type.Literal(1),
  sequence: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
  time: UtcSeconds,
  configVersion: Version,
  configSum: Type.Optional(Type.Integer({ minimum: 0, maximum: 16_777_215 })),
  configRefused: Type.Optional(
    Type.Object({ version: Version, reason: Type.String({ maxLength: 1000 }) }),
  ),
  orderDone: Type.Optional(Version),
  records: Type.Array(Type.Unknown(), { maxItems: 1000 }),
  heartbeat: Type.Unknown(),
  details: Type.Optional(Type.Unknown()),
});
