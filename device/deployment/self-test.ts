/** The self-test: does everything that a day needs work? Run once after each boot on the first picture of the background, and on request. */
import type { Frame, Ports } from "../ports.ts";
import { faultText } from "../protocol/error-names.ts";
import type { Subsystems } from "../subsystems.ts";

/**
 * @param frame a picture just taken, or undefined when there was none
 * @returns what failed, "model: MODEL_FILE; memory: 500 variables free"; "" when nothing did
 */
export function selfTest(ports: Ports, subsystems: Subsystems, frame: Frame | undefined): string {
  const found: string[] = [];
  if (ports.missing.length) found.push("modules: no " + ports.missing.join(", "));

  /** A part that the firmware lacks has been named. */
  function check(name: string, work: () => void): void {
    if (ports.missing.indexOf(name) >= 0) return;
    try {
      work();
    } catch (error) {
      found.push(name + ": " + faultText(error));
    }
  }

  check("vault", () => {
    // An equal value costs no write, so the test wears nothing out.
    ports.vault.write("self-test", "1");
    if (ports.vault.read("self-test") !== "1") throw "what was written is not there";
  });
  check("camera", () => {
    if (!frame) throw "no picture";
  });
  check("model", () => {
    const part = subsystems.health().filter((row) => row.name === "model")[0];
    if (!part || part.state !== "running") throw "does not run";
    if (!frame) return;
    ports.vision.crop(frame, undefined);
    if (!ports.model.invoke().length) throw "no answer";
  });
  const free = ports.memory.freeVars();
  if (free < 2000) found.push("memory: " + free + " variables free");
  const flash = ports.memory.freeFlashBytes();
  if (flash < 8192) found.push("flash: " + flash + " bytes free");
  return found.join("; ").substr(0, 200);
}
