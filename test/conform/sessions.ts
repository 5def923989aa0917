/**
 * Sessions typed at the console, recorded from the real interpreter (32-bit build with the ESP32's settings, its board
 * name replaced): each piece of input and what came back within 0.25 s.
 */
import { readFileSync } from "node:fs";
import { Emulator } from "../../toolchain/emulator/emulator.ts";

export interface Session {
  sent: string[];
  received: string[];
}

const FILE = new URL("./console-sessions.json", import.meta.url);
export const SESSIONS: Session[] = JSON.parse(readFileSync(FILE, "utf8"));

/** What the emulator answers to each piece of input. */
export async function replay({ sent }: Session): Promise<string[]> {
  let heard = "";
  const emulator = Emulator.boot({
    onConsole: (bytes) => {
      // The recording is the Linux build's, which does not switch wrapping off.
      heard += bytes.replaceAll("\x1b[?7l", "");
    },
  });
  await emulator.run({ ms: 100 });
  const answers: string[] = [];
  for (const bytes of sent) {
    heard = "";
    emulator.console.write(bytes);
    await emulator.run({ ms: 250 });
    answers.push(heard);
  }
  emulator.close();
  return answers;
}

export async function countSessions(): Promise<{ total: number; different: string[] }> {
  const different: string[] = [];
  for (const session of SESSIONS) {
    const answers = await replay(session);
    if (JSON.stringify(answers) !== JSON.stringify(session.received)) {
      different.push(JSON.stringify(session.sent.join("")).slice(0, 60));
    }
  }
  return { total: SESSIONS.length, different };
}
