import { fileURLToPath } from "node:url";

const HERE = fileURLToPath(import.meta.url);
const FOLDERS_TO_ROOT = "../../../";

/** The checkout that this command runs from; null where it was installed as a package, which has no sources. */
export const CHECKOUT: string | null = HERE.endsWith(".ts")
  ? fileURLToPath(new URL(FOLDERS_TO_ROOT, import.meta.url))
  : null;
