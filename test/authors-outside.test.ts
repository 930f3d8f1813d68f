import { createHash } from "node:crypto";
import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { publint } from "publint";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Author, becomeAuthor } from "./support/author.ts";
import { commandsOf } from "./support/documents.ts";
import { BOOTSTRAP_KEY, startServer, type TestServer, temporaryFolder } from "./support/server.ts";

/** The Node of these authors; scripts/try-packages.mjs tries others. */
const NODE = process.env.AUTHOR_NODE ?? process.execPath;
const ROOT = resolve(import.meta.dirname, "..");
const INSTALL = "npm install --no-audit --no-fund --prefer-offline";
/** Four installations, while other tests keep the machine busy. */
const TIMEOUT_MS = 600_000;

interface Offered {
  readonly name: string;
  readonly version: string;
  readonly url: string;
  readonly versionUrl: string;
  readonly integrity: string;
}

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let server: TestServer;
let author: Author;
let offered: ReadonlyMap<string, Offered>;
/** What the commands of the author guide have printed. */
let told: string;
/** Where the author has installed the command, which is all there is at first. */
let tools: string;

beforeAll(async () => {
  folder = await temporaryFolder();
  server = await startServer({ dataDir: join(folder.path, "data") });
  author = await becomeAuthor(join(folder.path, "author"), NODE);
  tools = join(folder.path, "author/tools");
  await mkdir(tools);
  const { packages } = (await (await fetch(`${server.url}/sdk/`)).json()) as { packages: Offered[] };
  offered = new Map(packages.map((one) => [one.name, one]));
  await writeFile(join(tools, "package.json"), '{ "private": true, "type": "module" }');
  const urls = ["@patchbay/cli", "@patchbay/api-client"].map((name) => offered.get(name)?.url);
  await author.run(`${INSTALL} ${urls.join(" ")} typescript@7.0.2 @types/node@24.19.2`, tools);
  // As the guide tells it; what npm would keep of each run in a folder of its own is installed already.
  const commands = (await commandsOf("docs/author-guide.md"))
    .replace(/^npx .*\/sdk\/cli\.tgz" patchbay/m, "tools/node_modules/.bin/patchbay")
    .replaceAll("npm install\n", `${INSTALL}\n`);
  told = await run(commands, join(tools, ".."));
}, TIMEOUT_MS);
afterAll(async () => {
  await server?.stop();
  await folder?.remove();
});

/** Runs a command in a folder of the author's. */
const run = (command: string, cwd: string): Promise<string> =>
  author.run(command, cwd, { PATCHBAY_URL: server.url, PATCHBAY_API_KEY: BOOTSTRAP_KEY });

describe("the packages that a server hands out", () => {
  it("are found by their list, by everybody, with what it promises", async () => {
    expect([...offered.keys()].sort()).toEqual(["@patchbay/api-client", "@patchbay/cli", "@patchbay/sdk"]);
    for (const { url, versionUrl, version, integrity } of offered.values()) {
      expect(versionUrl).toMatch(new RegExp(`^${server.url}/sdk/patchbay-[a-z-]+-${version}\\.tgz$`));
      for (const address of [url, versionUrl]) {
        const response = await fetch(address);
        const digest = createHash("sha512")
          .update(await response.bytes())
          .digest("base64");
        expect([response.status, `sha512-${digest}`]).toEqual([200, integrity]);
        const etag = response.headers.get("etag") ?? "";
        expect((await fetch(address, { headers: { "if-none-match": etag } })).status).toBe(304);
      }
    }
  });

  it("are as npm and bundlers want them, and say nothing of where they were built", async () => {
    for (const { url } of offered.values()) {
      const tarball = await (await fetch(url)).arrayBuffer();
      const { messages } = await publint({ pack: { tarball }, strict: true });
      expect(messages).toEqual([]);
      await writeFile(join(folder.path, "one.tgz"), Buffer.from(tarball));
      const unpacked = join(folder.path, "unpacked");
      await mkdir(unpacked, { recursive: true });
      await author.run(`tar xzf ../one.tgz && ! grep -rlF '${ROOT}' .`, unpacked);
    }
  });

  it("have a client of the API that type-checks strictly and runs", async () => {
    await writeFile(
      join(tools, "list.ts"),
      `import { PatchbayClient } from "@patchbay/api-client";
       const client = new PatchbayClient({ url: process.env.PATCHBAY_URL ?? "", apiKey: process.env.PATCHBAY_API_KEY ?? "" });
       const names: string[] = (await client.plugins.list()).map(({ plugin, state }) => \`\${plugin} \${state}\`);
       console.log(names.join("\\n"));`,
    );
    const strict = "--strict --module nodenext --target es2023 --types node --exactOptionalPropertyTypes";
    expect(await run(`node_modules/.bin/tsc ${strict} list.ts && node list.js`, tools)).toMatch(
      /^patchbay\.feeds disabled$/m,
    );
  });
});

describe("a project that was made elsewhere", () => {
  it(
    "of a tool is tested, checked, packed, installed and called, and a clone packs the same bytes",
    async () => {
      const project = join(tools, "../hello");
      expect(told).toContain("acme.hello 0.1.0 is valid.");
      expect(told).toMatch(/acme\.hello-0\.1\.0\.zip/);
      // Whatever else is installed, all that the project needs stays.
      await run(`${INSTALL} escape-html@1.0.3`, project);
      expect(await run("npm test", project)).toMatch(/pass 2\n/);
      await run("node_modules/.bin/tsc -p . --skipLibCheck false --exactOptionalPropertyTypes", project);
      await run("npm run pack", project);
      await run("npm run patchbay -- plugin install acme.hello-0.1.0.zip --enable --yes", project);
      const called = await run(
        `npm run patchbay -- plugin invoke acme.hello greet '{"name": "Ada"}'`,
        project,
      );
      expect(called).toContain("Hello, Ada!");

      const clone = join(folder.path, "somewhere/else/by another name");
      const isMade = /node_modules|\.zip$/;
      await cp(project, clone, {
        recursive: true,
        filter: (path) => !isMade.test(path.slice(project.length)),
      });
      await run("npm ci --no-audit --prefer-offline && npm run pack", clone);
      const [first, second] = [project, clone].map((path) => readFile(join(path, "acme.hello-0.1.0.zip")));
      expect((await first)?.equals((await second) ?? Buffer.of())).toBe(true);
    },
    TIMEOUT_MS,
  );

  it(
    "of a view is tested, checked, packed and installed",
    async () => {
      const project = join(tools, "../counter");
      expect(told).toMatch(/acme\.counter-0\.1\.0\.zip/);
      await run(`${INSTALL} escape-html@1.0.3`, project);
      expect(await run("npm test", project)).toMatch(/pass 1\n/);
      expect(await run("npm run check", project)).toContain("acme.counter 0.1.0 is valid.");
      await run("node_modules/.bin/tsc -p . --skipLibCheck false --exactOptionalPropertyTypes", project);
      await run("npm run pack", project);
      const installed = await run(
        "npm run patchbay -- plugin install acme.counter-0.1.0.zip --enable --yes",
        project,
      );
      expect(installed).toContain("acme.counter 0.1.0 is enabled.");
    },
    TIMEOUT_MS,
  );

  it("holds the very packages that the server hands out", async () => {
    for (const name of ["sdk", "cli"]) {
      const { version = "", integrity } = offered.get(`@patchbay/${name}`) ?? {};
      const vendored = await readFile(join(tools, `../hello/vendor/patchbay-${name}-${version}.tgz`));
      expect(`sha512-${createHash("sha512").update(vendored).digest("base64")}`).toBe(integrity);
    }
  });
});
