import { generateKeyPair } from "@patchbay/artifact";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Answer, Api } from "./support/api.ts";
import { ENDPOINT_PLUGIN, installEndpointPlugin } from "./support/endpoint-plugin.ts";
import { makePackage } from "./support/packages.ts";
import { signedInAdministrator } from "./support/people.ts";
import { BOOTSTRAP_KEY, startServer, type TestServer, temporaryFolder } from "./support/server.ts";

const ORG = "/api/orgs/default";
const REGISTRY = "/registry/v1";
/** Tested where there is a host like GitHub, and a server without an administrator. */
const ELSEWHERE = ["POST /api/orgs/{org}/imports", "POST /api/auth/set-up"];

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

const zip = async (id: string) => await makePackage({ id, code: "export default { tools: {} };" });

/** For each operation that makes something: a request, and the address of what it makes; a pattern where that holds an id. */
const makers: Readonly<Record<string, () => Promise<readonly [Answer, string | RegExp]>>> = {
  "POST /api/orgs": async () => [
    await api.post("/api/orgs", { slug: "made", name: "Made" }),
    "/api/orgs/made",
  ],
  "POST /api/orgs/{org}/members": async () => [
    await api.post(`${ORG}/members`, { email: "ann@example.org", name: "Ann", role: "viewer" }),
    /^\/api\/orgs\/default\/members\/[\w-]+$/,
  ],
  "POST /api/orgs/{org}/members/{user}/password-link": async () => {
    const { items } = (await api.get(`${ORG}/members`)).body;
    const { userId } = items.find(({ email }: { email: string }) => email === "ann@example.org");
    const admin = await signedInAdministrator(server.url);
    return [await admin.post(`${ORG}/members/${userId}/password-link`), `${ORG}/members/${userId}`];
  },
  "POST /api/orgs/{org}/projects": async () => [
    await api.post(`${ORG}/projects`, { slug: "made", name: "Made" }),
    `${ORG}/projects/made`,
  ],
  "POST /api/orgs/{org}/projects/{project}/members": async () => [
    await api.post(`${ORG}/projects/made/members`, { email: "ann@example.org", role: "member" }),
    /^\/api\/orgs\/default\/projects\/made\/members\/[\w-]+$/,
  ],
  "POST /api/api-keys": async () => [
    await api.post("/api/api-keys", {
      organization: "default",
      name: "made",
      rights: ["org.plugins.read"],
    }),
    /^\/api\/api-keys\/[\w-]+\?organization=default$/,
  ],
  "POST /api/orgs/{org}/uploads": async () => [
    await api.upload(`${ORG}/uploads`, await zip("acme.made")),
    `${ORG}/catalog/acme.made/versions/1.0.0`,
  ],
  "POST /api/orgs/{org}/bundles/import": async () => {
    const bundle = await (
      await fetch(new URL(`${ORG}/bundles`, server.url), {
        method: "POST",
        headers: { authorization: `Bearer ${BOOTSTRAP_KEY}`, "content-type": "application/json" },
        body: JSON.stringify({ plugins: [{ plugin: "acme.made" }] }),
      })
    ).blob();
    const form = new FormData();
    form.set("bundle", bundle, "bundle.tar");
    return [await api.post(`${ORG}/bundles/import`, form), `${ORG}/catalog`];
  },
  "POST /api/orgs/{org}/plugins": async () => [
    await api.post(`${ORG}/plugins`, { plugin: "acme.made" }),
    `${ORG}/plugins/acme.made`,
  ],
  "POST /api/orgs/{org}/toolsets": async () => [
    await api.post(`${ORG}/toolsets`, { name: "located", tools: [] }),
    /^\/api\/orgs\/default\/toolsets\/located$/,
  ],
  // What does not answer is a plugin all the same.
  "POST /api/orgs/{org}/mcp-servers": async () => [
    await api.post(`${ORG}/mcp-servers`, { name: "located", url: "http://127.0.0.1:1/mcp" }),
    `${ORG}/mcp-servers/mcp.located`,
  ],
  "POST /api/orgs/{org}/budgets": async () => [
    await api.post(`${ORG}/budgets`, { for: { kind: "organization" }, of: "tokens", amount: 9, per: "day" }),
    /^\/api\/orgs\/default\/budgets\/[\w-]+$/,
  ],
  "POST /api/orgs/{org}/endpoints": async () => {
    await installEndpointPlugin(api);
    return [
      await api.post(`${ORG}/endpoints`, { plugin: ENDPOINT_PLUGIN, endpoint: "small" }),
      /^\/api\/orgs\/default\/endpoints\/[\w-]+$/,
    ];
  },
  "POST /api/orgs/{org}/requests": async () => {
    await api.upload(`${ORG}/uploads`, await zip("acme.asked"));
    return [
      await api.post(`${ORG}/requests`, { plugin: "acme.asked" }),
      /^\/api\/orgs\/default\/requests\/[\w-]+$/,
    ];
  },
  "POST /api/orgs/{org}/requests/{id}/approve": async () => {
    const [request] = (await api.get(`${ORG}/requests`)).body.items;
    return [await api.post(`${ORG}/requests/${request.id}/approve`), `${ORG}/plugins/acme.asked`];
  },
  "POST /api/system/publishers": async () => [
    await api.post("/api/system/publishers", { publisher: "acme", publicKey: generateKeyPair().publicKey }),
    "/api/system/publishers/acme",
  ],
  "POST /registry/v1/publishers": async () => [
    await api.post(`${REGISTRY}/publishers`, { publisher: "acme", name: "Acme" }),
    `${REGISTRY}/publishers/acme`,
  ],
  "POST /registry/v1/packages": async () => [
    await api.upload(
      `${REGISTRY}/packages`,
      await makePackage({
        id: "acme.shared",
        code: "export default {};",
        manifest: { license: "MIT" },
        files: { "README.md": "# Shared" },
      }),
    ),
    `${REGISTRY}/packages/acme.shared/versions/1.0.0`,
  ],
  "POST /registry/v1/publishers/{publisher}/keys": async () => {
    const { publicKey, keyId } = generateKeyPair();
    return [
      await api.post(`${REGISTRY}/publishers/acme/keys`, { publicKey }),
      `${REGISTRY}/publishers/acme/keys/${keyId}`,
    ];
  },
  "POST /registry/v1/publishers/{publisher}/tokens": async () => [
    await api.post(`${REGISTRY}/publishers/acme/tokens`, { name: "ci" }),
    /^\/registry\/v1\/publishers\/acme\/tokens\/[\w-]+$/,
  ],
  "POST /registry/v1/blocklist": async () => [
    await api.post(`${REGISTRY}/blocklist`, { plugin: "acme.shared", versions: "<1.0.0", reason: "Bad." }),
    `${REGISTRY}/blocklist`,
  ],
};

it("says where what was made is, at every operation that makes something", async () => {
  const { paths } = (await new Api(server.url, null).get("/openapi.json")).body as {
    paths: Record<string, Record<string, { responses: object }>>;
  };
  const making = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, { responses }]) =>
      "201" in responses ? [`${method.toUpperCase()} ${path}`] : [],
    ),
  );
  expect([...Object.keys(makers), ...ELSEWHERE].sort()).toEqual(making.sort());
  for (const [operation, make] of Object.entries(makers)) {
    const [{ status, headers, body }, address] = await make();
    expect(status, `${operation} ${JSON.stringify(body)}`).toBe(201);
    const location = headers.get("location") ?? "";
    if (typeof address === "string") expect(location, operation).toBe(address);
    else expect(location, operation).toMatch(address);
  }
});
