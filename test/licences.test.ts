import { afterAll, beforeAll, expect, it } from "vitest";
import { permits, readLicences } from "../scripts/lib/licences.mjs";
import { startServer, type TestServer, temporaryFolder } from "./support/server.ts";

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let server: TestServer;

beforeAll(async () => {
  folder = await temporaryFolder();
  server = await startServer({ dataDir: folder.path });
});
afterAll(async () => {
  await server?.stop();
  await folder?.remove();
});

it("refuses licences that do not let Patchbay be handed on under its own", () => {
  for (const permitted of [
    "MIT",
    "(MIT OR GPL-3.0-or-later)",
    "MIT AND Zlib",
    "(MIT AND (ISC OR GPL-2.0-only))",
  ])
    expect(permits(permitted), permitted).toBe(true);
  for (const refused of [
    "GPL-3.0-or-later",
    "AGPL-3.0-only",
    "MIT AND GPL-2.0-only",
    "(MIT OR ISC) AND SSPL-1.0",
    "UNLICENSED",
    "SEE LICENSE IN LICENSE.md",
    "MIT ISC",
    "none",
    "",
  ])
    expect(permits(refused), refused).toBe(false);
});

it("knows the licence and its text for all that is handed on", () => {
  const licences = readLicences();
  expect(licences.length).toBeGreaterThan(300);
  for (const { name, text } of licences) expect(text.length, name).toBeGreaterThan(200);
});

it("shows the licences to whoever gets something of what stands under them", async () => {
  const answer = await fetch(new URL("/licences", server.url));
  expect(answer.headers.get("content-type")).toBe("text/plain; charset=utf-8");
  const text = await answer.text();
  for (const { name, version } of readLicences()) expect(text).toContain(`${name} ${version}`);
  for (const holder of [
    "Meta Platforms, Inc.",
    "Paweł Kuna",
    "Deno authors",
    "PostgreSQL Global Development Group",
    "GRAYPE Systems Private Limited",
    "Open Data Commons Public Domain",
  ])
    expect(text).toContain(holder);
});
