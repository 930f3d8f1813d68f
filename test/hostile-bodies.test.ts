import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Api } from "./support/api.ts";
import { ADMIN, BOOTSTRAP_KEY, startServer, type TestServer, temporaryFolder } from "./support/server.ts";

const MIB = 1024 * 1024;
/** Far more than an honest request takes, far less than the freezes that this keeps out. */
const PROMPT_MS = 3_000;

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let server: TestServer;
let api: Api;

beforeAll(async () => {
  folder = await temporaryFolder();
  server = await startServer({ dataDir: folder.path });
  api = new Api(server.url);
});
afterAll(async () => {
  await server?.stop();
  await folder?.remove();
});

const send = async (path: string, body: string, headers: Record<string, string> = {}) => {
  const response = await fetch(new URL(path, server.url), {
    method: "POST",
    body,
    headers: { "content-type": "application/json", ...headers },
  });
  // biome-ignore lint/suspicious/noExplicitAny: answers of every form
  return { status: response.status, body: (await response.json()) as any };
};

const KEY = { authorization: `Bearer ${BOOTSTRAP_KEY}` };
const STRANGERS_ROUTES = ["/api/auth/sign-in", "/api/auth/set-up", "/api/nowhere"];

/** The longest that somebody else waits while `work` goes on, ms. */
const longestWait = async (work: Promise<unknown>): Promise<number> => {
  let isDone = false;
  const end = work.finally(() => {
    isDone = true;
  });
  let longest = 0;
  do {
    const began = performance.now();
    expect((await api.get("/api/me")).status).toBe(200);
    longest = Math.max(longest, performance.now() - began);
  } while (!isDone);
  await end;
  return longest;
};

describe("bodies of the worst kind", () => {
  it("are not read from strangers beyond what a sign-in takes, and hold up nobody", async () => {
    const properties = `{${Array.from({ length: MIB }, (_, index) => `"a${index}":1`).join()}}`;
    for (const route of STRANGERS_ROUTES)
      for (const body of [properties, `[${"[],".repeat(5 * MIB)}[]]`]) {
        const answers = Promise.all(Array.from({ length: 5 }, () => send(route, body)));
        expect(await longestWait(answers), route).toBeLessThan(PROMPT_MS);
        for (const { status } of await answers) expect([404, 413], route).toContain(status);
      }
  });

  it("are judged by who sends them before they are read", async () => {
    const body = JSON.stringify({ input: "x".repeat(10 * MIB) });
    for (const headers of [undefined, { authorization: "Bearer pb_nobody" }]) {
      const { status } = await send("/api/orgs/default/tools/patchbay.feeds/x", body, headers);
      expect(status).toBe(401);
    }
  });

  it("of many wrong members are refused at the first, whoever sends them", async () => {
    const rights = (count: number) =>
      JSON.stringify({ organization: "default", name: "x", rights: Array(count).fill(1) });
    const large = send("/api/api-keys", rights(10_000_000), KEY);
    expect(await longestWait(large)).toBeLessThan(PROMPT_MS);
    expect((await large).status).toBe(413);
    const within = send("/api/api-keys", rights(200_000), KEY);
    expect(await longestWait(within)).toBeLessThan(PROMPT_MS);
    expect(await within).toMatchObject({ status: 400, body: { errors: [{ pointer: "/rights" }] } });
    // Of what is small, all that is wrong is told.
    const small = await send("/api/api-keys", JSON.stringify({ name: 7, rights: [] }), KEY);
    expect(small.body.errors.length).toBeGreaterThan(2);
  });

  it("of a tool call may be large, but not of millions of values or hundreds of levels", async () => {
    const call = (input: string) =>
      send("/api/orgs/default/tools/patchbay.feeds/x", `{"input":${input}}`, KEY);
    const many = call(`[${"[],".repeat(7 * MIB)}[]]`);
    expect(await longestWait(many)).toBeLessThan(PROMPT_MS);
    expect(await many).toMatchObject({ status: 413, body: { code: "payload_too_large" } });
    expect((await call(`${"[".repeat(500)}${"]".repeat(500)}`)).status).toBe(413);
    expect((await call(`"${"x".repeat(20 * MIB)}"`)).body.code).toBe("plugin_disabled");
  });

  it("that never end are given up within seconds, and do not keep a person from signing in", async () => {
    const { hostname, port } = new URL(server.url);
    const head = `POST /api/auth/sign-in HTTP/1.1\r\nHost: ${hostname}:${port}\r\nContent-Type: application/json\r\nContent-Length: 10000\r\n\r\n{`;
    const answers = Array.from({ length: 30 }, () => {
      const socket = connect(Number(port), hostname);
      socket.write(head);
      return new Promise<string>((resolve) => {
        socket.once("data", (data) => {
          resolve(String(data));
          socket.destroy();
        });
      });
    });
    expect((await api.as(null).post("/api/auth/sign-in", ADMIN)).status).toBe(200);
    for (const answer of await Promise.all(answers)) expect(answer).toContain("408");
  }, 30_000);
});
