import { writeFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { asPatchbayError } from "./problems.ts";

it("says that a disk is full, and of no other fault of the server's more than that it is one", async () => {
  const full = await writeFile("/dev/full", "x").catch(asPatchbayError);
  expect(full).toMatchObject({ code: "insufficient_storage", status: 507 });
  const secret = await writeFile("/no/such/place", "x").catch(asPatchbayError);
  expect(secret).toMatchObject({ code: "internal", message: expect.not.stringContaining("/no/such") });
});
