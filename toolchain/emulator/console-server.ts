/**
 * An emulated board's console on TCP, and its life in real time: what the stock `espruino` tool, `toolchain upload`
 * and `toolchain monitor` connect to. Several may be connected; all see what the board sends.
 */
import { createServer, type Socket } from "node:net";
import { noDeviceError } from "../errors.ts";
import type { Emulator } from "./emulator.ts";

/** Real time between two looks at the clock while nobody types. */
const TICK_MS = 10;

export interface ConsoleServer {
  port: number;
  close(): Promise<void>;
}

/** Serve the console. Port 0 takes a free one. Errors: PORT_BUSY. */
export function serveConsole(
  emulator: Emulator,
  port: number,
  host = "127.0.0.1",
): Promise<ConsoleServer> {
  const sockets = new Set<Socket>();
  const stop = emulator.console.onData((bytes) => {
    for (const socket of sockets) socket.write(bytes, "latin1");
  });
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.setEncoding("latin1");
    // A newcomer sees a prompt, as a console that has just been opened shows one.
    socket.write(">");
    socket.on("data", (bytes: string) => emulator.console.write(bytes));
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
  });
  return new Promise((resolve, reject) => {
    server.on("error", (error: NodeJS.ErrnoException) => {
      stop();
      const isBusy = error.code === "EADDRINUSE";
      const reason = isBusy ? "is in use by another program" : `cannot be opened (${error.code})`;
      reject(noDeviceError("PORT_BUSY", `TCP port ${port} ${reason}`, "choose another with --tcp"));
    });
    server.listen(port, host, () => {
      const address = server.address();
      resolve({
        port: typeof address === "object" && address ? address.port : port,
        close: () =>
          new Promise((done) => {
            stop();
            for (const socket of sockets) socket.destroy();
            server.close(() => done());
          }),
      });
    });
  });
}

/** Let the board's clock follow real time until the signal aborts. */
export async function liveInRealTime(emulator: Emulator, signal: AbortSignal): Promise<void> {
  const ahead = emulator.uptimeMs - performance.now();
  while (!signal.aborted) {
    const dueMs = performance.now() + ahead - emulator.uptimeMs;
    await emulator.run({ ms: Math.max(0, dueMs) });
    await new Promise((resolve) => setTimeout(resolve, TICK_MS));
  }
}
