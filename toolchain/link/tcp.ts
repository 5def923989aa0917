/** Console over TCP: an emulated camera, or a board with a network console. */
import { connect } from "node:net";
import { noDeviceError } from "../errors.ts";
import { listeners, type Transport } from "./transport.ts";

const CONNECT_LIMIT_MS = 5000;

export function openTcp(host: string, port: number): Promise<Transport> {
  const name = `tcp://${host}:${port}`;
  const heard = listeners();
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true });
    socket.setEncoding("latin1");
    socket.setTimeout(CONNECT_LIMIT_MS, () => socket.destroy(new Error("no answer")));
    const refuse = (error: Error & { code?: string }) =>
      reject(
        noDeviceError(
          "PORT_UNREACHABLE",
          `nothing answers at ${name} (${error.code ?? error.message})`,
          `start an emulated camera with: npx toolchain emulate --tcp ${port}`,
        ),
      );
    socket.once("error", refuse);
    socket.once("connect", () => {
      socket.setTimeout(0);
      socket.off("error", refuse);
      socket.on("error", () => {});
      socket.on("data", (bytes) => heard.data(String(bytes)));
      socket.on("close", () => heard.closed(`${name} closed the connection`));
      resolve({
        name,
        onData: heard.onData,
        onClose: heard.onClose,
        write: (bytes) => new Promise((done) => void socket.write(bytes, "latin1", () => done())),
        close: () => new Promise((done) => void socket.end(() => done())),
      });
    });
  });
}
