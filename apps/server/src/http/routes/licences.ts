import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { PatchbayError } from "@patchbay/protocol";
import type { App } from "../route.ts";

/** Made by the build beside the sources. */
const FILE = join(import.meta.dirname, "../../../../../build/THIRD_PARTY_LICENCES.txt");

/** Under which licences the works of others stand that are handed on with Patchbay, to browsers too. */
export const licenceRoutes = (app: App): void => {
  const text = existsSync(FILE) ? readFileSync(FILE, "utf8") : null;
  app.get("/licences", { config: { public: true }, schema: { hide: true } }, async (_request, reply) => {
    if (text === null)
      throw new PatchbayError("not_found", "The licences are not built: node scripts/build.mjs builds them.");
    return await reply
      .header("cache-control", "public, max-age=3600")
      .type("text/plain; charset=utf-8")
      .send(text);
  });
};
