import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { NODE_TYPES, REACT, TYPESCRIPT } from "./versions.ts";

test("new projects ask for the versions that Patchbay itself is tried with", async () => {
  const lock = JSON.parse(await readFile(new URL("../../../../package-lock.json", import.meta.url), "utf8"));
  for (const [name, version] of Object.entries({ ...NODE_TYPES, ...TYPESCRIPT, ...REACT }))
    expect([name, lock.packages[`node_modules/${name}`]?.version]).toEqual([name, version]);
});
