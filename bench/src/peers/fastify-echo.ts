import Fastify from "fastify";

/** A bare Fastify that answers with the body it got: what HTTP and JSON alone cost. */
const app = Fastify();
app.post("/echo", async (request) => ({ output: (request.body as { input: unknown }).input }));
await app.listen({ host: "127.0.0.1", port: 0 });
const address = app.server.address();
if (address !== null && typeof address === "object")
  process.stdout.write(`http://127.0.0.1:${address.port}\n`);
process.once("SIGTERM", () => void app.close());
