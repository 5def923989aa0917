/**
 * Turns a sighting into Camtrap DP records and, unless it was a blank, a picture, and puts them into the outbox.
 * IDs are `<bootCount>-<n>`: the observation's own ID names its event, the media record's its picture.
 */
import type { Config } from "../deployment/config.ts";
import type { Health } from "../deployment/health.ts";
import type { Outbox } from "../network/outbox.ts";
import type { Ports } from "../ports.ts";
import type { FaultRecord, MediaRecord, ObservationRecord } from "../protocol/records.ts";
import type { Subsystems } from "../subsystems.ts";
import type { Sighting } from "./sighting.ts";

export interface RecorderParts {
  ports: Ports;
  subsystems: Subsystems;
  health: Health;
  config: Config;
  outbox: Outbox;
}

export interface Recorder {
  /** Keep what was seen. `startS`: UTC seconds of the trigger. Returns the observation, or undefined when it was dropped. */
  record(sighting: Sighting, startS: number): ObservationRecord | undefined;
  /** Note a failure of a subsystem: the first, and then each time the number has doubled. `before`: of a crash, the last lines. */
  noteFault(subsystem: string, text: string, count: number, before?: string): void;
}

/** Three decimals are more than any of these numbers is good for, and short on the wire. */
function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}

/** Of a side of the frame. Rounded down, so that left and width together never pass the edge. */
function fraction(part: number, whole: number): number {
  return Math.floor((part / whole) * 1000) / 1000;
}

function observationOf(
  sighting: Sighting,
  recordID: string,
  startS: number,
  endS: number,
): ObservationRecord {
  const { frame, verdict } = sighting;
  const box = sighting.box || [0, 0, 0, 0];
  return {
    kind: "observation",
    recordID: recordID,
    eventID: recordID,
    eventStart: startS,
    eventEnd: Math.max(startS, endS),
    observationType: verdict.type,
    scientificName: verdict.label,
    count: verdict.type === "blank" ? 0 : 1,
    classificationProbability: rounded(verdict.probability),
    classifiedBy: sighting.classifiedBy,
    bboxX: fraction(box[0], frame.width),
    bboxY: fraction(box[1], frame.height),
    bboxWidth: fraction(box[2], frame.width),
    bboxHeight: fraction(box[3], frame.height),
    mediaIDs: [],
  };
}

/** Keep the picture. Returns its record, or undefined when there is none or no room for it. */
function keepPicture(
  parts: RecorderParts,
  sighting: Sighting,
  mediaID: string,
  event: ObservationRecord,
): MediaRecord | undefined {
  const { ports, subsystems, config, outbox } = parts;
  let jpeg = "";
  let isKept = false;
  subsystems.run("camera", () => {
    jpeg = ports.camera.jpeg(sighting.frame, config.values.jpegQuality);
  });
  if (!jpeg) return undefined;
  // A picture that cannot be stored must not cost the observation.
  subsystems.run("outbox", () => {
    isKept = outbox.addPicture(mediaID + " " + event.eventID + " " + event.eventStart, jpeg);
  });
  if (!isKept) return undefined;
  return {
    kind: "media",
    recordID: mediaID,
    mediaID: mediaID,
    eventID: event.eventID,
    timestamp: event.eventStart,
    captureMethod: sighting.cause === "timeLapse" ? "timeLapse" : "activityDetection",
    fileBytes: jpeg.length,
    width: sighting.frame.width,
    height: sighting.frame.height,
  };
}

export function createRecorder(parts: RecorderParts): Recorder {
  let lastNumber = 0;
  let isNotingFault = false;

  function nextID(): string {
    lastNumber += 1;
    return parts.health.bootCount + "-" + lastNumber;
  }

  function now(): number {
    return Math.round(parts.ports.clock.now());
  }

  return {
    record: (sighting, startS) => {
      const event = observationOf(sighting, nextID(), startS, now());
      const wantsPicture = sighting.cause === "timeLapse" || event.observationType !== "blank";
      const media = wantsPicture ? keepPicture(parts, sighting, nextID(), event) : undefined;
      if (media) event.mediaIDs.push(media.mediaID);
      if (!parts.outbox.add(event)) return undefined;
      if (media) parts.outbox.add(media);
      return event;
    },
    noteFault: (subsystem, text, count, before) => {
      // Noting a failure of the vault would fail again, without end.
      if (isNotingFault || (count & (count - 1)) !== 0) return;
      isNotingFault = true;
      try {
        const record: FaultRecord = {
          kind: "fault",
          recordID: nextID(),
          timestamp: now(),
          subsystem: subsystem,
          code: text,
          count: count,
        };
        if (before !== undefined) {
          record.uptimeS = Math.round(parts.ports.clock.uptime());
          record.before = before;
        }
        parts.outbox.add(record);
      } catch (_vault) {
        // The console has the line already.
      }
      isNotingFault = false;
    },
  };
}
