/** The fake fleet behind a real socket, for the built program. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { FleetFake } from "./fleet-fake.ts";

/** The fleet over a real socket. */
export async function serveFleet(
  fleet: FleetFake,
): Promise<{ url: string; close: () => Promise<void> }> {
  const server = createServer(async (incoming, outgoing) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const { headers, rawHeaders } = incoming;
    const named = { ...headers } as Record<string, string>;
    for (let i = 0; i < rawHeaders.length; i += 2)
      named[rawHeaders[i] as string] = rawHeaders[i + 1] as string;
    const reply = fleet.answer({
      method: incoming.method ?? "",
      url: `http://${headers.host}${incoming.url}`,
      headers: named,
      body: Buffer.concat(chunks).toString("latin1"),
      timeoutMs: 0,
    });
    if (typeof reply === "string") return incoming.socket.destroy();
    outgoing.writeHead(reply.status ?? 200, reply.headers);
    return outgoing.end(reply.body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
