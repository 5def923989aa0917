/** The peer of the check-in benchmarks: Fastify that parses a check-in and acknowledges it, and keeps nothing. Prints its address. */
import Fastify from "fastify";

const server = Fastify();
server.post("/device/v1/check-in", async ({ body }) => ({
  v: 1,
  time: Math.floor(Date.now() / 1000),
  acknowledged: (body as { records: { recordID: string }[] }).records.map((row) => row.recordID),
  refused: [],
}));
console.log(await server.listen({ host: "127.0.0.1", port: 0 }));
