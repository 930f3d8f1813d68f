// The packages that others install: what goes into each, and what its manifest says. A checkout runs their sources instead.

/** The oldest Node that they run on. */
const OLDEST_NODE = ">=20.12";

/** Only for user interfaces, and the plugin's own to choose. */
const REACT = { "@types/react": "^19.0.0", react: "^19.0.0", "react-dom": "^19.0.0" };

/**
 * `entries` maps the names of modules in `dist` to their sources, `exports` the names that others import to those modules, and
 * `files` further files of the package to where they come from; `exportedFiles` are those of them that others may read. `manifest` is what the manifest says beside that.
 */
export const PUBLISHED = [
  {
    workspace: "packages/sdk",
    entries: {
      index: "packages/sdk/src/index.ts",
      ui: "packages/sdk/src/ui/index.ts",
      testing: "packages/sdk/src/testing/index.ts",
      "testing-ui": "packages/sdk/src/testing/ui.ts",
    },
    exports: { ".": "index", "./ui": "ui", "./testing": "testing", "./testing/ui": "testing-ui" },
    files: { "plugin.schema.json": "packages/sdk/plugin.schema.json" },
    exportedFiles: ["plugin.schema.json"],
    manifest: {
      engines: { node: OLDEST_NODE },
      sideEffects: false,
      peerDependencies: REACT,
      peerDependenciesMeta: Object.fromEntries(Object.keys(REACT).map((name) => [name, { optional: true }])),
    },
  },
  {
    workspace: "packages/api-client",
    entries: { index: "packages/api-client/src/index.ts" },
    exports: { ".": "index" },
    files: {},
    manifest: { engines: { node: OLDEST_NODE }, sideEffects: false },
  },
  {
    workspace: "apps/cli",
    entries: {
      patchbay: "apps/cli/src/installed.ts",
      "converter-process": "packages/artifact/src/script/converter-process.ts",
    },
    exports: {},
    files: {
      "dist/guest.js": "packages/guest/dist/guest.js",
      // For folders that have no SDK installed, and for new projects.
      sdk: "build/packages/sdk/dist",
      "sdk.tgz": "build/packages/sdk.tgz",
    },
    manifest: {
      engines: { node: OLDEST_NODE },
      bin: { patchbay: "dist/patchbay.js" },
      imports: {
        "#converter-process": "./dist/converter-process.js",
        "#guest": "./dist/guest.js",
        "#sdk": "./sdk/index.js",
        "#sdk/testing": "./sdk/testing.js",
        "#sdk/testing/ui": "./sdk/testing-ui.js",
        "#sdk/ui": "./sdk/ui.js",
      },
      // Found by its name, not imported: the sandbox that plugins are tried in.
      dependencies: ["deno"],
    },
  },
];
