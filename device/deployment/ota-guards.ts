/** Whether a release may be fetched and started now: battery, maintenance windows, and what its priority makes of them. */
import type { ReleaseOffer } from "../protocol/release-offers.ts";

/** Below it no update begins, however urgent: a camera whose battery gives up in its trial has lost a start. */
const BATTERY_MV_MIN = 3300;
/** Below it only one that is due. */
const BATTERY_MV_GOOD = 3600;

export interface Circumstances {
  /** UTC seconds. */
  nowS: number;
  /** 0 when it is not measured. */
  batteryMv: number;
  /** Records and pictures wait for the server. */
  isBusy: boolean;
}

function isInWindow(windows: [number, number][] | undefined, nowS: number): boolean {
  if (!windows || !windows.length) return true;
  const hour = (nowS / 3600) % 24;
  return windows.some((row) =>
    row[0] <= row[1] ? hour >= row[0] && hour < row[1] : hour >= row[0] || hour < row[1],
  );
}

/** "" or why it has to wait. */
export function holdsBack(offer: ReleaseOffer, around: Circumstances): string {
  const { nowS, batteryMv } = around;
  if (batteryMv && batteryMv < BATTERY_MV_MIN) return "battery at " + batteryMv + " mV";
  if (offer.dueS && nowS >= offer.dueS) return "";
  if (batteryMv && batteryMv < BATTERY_MV_GOOD) return "battery at " + batteryMv + " mV";
  if (!isInWindow(offer.windows, nowS)) return "outside its window";
  return offer.priority === "low" && around.isBusy ? "not idle" : "";
}
