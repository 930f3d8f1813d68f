import { PatchbayError } from "@patchbay/protocol";
import { expect, test } from "vitest";
import { readPackage } from "./reader.ts";
import { HOSTILE_ARCHIVES } from "./testing/hostile-archives.ts";
import { temporaryFolder } from "./testing/temporary-files.ts";

const folder = temporaryFolder();

test.each(HOSTILE_ARCHIVES)("refuses $name as $code", async ({ build, code }) => {
  const file = await folder.write(build());
  const refusal = await readPackage(file).catch((fault: unknown) => fault);
  expect(refusal).toBeInstanceOf(PatchbayError);
  expect(refusal).toMatchObject({ code });
  // A sentence for a person: it ends, and it says nothing that a terminal would obey.
  expect((refusal as PatchbayError).message).toMatch(/^[A-Z][^\p{Cc}]{20,}\.$/u);
});
