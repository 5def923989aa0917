// Loaded before a command of the story (node --import): the machine's date is the story's, and what the server draws
// (cameraIDs, claims) is drawn from the story's seed, so that the same seed tells the same story.
import crypto from "node:crypto";
import { syncBuiltinESMExports } from "node:module";

const offsetMs = Number(process.env.THICKET_STORY_NOW) - Date.now();
const RealDate = Date;
globalThis.Date = class extends RealDate {
  constructor(...parts) {
    if (parts.length > 0) super(...parts);
    else super(RealDate.now() + offsetMs);
  }
  static now() {
    return RealDate.now() + offsetMs;
  }
};

let state = (Number(process.env.THICKET_STORY_SEED) * 2654435761) >>> 0 || 1;
crypto.randomInt = (below) => {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return (state >>> 0) % below;
};
syncBuiltinESMExports();
