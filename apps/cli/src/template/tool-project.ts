import { gitignore, json, nameOf, type ProjectFacts, packageJson, readme, titleOf } from "./project-files.ts";

/** The files of a new plugin with one tool, by path. */
export const toolProject = (facts: ProjectFacts): Readonly<Record<string, string>> => {
  const { id } = facts;
  const name = nameOf(id);
  return {
    "plugin.json": json({
      $schema: "./node_modules/@patchbay/sdk/plugin.schema.json",
      id,
      name: titleOf(name),
      version: "0.1.0",
      description: "Greets people in the way that the settings say.",
      author: { name: titleOf(id.slice(0, id.indexOf("."))) },
      license: "Apache-2.0",
      category: "utility",
      engines: { patchbay: "^1.0.0" },
      main: "dist/plugin.js",
      permissions: {
        required: [],
        optional: [{ name: "storage.scoped", reason: "Counts how often each person was greeted." }],
      },
      settings: {
        type: "object",
        properties: { greeting: { type: "string", title: "Greeting", default: "Hello", maxLength: 40 } },
      },
    }),
    "package.json": packageJson(facts),
    "tsconfig.json": json({
      compilerOptions: {
        target: "ES2024",
        lib: ["ESNext"],
        module: "preserve",
        moduleResolution: "bundler",
        types: ["node"],
        strict: true,
        noEmit: true,
        allowImportingTsExtensions: true,
        skipLibCheck: true,
      },
      include: ["src"],
    }),
    ".gitignore": gitignore,
    "README.md": readme(id, "Greets people in the way that the settings say.", [
      `| \`npm run patchbay -- plugin invoke ${id} greet '{"name": "Ada"}'\` | calls the tool |`,
    ]),
    "src/plugin.ts": PLUGIN,
    "src/plugin.test.ts": TEST,
  };
};

const PLUGIN = `import { definePlugin, PermissionDeniedError, tool } from "@patchbay/sdk";

export default definePlugin({
  tools: {
    greet: tool({
      title: "Greet",
      description: "Greets a person by name.",
      input: {
        type: "object",
        properties: { name: { type: "string", minLength: 1, description: "Whom to greet" } },
        required: ["name"],
        additionalProperties: false,
      },
      async run({ name }, { api, settings, log }) {
        const greeting = \`\${settings.greeting}, \${name}!\`;
        try {
          const greeted = Number((await api.storage.get(name)) ?? 0) + 1;
          await api.storage.set(name, greeted);
          return { greeting, greeted };
        } catch (error) {
          if (!(error instanceof PermissionDeniedError)) throw error;
          log.debug("Greetings are not counted: storage.scoped was not granted.");
          return { greeting };
        }
      },
    }),
  },
});
`;

const TEST = `import assert from "node:assert/strict";
import { test } from "node:test";
import { createTestHarness } from "@patchbay/sdk/testing";
import plugin from "./plugin.ts";

test("greets in the way that the settings say", async () => {
  const harness = createTestHarness(plugin, { settings: { greeting: "Good day" } });
  assert.deepEqual(await harness.call("greet", { name: "Ada" }), { greeting: "Good day, Ada!" });
});

test("counts when it may", async () => {
  const harness = createTestHarness(plugin, { settings: { greeting: "Hello" }, grants: ["storage.scoped"] });
  await harness.call("greet", { name: "Ada" });
  assert.deepEqual(await harness.call("greet", { name: "Ada" }), { greeting: "Hello, Ada!", greeted: 2 });
});
`;
