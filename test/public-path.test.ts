import { PatchbayClient } from "@patchbay/api-client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freePort, hasNginx, startNginx } from "./support/nginx.ts";
import { ADMIN, BOOTSTRAP_KEY, startServer, type TestServer, temporaryFolder } from "./support/server.ts";

const PATH = "/tools/patchbay";

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let server: TestServer;
/** Where the server itself listens, as a proxy asks it. */
let own: string;
/** Where people find it. */
let there: string;

beforeAll(async () => {
  folder = await temporaryFolder();
  const port = await freePort();
  own = `http://127.0.0.1:${port}`;
  there = `${own}${PATH}`;
  const environment = { PATCHBAY_PORT: String(port), PATCHBAY_PUBLIC_URL: `${there}/` };
  server = await startServer({ dataDir: folder.path, environment });
});
afterAll(async () => {
  await server?.stop();
  await folder?.remove();
});

// biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every form
const json = async (url: string, init?: RequestInit): Promise<any> => await (await fetch(url, init)).json();
const authorization = `Bearer ${BOOTSTRAP_KEY}`;
const signIn = (at: string) =>
  fetch(`${at}/api/auth/sign-in`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: own },
    body: JSON.stringify(ADMIN),
  });

/** That the console's page and all that it names is there. */
const expectConsole = async (at: string): Promise<void> => {
  for (const page of ["", "/", "/sign-in", "/o/default/plugins"]) {
    const answer = await fetch(`${at}${page}`);
    expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
    expect(answer.headers.get("content-security-policy")).toContain(`script-src ${there}/assets/`);
    const files = [...(await answer.text()).matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(
      ([, file]) => file ?? "",
    );
    expect(files.length).toBeGreaterThan(3);
    for (const file of files) {
      expect(file).toMatch(new RegExp(`^${PATH}/`));
      const status = (await fetch(`${at}${file.slice(PATH.length)}`)).status;
      expect([file, status]).toEqual([file, 200]);
    }
  }
};

describe("a server below a path", () => {
  it("is there, says so, and is found by a proxy that keeps the path and by one that takes it away", async () => {
    expect(server.url).toBe(there);
    await expectConsole(there);
    await expectConsole(own);
    for (const wrong of [`${own}/tools`, `${own}/tools/patchbayer/api/me`, `${there}${PATH}/api/me`])
      expect((await fetch(wrong)).status).toBe(404);
    expect((await json(`${there}/openapi.json`)).servers).toEqual([{ url: there }]);
    const docs = await (await fetch(`${there}/docs`)).text();
    expect(docs).toContain(`"${PATH}/docs/static/`);
    const listed = await json(`${there}/sdk/`);
    for (const { url } of listed.packages) expect((await fetch(url)).status).toBe(200);
  });

  it("gives the browser a cookie for the path, and addresses that lead back", async () => {
    for (const at of [there, own]) {
      const signedIn = await signIn(at);
      expect(signedIn.status).toBe(200);
      expect(signedIn.headers.getSetCookie()[0]).toContain(`; Path=${PATH};`);
      const problem = await json(`${at}/api/me`);
      expect(problem.type).toBe(`${there}/docs/errors#unauthenticated`);
      expect((await fetch(problem.type)).status).toBe(200);
    }
    const headers = { authorization, "content-type": "application/json" };
    const body = JSON.stringify({ slug: "alpha", name: "Alpha" });
    const made = await fetch(`${there}/api/orgs/default/projects`, { method: "POST", headers, body });
    expect(made.headers.get("location")).toBe(`${PATH}/api/orgs/default/projects/alpha`);
    const member = JSON.stringify({ email: "new@example.org", name: "New", role: "member" });
    const added = await json(`${there}/api/orgs/default/members`, { method: "POST", headers, body: member });
    expect(added.passwordLink.url).toMatch(new RegExp(`^${there}/password#`));
  });

  it("is called by the client of the API at its address", async () => {
    for (const url of [there, `${there}/`]) {
      const client = new PatchbayClient({ url, apiKey: BOOTSTRAP_KEY });
      expect((await client.plugins.list()).length).toBeGreaterThan(0);
    }
  });

  it.skipIf(!hasNginx)("works behind nginx, whether that keeps the path or not", async () => {
    for (const slash of ["", "/"]) {
      const nginx = await startNginx(
        () => `location ${PATH}/ { proxy_pass ${own}${slash}; proxy_set_header Host $http_host; }`,
      );
      await expectConsole(`${nginx.url}${PATH}`).catch((error: unknown) => {
        throw new Error(`proxy_pass ${own}${slash}`, { cause: error });
      });
      const answer = await fetch(`${nginx.url}${PATH}/api/orgs/default/projects`, {
        headers: { authorization },
      });
      expect(answer.status).toBe(200);
      await nginx.stop();
    }
  });
});
