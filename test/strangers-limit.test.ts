import { afterAll, beforeAll, expect, it } from "vitest";
import { Api } from "./support/api.ts";
import { startServer, type TestServer, temporaryFolder } from "./support/server.ts";

/** Thirty seconds of two requests each. */
const BURST = 60;

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let server: TestServer;

beforeAll(async () => {
  folder = await temporaryFolder();
  server = await startServer({
    dataDir: folder.path,
    environment: { PATCHBAY_STRANGERS_PER_SECOND: "2", PATCHBAY_TRUSTED_PROXIES: "127.0.0.1" },
  });
});
afterAll(async () => {
  await server?.stop();
  await folder?.remove();
});

it("bounds what a network may ask without saying who asks, whatever it asks for, and nobody else", async () => {
  const from = (client: string) => ({ "x-forwarded-for": client });
  const stranger = new Api(server.url, null);
  const ask = (path: string, client = "203.0.113.7") => stranger.get(path, from(client));
  const open = ["/registry/v1/search", "/openapi.json", "/nowhere", "/docs/errors", "/metrics", "/sign-in"];
  for (let count = 0; count < BURST; count += 1) await ask(open[count % open.length] ?? "");
  for (const path of open) {
    // Two more for each second that this takes.
    await expect.poll(async () => (await ask(path)).status, { interval: 1 }).toBe(429);
  }
  const refused = await Promise.all(Array.from({ length: 10 }, () => ask("/registry/v1/search")));
  const last = refused.find(({ status }) => status === 429);
  expect(last?.headers.get("retry-after")).toBe("1");
  expect(last?.headers.get("ratelimit")).toMatch(/^"strangers";r=0;t=\d+$/);
  expect((await ask("/registry/v1/search", "198.51.100.1")).status).toBe(200);
  // Nobody uses up what the server is looked after by.
  for (const path of ["/healthz", "/readyz"]) expect((await ask(path)).status).toBe(200);
  expect((await ask("/api/auth/providers")).status).toBe(200); // signing in has its own bound
  expect((await new Api(server.url).get("/api/me", from("203.0.113.7"))).status).toBe(200);
});
