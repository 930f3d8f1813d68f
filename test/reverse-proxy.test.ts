import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { request } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Api } from "./support/api.ts";
import { freePort, hasNginx, type Nginx, startNginx } from "./support/nginx.ts";
import { makePackage } from "./support/packages.ts";
import { ADMIN, startServer, type TestServer, temporaryFolder } from "./support/server.ts";

const GUIDE = new URL("../docs/operator-guide.md", import.meta.url);
const PUBLIC_HOST = "patchbay.example.org";

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let server: TestServer;
let nginx: Nginx;

/** The guide's own block for nginx, without what needs a certificate, in front of `port`. */
const guidesBlock = async (port: number): Promise<string> => {
  const [, block = ""] = /```nginx\nserver \{\n(.*?)\n\}\n```/s.exec(await readFile(GUIDE, "utf8")) ?? [];
  return block
    .replaceAll(/^ *(listen|http2|ssl_\w+) .*$/gm, "")
    .replace("127.0.0.1:4700", `127.0.0.1:${port}`)
    .replace("$scheme", "https");
};

beforeAll(async () => {
  if (!hasNginx) return;
  folder = await temporaryFolder();
  const port = await freePort();
  server = await startServer({
    dataDir: folder.path,
    environment: {
      PATCHBAY_PORT: String(port),
      PATCHBAY_PUBLIC_URL: `https://${PUBLIC_HOST}`,
      PATCHBAY_TRUSTED_PROXIES: "127.0.0.1",
    },
  });
  const block = await guidesBlock(port);
  nginx = await startNginx(() => block);
});
afterAll(async () => {
  await nginx?.stop();
  await server?.stop();
  await folder?.remove();
});

/** A request to nginx as a browser sends it, which knows the public host; `fetch` lets nobody name the host. */
const ask = async (
  path: string,
  {
    method = "GET",
    headers = {},
    body,
  }: { method?: string; headers?: Record<string, string>; body?: string } = {},
) => {
  const sent = request(`${nginx.url}${path}`, { method, headers: { host: PUBLIC_HOST, ...headers } });
  sent.end(body);
  const [answer] = await once(sent, "response");
  let text = "";
  for await (const chunk of answer) text += chunk;
  return { status: answer.statusCode as number, headers: answer.headers, text };
};
const signIn = (password: string, from: string) =>
  ask("/api/auth/sign-in", {
    method: "POST",
    headers: {
      "content-type": "application/json",
      origin: `https://${PUBLIC_HOST}`,
      "x-forwarded-for": from,
    },
    body: JSON.stringify({ email: ADMIN.email, password }),
  });

describe.skipIf(!hasNginx)(`nginx as the guide has it${hasNginx ? "" : " (skipped: not installed)"}`, () => {
  it("signs people in, with a cookie for the public address alone", async () => {
    const { status, headers } = await signIn(ADMIN.password, "192.0.2.1");
    expect(status).toBe(200);
    expect(headers["set-cookie"]?.[0]).toMatch(/^__Host-\S+;.*Secure/);
    expect((await ask("/")).headers.location ?? "").not.toContain("127.0.0.1");
  });

  it("tells people apart: one who guesses keeps nobody else out", async () => {
    let last = 0;
    for (let guess = 0; guess < 15; guess++) last = (await signIn("wrong", "192.0.2.66")).status;
    expect(last).toBe(429);
    expect((await signIn(ADMIN.password, "192.0.2.7")).status).toBe(200);
  });

  it("lets large packages through", async () => {
    const bytes = await makePackage({
      id: "acme.large",
      code: "export default { tools: {} };",
      files: { "asset.bin": randomBytes(3_000_000) },
    });
    const uploaded = await new Api(nginx.url).upload("/api/orgs/default/uploads", bytes);
    expect(uploaded.status).toBe(201);
  });

  it("keeps metrics to itself", async () => {
    expect((await ask("/metrics")).status).toBe(403);
  });
});
