import type { Asker } from "@patchbay/core";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { manifestOf } from "../support/packages.ts";
import { type Domain, openDomain, TestOrganization } from "./support/domain.ts";
import { running, type TestPlugin } from "./support/plugins.ts";

let domain: Domain;
let organization: TestOrganization;
let asker: Asker;

beforeAll(async () => {
  domain = await openDomain();
});
afterAll(() => domain.close());
beforeEach(async () => {
  organization = await TestOrganization.create(domain);
  asker = { principal: organization.owner, organization: organization.slug };
});

/** A plugin whose prompts and resources are given as they are written. */
const giving = (
  id: string,
  kinds: { readonly prompts?: object[]; readonly resources?: object[] },
  code: string,
) => {
  const manifest = manifestOf({
    id,
    version: "1.0.0",
    code: "",
    tools: [],
    manifest: { contributes: kinds },
  });
  return { manifest, script: `"use strict"; return { default: ${code} };` } as TestPlugin;
};

const REVIEW = giving(
  "prompt.review",
  {
    prompts: [
      {
        name: "review",
        title: "Review",
        arguments: [{ name: "code", required: true }, { name: "language" }],
      },
      { name: "odd" },
      { name: "none" },
    ],
  },
  `{ prompts: {
    review: {
      arguments: {
        code: { required: true },
        language: { complete: (value, given) => ["go", "rust", "ruby"].filter((one) => one.startsWith(value) && given.code !== "x") },
      },
      run: ({ code, language = "any" }) => [
        { role: "user", content: "Review this " + language + " code: " + code },
        { role: "assistant", content: { type: "image", mediaType: "image/png", bytes: new Uint8Array([1, 2, 255]) } },
        { role: "user", content: { type: "resource", resource: { uri: "docs://style", text: "Be short." } } },
      ],
    },
    odd: { run: () => [{ role: "judge", content: "Guilty." }] },
    none: { run: () => 7 },
  } }`,
);

const DOCS = giving(
  "docs.pages",
  {
    resources: [
      { name: "guide", uri: "docs://guide", mediaType: "text/markdown" },
      { name: "page", title: "Page", uri: "docs://pages/{page}/{part}" },
      { name: "picture", uri: "docs://picture", mediaType: "image/png" },
      { name: "broken", uri: "docs://broken" },
    ],
  },
  `{ resources: {
    guide: { mediaType: "text/markdown", read: () => "# Guide" },
    page: {
      complete: { page: (value) => ["start", "stop", "end"].filter((one) => one.startsWith(value)) },
      read: ({ page, part }, { uri, project }) => [{ text: page + " " + part + " " + uri + " " + project }, { uri: "docs://more", text: "more" }],
    },
    picture: { mediaType: "image/png", read: () => new Uint8Array([1, 2, 255]) },
    broken: { async *read() { yield "never"; } },
  } }`,
);

it("prompts are listed with their arguments, filled in, and give messages", async () => {
  await organization.install(REVIEW);
  const [first] = await domain.prompts.list(asker, undefined);
  expect(first?.entry).toEqual({
    name: "review",
    title: "Review",
    arguments: [{ name: "code", required: true }, { name: "language" }],
  });
  const call = { plugin: "prompt.review", name: "review" };
  expect(await domain.prompts.get(asker, call, { code: "a = 1" })).toEqual([
    { role: "user", content: { type: "text", text: "Review this any code: a = 1" } },
    { role: "assistant", content: { type: "image", mediaType: "image/png", data: "AQL/" } },
    { role: "user", content: { type: "resource", resource: { uri: "docs://style", text: "Be short." } } },
  ]);
});

it("prompts refuse what does not fit, and what is no list of messages is the plugin's fault", async () => {
  await organization.install(REVIEW);
  const get = async (name: string, args: Record<string, string>) =>
    await domain.prompts.get(asker, { plugin: "prompt.review", name }, args);
  await expect(get("review", { language: "go" })).rejects.toMatchObject({ code: "invalid_input" });
  await expect(get("review", { code: "a", odd: "b" })).rejects.toMatchObject({ code: "invalid_input" });
  await expect(get("gone", {})).rejects.toMatchObject({ code: "prompt_not_found" });
  await expect(get("odd", {})).rejects.toMatchObject({ code: "plugin_error" });
  await expect(get("none", {})).rejects.toMatchObject({ code: "plugin_error" });
});

it("arguments are completed where the plugin says how", async () => {
  await organization.install(REVIEW);
  const complete = async (argument: string, value: string, given = {}) =>
    await domain.prompts.complete(
      asker,
      { plugin: "prompt.review", name: "review" },
      { argument, value, given },
    );
  expect(await complete("language", "r")).toEqual(["rust", "ruby"]);
  expect(await complete("language", "r", { code: "x" })).toEqual([]);
  expect(await complete("code", "r")).toEqual([]);
  expect(await complete("constructor", "r")).toEqual([]);
});

it("resources are read at their addresses and at those of templates", async () => {
  await organization.install(DOCS);
  const read = async (uri: string) =>
    await domain.resources.read(asker, { places: [{ plugin: "docs.pages", uri }] });
  expect((await domain.resources.list(asker, undefined)).map(({ entry }) => entry.uri)).toEqual([
    "docs://guide",
    "docs://pages/{page}/{part}",
    "docs://picture",
    "docs://broken",
  ]);
  expect(await read("docs://guide")).toEqual([
    { uri: "docs://guide", mediaType: "text/markdown", text: "# Guide" },
  ]);
  expect(await read("docs://pages/a%20b/c")).toEqual([
    { uri: "docs://pages/a%20b/c", text: "a b c docs://pages/a%20b/c undefined" },
    { uri: "docs://more", text: "more" },
  ]);
  expect(await read("docs://picture")).toEqual([
    { uri: "docs://picture", mediaType: "image/png", data: "AQL/" },
  ]);
  await expect(read("docs://nothing")).rejects.toMatchObject({ code: "resource_not_found" });
  await expect(read("docs://broken")).rejects.toMatchObject({ code: "plugin_error" });
  const completing = { argument: "page", value: "st", given: {} };
  const template = { places: [{ plugin: "docs.pages", uri: "docs://pages/{page}/{part}" }] };
  expect(await domain.resources.complete(asker, template, completing)).toEqual(["start", "stop"]);
});

it("an address is one plugin's own, and nobody's who does not see the plugin", async () => {
  await organization.install(DOCS);
  await organization.install(running("other.plugin", "() => 1"));
  const read = async (...plugins: string[]) => {
    const places = plugins.map((plugin) => ({ plugin, uri: "docs://guide" }));
    return await domain.resources.read(asker, { places });
  };
  await expect(read("other.plugin")).rejects.toMatchObject({ code: "resource_not_found" });
  await expect(read("not.there")).rejects.toMatchObject({ code: "resource_not_found" });
  expect(await read("other.plugin", "not.there", "docs.pages")).toMatchObject([{ text: "# Guide" }]);
});
