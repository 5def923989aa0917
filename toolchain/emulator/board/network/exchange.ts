/**
 * One request over a real socket of the host: send bytes, gather the answer until it is complete by its own headers,
 * the peer closes, or ten seconds of wall time are over. Bytes go out and come back exactly as the board sends them.
 */
import { connect } from "node:net";

const WALL_LIMIT_MS = 10_000;

/** Why there is no (complete) answer. */
export type SocketFault = "refused" | "timeout" | "reset";

export interface Answer {
  /** Byte string; may be incomplete. */
  bytes: string;
  fault: SocketFault | undefined;
}

export function exchange(host: string, port: number, request: string): Promise<Answer> {
  return new Promise((resolve) => {
    let bytes = "";
    let isConnected = false;
    const socket = connect({ host, port });
    const finish = (fault: SocketFault | undefined) => {
      clearTimeout(limit);
      socket.removeAllListeners();
      socket.on("error", () => {});
      socket.destroy();
      resolve({ bytes, fault });
    };
    const limit = setTimeout(() => finish("timeout"), WALL_LIMIT_MS);
    socket.setEncoding("latin1");
    socket.on("connect", () => {
      isConnected = true;
      socket.write(request, "latin1");
    });
    socket.on("data", (data: string) => {
      bytes += data;
      if (isComplete(bytes)) finish(undefined);
    });
    socket.on("end", () => finish(undefined));
    socket.on("close", () => finish(undefined));
    socket.on("error", () => finish(isConnected ? "reset" : "refused"));
  });
}

/** Is the whole answer there, by its Content-Length or last chunk? */
function isComplete(bytes: string): boolean {
  const end = bytes.indexOf("\r\n\r\n");
  if (end < 0) return false;
  const head = bytes.slice(0, end);
  const body = bytes.slice(end + 4);
  if (/^transfer-encoding:\s*chunked/im.test(head)) return /(^|\r\n)0+\r\n\r\n$/.test(body);
  const length = /^content-length:\s*(\d+)/im.exec(head)?.[1];
  return length !== undefined && body.length >= Number(length);
}
