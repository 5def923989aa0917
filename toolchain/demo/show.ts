/** What a person sees while the demo runs: a table in place on a terminal, a line every few hours elsewhere. */
import type { Io } from "../log.ts";
import type { DemoView } from "./demo.ts";
import { type CameraRow, createScreen, tableLines } from "./table.ts";

const REDRAW_MS = 500;
const PLAIN_EVERY_MS = 3 * 3_600_000;

interface CameraAnswer {
  cameraID: string;
  status: string;
  observationCount: number;
  mediaCount: number;
  heartbeat: {
    batteryMv: number;
    triggers: number;
    queuedRecords: number;
    queuedMedia: number;
  } | null;
}

/** Returns the function to call after each step of virtual time. */
export function showProgress(io: Io): (view: DemoView) => void {
  const screen = createScreen((text) => process.stderr.write(text));
  let drawnMs = 0;
  let isBusy = false;
  let plainMs = 0;
  return (view) => {
    if (!io.isTerminal) {
      if (view.nowMs < plainMs) return;
      plainMs = view.nowMs + PLAIN_EVERY_MS;
      const made = [...view.ledger.made.values()].reduce((sum, list) => sum + list.length, 0);
      io.note(`${clock(view.nowMs)}  ${view.cameras.length} cameras  ${made} observations`);
      return;
    }
    if (isBusy || performance.now() - drawnMs < REDRAW_MS) return;
    isBusy = true;
    drawnMs = performance.now();
    view.fleet
      .list<CameraAnswer>("/api/v1/cameras", "cameras")
      .then((cameras) => screen.draw(tableLines(heading(view), rowsOf(view, cameras))))
      .catch(() => {})
      .finally(() => {
        isBusy = false;
      });
  };
}

const clock = (ms: number) => `${new Date(ms).toISOString().slice(0, 16).replace("T", " ")} UTC`;

function heading(view: DemoView): string {
  const share = Math.min(1, (view.nowMs - view.startMs) / (view.endMs - view.startMs));
  return `${clock(view.nowMs)}   ${Math.round(share * 100)} % of the day   server pid ${view.serverPid ?? "-"}`;
}

function rowsOf(view: DemoView, answers: CameraAnswer[]): CameraRow[] {
  return view.cameras.map((camera) => {
    const answer = answers.find(({ cameraID }) => cameraID === camera.cameraID);
    const heartbeat = answer?.heartbeat;
    const made = view.ledger.made.get(camera.cameraID) ?? [];
    const latest = made.at(-1);
    const arrived = answer?.observationCount ?? 0;
    return {
      name: camera.name,
      site: camera.site,
      status: answer?.status ?? "new",
      batteryMv: heartbeat?.batteryMv ?? 0,
      triggers: heartbeat?.triggers ?? 0,
      observations: arrived,
      pictures: answer?.mediaCount ?? 0,
      queued: Math.max(0, made.length - arrived),
      latest: latest ? `${latest.observationType} ${latest.recordID}` : "",
    };
  });
}
