/** Roll-outs: begin, watch, pause, resume, cancel, roll back; force one camera. */
import Type from "typebox";
import { IdSchema } from "../checkin/schemas.ts";
import type { Db } from "../db/open.ts";
import { PageQuery, pageOf, WHOLE } from "../pages.ts";
import { DEFAULT_PLAN } from "../rollout/plan.ts";
import { ROLLOUT_ACTIONS } from "../rollout/service.ts";
import { listRollouts, memberDetail, rolloutDetail } from "../rollout/views.ts";
import { type App, may, mayEverywhere, type OperatorServices } from "./app.ts";

const Share = Type.Number({ exclusiveMinimum: 0, exclusiveMaximum: 1 });
const Hour = Type.Number({ minimum: 0, maximum: 24 });
const Count = Type.Number({ minimum: 1, maximum: 1_000_000 });

const PlanSchema = Type.Partial(
  Type.Object({
    rings: Type.Array(Type.Number({ exclusiveMinimum: 0, maximum: 100 }), {
      ...{ minItems: 1, maxItems: 10 },
    }),
    successThreshold: Share,
    firstBatch: Count,
    growth: Count,
    backgroundFailure: Share,
    harmfulFailure: Share,
    falseStop: Share,
    maxUnavailable: Count,
    soakMs: Type.Number({ minimum: 0, maximum: 31 * 24 * 3600_000 }),
    silentIntervals: Count,
    windows: Type.Array(Type.Tuple([Hour, Hour]), { maxItems: 10 }),
    priority: Type.Enum(["critical", "high", "normal", "low"] as const),
    budgetBytes: Type.Integer({ minimum: 1, maximum: 1_000_000_000 }),
  }),
  { additionalProperties: false },
);
const NewRolloutBody = Type.Object(
  {
    releaseID: IdSchema,
    plan: Type.Optional(PlanSchema),
    sites: Type.Optional(Type.Array(Type.String({ maxLength: 60 }), { maxItems: 1000 })),
    groups: Type.Optional(Type.Array(Type.String({ maxLength: 60 }), { maxItems: 1000 })),
    cameraIDs: Type.Optional(Type.Array(IdSchema, { maxItems: 1000 })),
  },
  { additionalProperties: false },
);
const Number_ = Type.String({ pattern: "^[0-9]{1,9}$" });
const RolloutParams = Type.Object({ rolloutID: Number_ });
const MemberParams = Type.Object({ rolloutID: Number_, cameraID: IdSchema });

export function rolloutRoutes(app: App, { clock, rollouts }: OperatorServices): void {
  const detail = (db: Db, rolloutID: string) => rolloutDetail(db, rollouts, Number(rolloutID));

  /** -> {rollouts: [...], next}, newest first, with states by ring. **Errors:** BAD_CURSOR */
  app.get(
    "/api/v1/rollouts",
    { ...may("read"), schema: { querystring: PageQuery } },
    ({ db, query }) => listRollouts(db, rollouts, pageOf(query, WHOLE)),
  );

  /** {releaseID, plan?, sites?, groups?, cameraIDs?} -> 201. **Errors:** RELEASE_UNKNOWN, BAD_PLAN, ROLLOUT_ACTIVE */
  app.post(
    "/api/v1/rollouts",
    { ...mayEverywhere("manage"), schema: { body: NewRolloutBody } },
    async (request, reply) => {
      const { releaseID, plan, ...selection } = request.body;
      const rolloutID = await rollouts.create(
        { releaseID, plan: { ...DEFAULT_PLAN, ...plan }, selection },
        clock.now(),
      );
      return reply.status(201).send(await detail(request.db, String(rolloutID)));
    },
  );

  /** -> one roll-out with sites, history and the cameras not yet through. **Errors:** ROLLOUT_UNKNOWN */
  app.get(
    "/api/v1/rollouts/:rolloutID",
    { ...may("read"), schema: { params: RolloutParams } },
    (request) => detail(request.db, request.params.rolloutID),
  );

  for (const action of ROLLOUT_ACTIONS) {
    /** -> the roll-out. **Errors:** ROLLOUT_UNKNOWN, ROLLOUT_OVER */
    app.post(
      `/api/v1/rollouts/:rolloutID/${action}`,
      { ...mayEverywhere("manage"), schema: { params: RolloutParams } },
      async (request) => {
        await rollouts.act(Number(request.params.rolloutID), action, clock.now());
        return detail(request.db, request.params.rolloutID);
      },
    );
  }

  const member = "/api/v1/rollouts/:rolloutID/cameras/:cameraID";
  /** -> one camera's state and history. **Errors:** CAMERA_UNKNOWN */
  app.get(member, { ...may("read"), schema: { params: MemberParams } }, ({ db, params }) =>
    memberDetail(db, Number(params.rolloutID), params.cameraID),
  );

  /** Offer it at the next contact, whatever the plan says. **Errors:** ROLLOUT_UNKNOWN, CAMERA_UNKNOWN, ROLLOUT_OVER */
  app.post(
    `${member}/force`,
    { ...mayEverywhere("manage"), schema: { params: MemberParams } },
    async ({ db, params }) => {
      await rollouts.force(Number(params.rolloutID), params.cameraID, clock.now());
      return memberDetail(db, Number(params.rolloutID), params.cameraID);
    },
  );
}
