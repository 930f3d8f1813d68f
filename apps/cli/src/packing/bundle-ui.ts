import { existsSync } from "node:fs";
import { join } from "node:path";
import { UI_MODULES } from "@patchbay/protocol";
import { type Bundle, bundle } from "./bundle.ts";
import { providedModules } from "./provided-modules.ts";

const SOURCES = ["src/ui.tsx", "src/ui.jsx", "src/ui.ts", "src/ui.js"];

/** The author's source of the user interface in a plugin's folder, or null: then the bundle that the manifest names is taken. */
export const findUiSource = (folder: string): string | null =>
  SOURCES.find((path) => existsSync(join(folder, path))) ?? null;

/**
 * Bundles `source` into one ES module for a frame: React and the SDK stay imports, all else is inside. CSS is imported as
 * text, small pictures and fonts as data addresses. Throws `script_invalid` or `import_not_available`.
 */
export const bundleUi = (folder: string, source: string): Promise<Bundle> =>
  bundle(folder, source, {
    target: "es2023",
    minify: true,
    jsx: "automatic",
    loader: {
      ".css": "text",
      ".md": "text",
      ".svg": "dataurl",
      ".png": "dataurl",
      ".jpg": "dataurl",
      ".webp": "dataurl",
      ".woff2": "dataurl",
    },
    plugins: [providedModules(UI_MODULES)],
  });
