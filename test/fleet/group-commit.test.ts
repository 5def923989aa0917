/** Group commit: who waits shares a commit, nobody hears before it, one that fails takes no other with it. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { CheckInReply } from "../../device/protocol/check-in.ts";
import { createCheckInQueue } from "../../toolchain/fleet/checkin/group-commit.ts";
import type { Arrival } from "../../toolchain/fleet/checkin/ingest.ts";
import { asHttpError } from "../../toolchain/fleet/http-errors.ts";

const arrival = (cameraID: string): Arrival => ({ cameraID, checkIn: {} as Arrival["checkIn"] });
const replyFor = ({ cameraID }: Arrival): CheckInReply => ({
  v: 1,
  time: 0,
  acknowledged: [cameraID],
  refused: [],
});

test("commits what waits together, at most so many at a time, and answers each its own", async () => {
  const sizes: number[] = [];
  const queue = createCheckInQueue(async (arrivals) => {
    sizes.push(arrivals.length);
    await new Promise((resolve) => setImmediate(resolve));
    return arrivals.map(replyFor);
  }, 4);
  const names = Array.from({ length: 11 }, (_, index) => `camera ${index}`);
  const replies = await Promise.all(names.map((name) => queue.submit(arrival(name))));
  assert.equal(
    replies.map(({ acknowledged }) => acknowledged[0]),
    names,
  );
  assert.equal(sizes, [4, 4, 3]);
});

test("answers nobody before the commit", async () => {
  let finish = (): void => {};
  const committed = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const queue = createCheckInQueue(async (arrivals) => {
    await committed;
    return arrivals.map(replyFor);
  });
  let isAnswered = false;
  const reply = queue.submit(arrival("a")).then(() => {
    isAnswered = true;
  });
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
  assert.not.ok(isAnswered);
  finish();
  await reply;
  await queue.drain();
});

test("one that cannot be written fails alone, and the next come through", async () => {
  const queue = createCheckInQueue(async (arrivals) => {
    if (arrivals.some(({ cameraID }) => cameraID === "bad")) throw new Error("no");
    return arrivals.map(replyFor);
  });
  const results = await Promise.allSettled(
    ["a", "bad", "b"].map((name) => queue.submit(arrival(name))),
  );
  assert.equal(
    results.map(({ status }) => status),
    ["fulfilled", "rejected", "fulfilled"],
  );
  assert.equal((await queue.submit(arrival("c"))).acknowledged, ["c"]);
});

test("a disk that refuses is the server's trouble and passes; a bug is a bug", () => {
  for (const code of ["SQLITE_FULL", "SQLITE_IOERR_WRITE", "SQLITE_BUSY", "ENOSPC", "EIO"]) {
    const error = asHttpError(Object.assign(new Error("x"), { code }));
    assert.equal([error?.statusCode, error?.code], [503, "STORAGE_FAILED"], code);
    assert.ok(Number(error?.headers["retry-after"]) > 0);
  }
  for (const code of ["SQLITE_CONSTRAINT", "SQLITE_ERROR", "ERR_INVALID_ARG_TYPE"]) {
    assert.is(asHttpError(Object.assign(new Error("x"), { code })), undefined, code);
  }
});

test.run();
