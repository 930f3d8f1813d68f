// Makes clients of the API with two public generators, compiles them strictly and has each upload a package to a running server.
// They are installed for this alone: npm run try-clients

import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { makePackage } from "../test/support/packages.ts";
import { BOOTSTRAP_KEY, startServer } from "../test/support/server.ts";

/** Installing is the longest, and that is seconds. */
const STEP_MS = 180_000;

const GENERATORS = [
  "openapi-typescript@7.13.0",
  "openapi-fetch@0.17.0",
  "@hey-api/openapi-ts@0.99.0",
  "typescript@5.9.3",
  "@types/node@24.19.2",
];

const COMPILER = {
  compilerOptions: {
    target: "ES2024",
    module: "nodenext",
    moduleResolution: "nodenext",
    lib: ["ES2024", "DOM", "DOM.Iterable"],
    types: ["node"],
    strict: true,
    noUncheckedIndexedAccess: true,
    outDir: "out",
  },
  include: ["*.ts", "hey/**/*.ts"],
};

const ENVIRONMENT = `import { readFile } from "node:fs/promises";
export const baseUrl = process.env.PATCHBAY_URL ?? "";
export const key = process.env.PATCHBAY_API_KEY ?? "";
export const zip = async (name: string) => new Blob([await readFile(name)], { type: "application/zip" });
`;

const BY_FETCH = `import createClient from "openapi-fetch";
import { baseUrl, key, zip } from "./environment.js";
import type { components, paths } from "./types.js";
const client = createClient<paths>({ baseUrl, headers: { authorization: \`Bearer \${key}\` } });
const { data, error, response } = await client.POST("/api/orgs/{org}/uploads", {
  params: { path: { org: "default" }, header: { "Idempotency-Key": "by-fetch" } },
  body: { package: await zip("fetch.zip") as unknown as string },
  bodySerializer: ({ package: file }) => {
    const form = new FormData();
    form.set("package", file as unknown as Blob, "package.zip");
    return form;
  },
});
if (data === undefined) throw new Error(error satisfies components["schemas"]["ProblemDto"] === undefined ? "" : error.detail);
const made: components["schemas"]["VersionDto"] = data;
const again = await client.GET("/api/orgs/{org}/catalog", { params: { path: { org: "default" }, query: { q: made.plugin } } });
const entries: components["schemas"]["CatalogEntryDto"][] = again.data?.items ?? [];
console.log("openapi-fetch", response.status, response.headers.get("location"), entries.map(({ plugin }) => plugin).join());
`;

const BY_HEY = `import { client } from "./hey/client.gen.js";
import { searchCatalog, uploadPackage } from "./hey/sdk.gen.js";
import type { CatalogEntryDto, VersionDto } from "./hey/types.gen.js";
import { baseUrl, key, zip } from "./environment.js";
client.setConfig({ baseUrl, auth: key });
const { data, error, response } = await uploadPackage({ path: { org: "default" }, body: { package: await zip("hey.zip") } });
if (data === undefined) throw new Error(error?.detail ?? "nothing came back");
const made: VersionDto = data;
const again = await searchCatalog({ path: { org: "default" }, query: { q: made.plugin } });
const entries: CatalogEntryDto[] = again.data?.items ?? [];
console.log("hey-api", response?.status, response?.headers.get("location"), entries.map(({ plugin }) => plugin).join());
`;

const folder = await mkdtemp(join(tmpdir(), "patchbay-clients-"));
const run = async (program, parameters, environment = {}) => {
  const { stdout } = await promisify(execFile)(program, parameters, {
    cwd: folder,
    env: { ...process.env, ...environment },
    timeout: STEP_MS,
  });
  return stdout;
};
const write = (name, content) => writeFile(join(folder, name), content);

await mkdir(join(folder, "data"));
const server = await startServer({ dataDir: join(folder, "data") });
try {
  await write("package.json", JSON.stringify({ private: true, type: "module" }));
  await run("npm", ["install", "--save-exact", "--no-audit", "--no-fund", ...GENERATORS]);
  await write("openapi.json", await (await fetch(new URL("/openapi.json", server.url))).text());
  // Read by a generator, which names its modules as the compiler wants them.
  await write("tsconfig.json", JSON.stringify(COMPILER));
  await run("npx", ["openapi-typescript", "openapi.json", "--output", "types.ts"]);
  await run("npx", ["openapi-ts", "--input", "openapi.json", "--output", "hey"]);
  for (const [name, content] of Object.entries({ environment: ENVIRONMENT, fetch: BY_FETCH, hey: BY_HEY }))
    await write(`${name === "environment" ? name : `by-${name}`}.ts`, content);
  for (const name of ["fetch", "hey"])
    await write(`${name}.zip`, await makePackage({ id: `acme.${name}`, code: "export default {};" }));
  await run("npx", ["tsc", "--project", "."]);
  const environment = { PATCHBAY_URL: server.url, PATCHBAY_API_KEY: BOOTSTRAP_KEY };
  for (const name of ["fetch", "hey"])
    process.stdout.write(await run(process.execPath, [`out/by-${name}.js`], environment));
} finally {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
}
