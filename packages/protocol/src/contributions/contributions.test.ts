import { describe, expect, it } from "vitest";
import type { Manifest } from "../manifest.ts";
import { validateManifest } from "../validate-manifest.ts";
import { contributedFiles, declaredNames, disagreements } from "./entries.ts";
import {
  CONTRIBUTION_KINDS,
  type FoundContributions,
  KIND_NAMES,
  type KindName,
  kindOf,
  SERVER_KIND_NAMES,
  serverKindOf,
} from "./index.ts";
import { NOT_BUILT_KINDS } from "./not-built.ts";

/** A good entry of every kind: one that is added needs one here. */
const ENTRIES: { readonly [K in KindName]: { readonly name: string } & Record<string, unknown> } = {
  tools: { name: "one", description: "Does one thing." },
  prompts: {
    name: "one",
    title: "One",
    arguments: [{ name: "text", description: "What it is about.", required: true }],
  },
  resources: { name: "one", title: "One", uri: "docs://pages/{page}", mediaType: "text/markdown" },
  models: { name: "one", title: "One", kinds: ["chat", "embeddings"] },
  messageHooks: { name: "one", title: "One", description: "Does one thing." },
  schedules: {
    name: "one",
    description: "Does one thing.",
    cron: "0 6 * * 1-5",
    timezone: "Europe/Berlin",
    missed: "once",
  },
  endpoints: {
    name: "one",
    title: "One",
    methods: ["GET", "POST"],
    path: "/things/{id}",
    authentication: "signature",
  },
  views: { name: "one", title: "One", place: "page", icon: "one.svg" },
  themes: { name: "one", title: "One", scheme: "dark", tokens: { text: "#ffffff" } },
};

const faults = (contributes: object, over: object = {}) => {
  const result = validateManifest({
    id: "acme.parts",
    name: "Parts",
    version: "1.0.0",
    description: "Has parts.",
    author: { name: "Acme" },
    category: "utility",
    engines: { patchbay: "^1.0.0" },
    main: "plugin.js",
    ui: "ui.js",
    permissions: { required: ["ui.page", "ui.theme", "schedule.run", "endpoints.serve", "chat.messages"] },
    contributes,
    ...over,
  });
  return result.ok ? {} : Object.fromEntries(result.error.map(({ pointer, message }) => [pointer, message]));
};

describe.each(KIND_NAMES)("the kind %s", (name) => {
  const kind = kindOf(name);
  const entry = ENTRIES[name];

  it("is accepted in a manifest with all that an entry needs", () =>
    expect(faults({ [name]: [entry] })).toEqual({}));

  it("is refused when an entry has an unknown field, or its name is another's", () => {
    expect(faults({ [name]: [{ ...entry, odd: 1 }] })[`/contributes/${name}/0/odd`]).toMatch(/not a known/);
    expect(faults({ [name]: [entry, entry] })[`/contributes/${name}/1/name`]).toMatch(/listed twice/);
  });

  it("is refused without the permission that an entry needs", () => {
    const needed = kind.permissionOf?.(entry)?.name;
    const found = Object.values(faults({ [name]: [entry] }, { permissions: {} }));
    expect(found).toEqual(
      needed === undefined ? [] : [expect.stringMatching(`The ${kind.words.one} "one" needs .*${needed}`)],
    );
  });

  it("is refused without the bundle that has its code", () => {
    const bundle = kind.bundle ?? "main";
    const found = faults({ [name]: [entry] }, { [bundle]: undefined });
    if (kind.bundle === null) expect(found).toEqual({});
    else expect(found[`/${bundle}`]).toMatch(`contributes ${kind.words.many}, but ${bundle} names no`);
  });
});

describe("kinds that server code defines", () => {
  it.each(SERVER_KIND_NAMES)(
    "become an entry of the manifest from what was found in the code: %s",
    (name) => {
      const made = serverKindOf(name).entryOf(ENTRIES[name], undefined);
      expect(made).toEqual({ ok: true, value: ENTRIES[name] });
    },
  );

  it("disagree with the code by the names that one of the two does not have", () => {
    const declared = declaredNames({ contributes: { tools: [{ name: "a", description: "a" }] } });
    const nothing = Object.fromEntries(SERVER_KIND_NAMES.map((kind) => [kind, []]));
    const found = (names: string[]) =>
      ({ ...nothing, tools: names.map((name) => ({ name })) }) as unknown as FoundContributions;
    expect(disagreements(declared, found(["a"]))).toEqual([]);
    expect(disagreements(declared, found(["b"]))).toEqual([
      { kind: "tools", missing: ["a"], unlisted: ["b"] },
    ]);
  });

  it("have an answer's schema only where the code gives one, and the manifest's words where it gives none", () => {
    const { entryOf } = CONTRIBUTION_KINDS.tools;
    const declared = { name: "a", description: "In the manifest.", input: { type: "object" } };
    expect(entryOf({ name: "a", output: { type: "string" } }, declared)).toEqual({
      ok: true,
      value: { ...declared, output: { type: "string" } },
    });
    expect(entryOf({ name: "a" }, undefined)).toEqual({
      ok: false,
      error: 'Give "a" a description in the code.',
    });
  });
});

describe("kinds that are not built yet", () => {
  it.each(NOT_BUILT_KINDS)(
    "are accepted with a name, a title and a description, and nothing else: %s",
    (name) => {
      expect(faults({ [name]: [{ name: "one", title: "One", description: "The one." }] })).toEqual({});
      expect(faults({ [name]: [{ name: "one", odd: 1 }] })[`/contributes/${name}/0/odd`]).toMatch(
        /not a known/,
      );
    },
  );

  it("are no kinds that something is done with", () =>
    expect(NOT_BUILT_KINDS.filter((name) => name in CONTRIBUTION_KINDS)).toEqual([]));
});

it("a view has the height of a page only where it is one", () => {
  const entry = { ...ENTRIES.views, height: "page" };
  expect(faults({ views: [entry] })).toEqual({});
  expect(faults({ views: [{ ...entry, place: "sidebar" }] })["/contributes/views/0/height"]).toMatch(
    /Only a view/,
  );
});

it("a manifest names the files of all its entries", () => {
  const manifest = { contributes: { views: [ENTRIES.views, { ...ENTRIES.views, icon: undefined }] } };
  expect(contributedFiles(manifest as unknown as Manifest)).toEqual([
    { path: "one.svg", field: "contributes.views[0].icon" },
  ]);
});
