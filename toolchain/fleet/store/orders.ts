/**
 * Orders to cameras (device/protocol/orders.ts): kept until the camera says that it carried them out, proved when they
 * are sent, with the key in force then. What an order changes on the server changes when the camera has done it.
 */
import type { Order } from "../../../device/protocol/orders.ts";
import type { Db } from "../db/open.ts";
import type { CameraOrdersTable } from "../db/tables-identity.ts";
import { proofOf } from "../enrolment-keys.ts";

type NewOrder = Pick<CameraOrdersTable, "kind" | "text"> &
  Partial<Pick<CameraOrdersTable, "orderKey" | "tokenHash">>;

export async function recordEvent(
  db: Db,
  cameraID: string,
  event: string,
  detail: string,
  timeMs: number,
): Promise<void> {
  await db.insertInto("camera_events").values({ cameraID, event, detail, timeMs }).execute();
}

/** @param order what it is, or a function of its number */
export async function addOrder(
  transaction: Db,
  cameraID: string,
  order: NewOrder | ((number: number) => NewOrder),
  nowMs: number,
): Promise<void> {
  const { last } = await transaction
    .selectFrom("camera_orders")
    .select((row) => row.fn.max("number").as("last"))
    .where("cameraID", "=", cameraID)
    .executeTakeFirstOrThrow();
  const number = Number(last ?? 0) + 1;
  const {
    kind,
    text,
    orderKey = null,
    tokenHash = null,
  } = typeof order === "function" ? order(number) : order;
  await transaction
    .insertInto("camera_orders")
    .values({ cameraID, number, kind, text, orderKey, tokenHash, createdMs: nowMs, doneMs: null })
    .execute();
  if (tokenHash !== null) {
    // Taken from now on, beside the old one: the camera uses it as soon as it has heard.
    await transaction
      .insertInto("tokens")
      .values({ hash: tokenHash, kind: "camera", cameraID, createdMs: nowMs })
      .execute();
  }
}

/** What waits will not be sent any more. */
export async function dropOrders(transaction: Db, cameraID: string, nowMs: number): Promise<void> {
  await transaction
    .updateTable("camera_orders")
    .set({ doneMs: nowMs })
    .where("cameraID", "=", cameraID)
    .where("doneMs", "is", null)
    .execute();
}

/**
 * Take note of what cameras have carried out.
 * @returns the next order for each that has one
 */
export async function settleOrders(
  transaction: Db,
  heard: { cameraID: string; orderDone: number }[],
  nowMs: number,
): Promise<Map<string, Order>> {
  const rows = await transaction
    .selectFrom("camera_orders")
    .leftJoin("camera_identities", "camera_identities.cameraID", "camera_orders.cameraID")
    .selectAll("camera_orders")
    .select("camera_identities.orderKey as keyInForce")
    .where(
      "camera_orders.cameraID",
      "in",
      heard.map(({ cameraID }) => cameraID),
    )
    .where("camera_orders.doneMs", "is", null)
    .orderBy("camera_orders.number")
    .execute();
  const next = new Map<string, Order>();
  const keys = new Map<string, string | null>();
  for (const row of rows) {
    const { cameraID, number, kind, text } = row;
    const done = Math.max(
      ...heard.filter((one) => one.cameraID === cameraID).map(({ orderDone }) => orderDone),
    );
    if (number <= done) {
      await carriedOut(transaction, row, nowMs);
      if (row.orderKey !== null) keys.set(cameraID, row.orderKey);
    } else if (!next.has(cameraID)) {
      const key = keys.get(cameraID) ?? row.keyInForce;
      next.set(cameraID, { number, kind, text, proof: proofOf(key, cameraID, row) });
    }
  }
  return next;
}

async function carriedOut(
  transaction: Db,
  { cameraID, number, kind, orderKey, tokenHash }: CameraOrdersTable,
  nowMs: number,
): Promise<void> {
  const own = transaction.deleteFrom("tokens").where("cameraID", "=", cameraID);
  const identity = transaction.updateTable("camera_identities").where("cameraID", "=", cameraID);
  if (kind === "rotate") {
    await own.where("hash", "!=", tokenHash ?? "").execute();
    await identity.set({ orderKey, changedMs: nowMs }).execute();
    await recordEvent(transaction, cameraID, "rotation", "done", nowMs);
  }
  if (kind === "wipe") {
    await own.execute();
    await identity.set({ state: "wiped", orderKey: null, changedMs: nowMs }).execute();
    await recordEvent(transaction, cameraID, "wiped", "as the camera says", nowMs);
  }
  await transaction
    .updateTable("camera_orders")
    .set({ doneMs: nowMs })
    .where("cameraID", "=", cameraID)
    .where("number", "=", number)
    .execute();
}
