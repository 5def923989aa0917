/**
 * Computes analyses where they do not hold up the server: resampling thousands of times of day takes seconds, in which a camera's
 * check-in would wait. One thread, started with the first such question; what is quick, or would be copied for longer than it is
 * computed, stays here.
 */
import { Worker } from "node:worker_threads";
import type { Answer } from "../analytics/answer.ts";
import { analyse, analysisNamed } from "../analytics/catalogue.ts";
import type { Options } from "../analytics/prepare.ts";
import type { Rows } from "../analytics/rows.ts";

export interface Question {
  name: string;
  rows: Rows;
  options: Partial<Options>;
}

export type Reply = { id: number } & ({ answers: Answer[] } | { problem: string });

export interface Analyst {
  /** @param question of an analysis that is in the catalogue */
  answer(question: Question): Promise<Answer[]>;
  close(): Promise<void>;
}

interface Waiting {
  resolve: (answers: Answer[]) => void;
  reject: (error: Error) => void;
}

export function createAnalyst(): Analyst {
  let thread: Worker | undefined;
  let lastID = 0;
  const waiting = new Map<number, Waiting>();

  function started(): Worker {
    if (thread) return thread;
    const worker = new Worker(new URL("./thread.js", import.meta.url));
    worker.on("message", (reply: Reply) => {
      const asked = waiting.get(reply.id);
      waiting.delete(reply.id);
      if ("answers" in reply) asked?.resolve(reply.answers);
      else asked?.reject(new Error(reply.problem));
      // Nobody waits: it may end with the program, also with a server that nobody closes.
      if (waiting.size === 0) worker.unref();
    });
    const failed = (why: string) => {
      if (thread === worker) thread = undefined;
      for (const { reject } of waiting.values()) reject(new Error(why));
      waiting.clear();
    };
    worker.on("error", (error) => failed(error.message));
    worker.on("exit", () => failed("the thread for analyses ended"));
    thread = worker;
    return worker;
  }

  return {
    async answer({ name, rows, options }) {
      if (analysisNamed(name)?.reads !== "sample") return analyse(name, rows, options) ?? [];
      const id = ++lastID;
      const worker = started();
      return new Promise((resolve, reject) => {
        waiting.set(id, { resolve, reject });
        worker.ref();
        worker.postMessage({ id, name, rows, options });
      });
    },
    async close() {
      await thread?.terminate();
    },
  };
}
