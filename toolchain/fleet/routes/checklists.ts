/** What was checked when a camera was set up: stored with its deployment by `toolchain setup`. */
import Type from "typebox";
import { IdSchema } from "../checkin/schemas.ts";
import { checklistOf, saveChecklist } from "../store/checklists.ts";
import { type App, may, type OperatorServices } from "./app.ts";

const CHECKS_MAX = 40;
const Params = Type.Object({ cameraID: IdSchema });
const Check = Type.Object(
  {
    step: Type.String({ pattern: "^[a-z][a-z-]{0,29}$" }),
    state: Type.Union([Type.Literal("passed"), Type.Literal("skipped"), Type.Literal("failed")]),
    value: Type.String({ maxLength: 200 }),
    time: Type.Optional(Type.String({ pattern: "^\\d\\d\\d\\d-\\d\\d-\\d\\dT[\\d:.]+Z$" })),
  },
  { additionalProperties: false },
);
const Body = Type.Object({ checks: Type.Array(Check, { minItems: 1, maxItems: CHECKS_MAX }) });

export function checklistRoutes(app: App, { clock }: OperatorServices): void {
  /** -> {checklist}, null where nothing was checked. **Errors:** CAMERA_UNKNOWN */
  app.get(
    "/api/v1/cameras/:cameraID/checklist",
    { ...may("read"), schema: { params: Params } },
    async ({ db, params, caller }) => ({
      checklist: await checklistOf(db, params.cameraID, caller.reach("locate")),
    }),
  );

  /** {checks: [{step, state, value, time?}]} -> {checklist}. **Errors:** BAD_REQUEST, CAMERA_UNKNOWN, CAMERA_RETIRED */
  app.put(
    "/api/v1/cameras/:cameraID/checklist",
    { ...may("operate"), schema: { params: Params, body: Body } },
    async ({ db, params, body, caller }) => ({
      checklist: await saveChecklist(
        db,
        params.cameraID,
        { checks: body.checks, by: caller.name },
        clock.now(),
      ),
    }),
  );
}
