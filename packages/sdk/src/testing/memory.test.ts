import { expect, test } from "vitest";
import { definePlugin } from "../definitions.ts";
import { InvalidInputError, PermissionDeniedError, PluginError, PluginPermissionError } from "../errors.ts";
import { createTestHarness, type TestHarnessOptions } from "./test-harness.ts";

const GRANTS = ["memory.read", "memory.write", "memory.extract"];
const memoryOf = (options: TestHarnessOptions = {}) =>
  createTestHarness(definePlugin({}), { grants: GRANTS, manifest: { id: "acme.notes" }, ...options }).api
    .memory;

test("keeps memories in namespaces of the plugin's own, once each, and tells what became of them", async () => {
  const memory = memoryOf();
  expect(await memory.createNamespace("notes")).toMatchObject({
    name: "plugin:acme.notes:notes",
    entries: 0,
  });
  const { id, isNew } = await memory.add("notes", { text: "Likes tea.", metadata: { of: "ada" } });
  expect([isNew, (await memory.add("plugin:acme.notes:notes", { text: "Likes tea." })).isNew]).toEqual([
    true,
    false,
  ]);
  await memory.update("notes", id, { text: "Likes green tea." });
  expect(await memory.get("notes", id)).toMatchObject({ text: "Likes green tea.", metadata: { of: "ada" } });
  expect((await memory.list("notes", { metadata: { of: "bob" } })).items).toEqual([]);
  const [update] = await memory.history("notes", id);
  expect(await memory.undo("notes", update?.change ?? "")).toEqual({ undone: 1, kept: 0 });
  expect(await memory.get("notes", id)).toMatchObject({ text: "Likes tea." });
  expect(await memory.delete("notes", id)).toBe(true);
  expect(await memory.get("notes", id)).toBeNull();
  expect(await memory.deleteNamespace("notes")).toBe(true);
  expect(await memory.listNamespaces()).toEqual([]);
});

test("keeps memories of the person of the test beside the plugin's", async () => {
  const memory = memoryOf();
  for (const name of ["notes", "me/notes"]) await memory.createNamespace(name);
  await memory.add("plugin:acme.notes:me/notes", { text: "Mine." });
  expect(await memory.listNamespaces()).toMatchObject([
    { name: "plugin:acme.notes:notes", entries: 0 },
    { name: "plugin:acme.notes:me/notes", entries: 1 },
  ]);
  for (const name of ["me/", "me/me/notes", "me/a b"])
    await expect(memory.createNamespace(name)).rejects.toBeInstanceOf(InvalidInputError);
});

test("finds memories by their words, and says that it is by these alone", async () => {
  const memory = memoryOf();
  await memory.createNamespace("notes");
  for (const text of ["Likes green tea", "Likes tea", "Plays the cello"]) await memory.add("notes", { text });
  const { hits, meaning } = await memory.search("notes", "green tea");
  expect([meaning, hits.map(({ entry }) => entry.text)]).toEqual([
    "unavailable",
    ["Likes green tea", "Likes tea"],
  ]);
});

test("extracts what the test says, and fails where it says nothing", async () => {
  const messages = [{ id: "1", role: "user" as const, text: "I live in Bergen." }];
  const citation = { message: "1", quote: "I live in Bergen" };
  const memory = memoryOf({ memory: { facts: () => [{ text: "Lives in Bergen", citation }] } });
  await memory.createNamespace("notes");
  const { id, state } = await memory.extract("notes", messages);
  expect(state).toBe("queued");
  expect(await memory.extraction(id)).toMatchObject({ state: "succeeded", report: { added: 1 } });
  expect((await memory.list("notes")).items).toMatchObject([
    { text: "Lives in Bergen", citations: [citation] },
  ]);
  const without = memoryOf();
  await without.createNamespace("notes");
  const failing = await without.extract("notes", messages);
  expect(await without.extraction(failing.id)).toMatchObject({ state: "failed", report: null });
});

test("refuses what the platform refuses", async () => {
  const memory = memoryOf();
  await expect(memory.list("plugin:acme.other:notes")).rejects.toThrow(PluginPermissionError);
  await expect(memory.list("none")).rejects.toThrow(PluginError);
  await expect(memoryOf({ grants: [] }).listNamespaces()).rejects.toThrow(PermissionDeniedError);
});
