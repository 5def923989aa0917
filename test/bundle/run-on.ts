/**
 * Runs one program on Node, on the emulator and on a real interpreter (THICKET_ESPRUINO=/path/to/espruino), and
 * answers the lines it prints.
 */
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Emulator } from "../../toolchain/emulator/emulator.ts";
import { ROOT } from "../support/skip.ts";

export const ESPRUINO = process.env.THICKET_ESPRUINO;

/** Virtual time that the programs may take. */
const VIRTUAL_MS = 2000;
const LIMIT_MS = 20_000;
const END_MARK = "---end of the program---";

/** The source as Node understands it, without our passes. */
export function onNode(file: string): string[] {
  const prelude = "globalThis.print = (...values) => console.log(values.map(String).join(' '));";
  const prelude64 = `data:text/javascript,${encodeURIComponent(prelude)}`;
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ["--import", "tsx", "--import", prelude64, file],
    { cwd: ROOT, encoding: "utf8" },
  );
  if (status !== 0) throw new Error(`Node could not run ${file}: ${stderr}`);
  return lines(stdout);
}

export async function onEmulator(code: string): Promise<string[]> {
  let output = "";
  const emulator = Emulator.boot({
    files: { ".bootcde": code },
    onConsole: (bytes) => {
      output += bytes;
    },
  });
  await emulator.run({ ms: VIRTUAL_MS });
  emulator.close();
  return lines(Buffer.from(output, "latin1").toString("utf8"));
}

/** The real interpreter leaves when the program's time is over; its standard input stays open meanwhile. */
export function onEspruino(code: string): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), "thicket-"));
  const end = `\nsetTimeout(function(){print("${END_MARK}");quit()},200);\n`;
  writeFileSync(join(folder, "program.js"), code + end);
  return new Promise((resolve, reject) => {
    const child = spawn(ESPRUINO as string, ["program.js"], { cwd: folder });
    let output = Buffer.alloc(0);
    const finish = () => {
      clearTimeout(timer);
      child.kill("SIGKILL");
      rmSync(folder, { recursive: true, force: true });
      const text = output.toString("utf8");
      if (!text.includes(END_MARK)) {
        reject(new Error(`the interpreter did not end the program:\n${text.slice(-2000)}`));
        return;
      }
      const start = text.indexOf("Donate");
      resolve(lines(text.slice(start < 0 ? 0 : start + "Donate".length, text.indexOf(END_MARK))));
    };
    const timer = setTimeout(finish, LIMIT_MS);
    child.on("error", reject);
    child.on("close", finish);
    child.stdout.on("data", (data: Buffer) => {
      output = Buffer.concat([output, data]);
      if (output.includes(END_MARK)) finish();
    });
  });
}

/** Without the console's prompt and cursor codes. */
const lines = (text: string): string[] =>
  text
    .replace(/\r/g, "")
    .split("\n")
    .map((line) => line.replace(/^(>|\x1b\[J|\x08)+/, ""))
    .filter((line) => line !== "");
