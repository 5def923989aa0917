/** The thread's side: one question after the other. */
import { parentPort } from "node:worker_threads";
import { analyse } from "../analytics/catalogue.ts";
import type { Question, Reply } from "./analyst.ts";

parentPort?.on("message", ({ id, name, rows, options }: Question & { id: number }) => {
  parentPort?.postMessage(replyTo(id, { name, rows, options }));
});

function replyTo(id: number, { name, rows, options }: Question): Reply {
  try {
    return { id, answers: analyse(name, rows, options) ?? [] };
  } catch (error) {
    return { id, problem: (error as Error).stack ?? String(error) };
  }
}
