import { gitignore, json, nameOf, type ProjectFacts, packageJson, readme, titleOf } from "./project-files.ts";
import { REACT } from "./versions.ts";

/** The files of a new plugin with a page in the console, by path. */
export const uiProject = (facts: ProjectFacts): Readonly<Record<string, string>> => {
  const { id } = facts;
  const name = nameOf(id);
  return {
    "plugin.json": json({
      $schema: "./node_modules/@patchbay/sdk/plugin.schema.json",
      id,
      name: titleOf(name),
      version: "0.1.0",
      description: "Counts things, on a page of its own.",
      author: { name: titleOf(id.slice(0, id.indexOf("."))) },
      license: "Apache-2.0",
      category: "ui",
      engines: { patchbay: "^1.0.0" },
      ui: "dist/ui.js",
      permissions: {
        required: [
          { name: "ui.page", reason: "Shows the page." },
          { name: "storage.scoped", reason: "Keeps the count." },
        ],
      },
      settings: {
        type: "object",
        properties: { label: { type: "string", title: "What is counted", default: "Things", maxLength: 40 } },
      },
      contributes: { views: [{ name: "main", title: titleOf(name), place: "page" }] },
    }),
    "package.json": packageJson(facts, REACT),
    "tsconfig.json": json({
      compilerOptions: {
        target: "ES2024",
        lib: ["ESNext", "DOM", "DOM.Iterable"],
        module: "preserve",
        moduleResolution: "bundler",
        jsx: "react-jsx",
        types: ["node"],
        strict: true,
        noEmit: true,
        allowImportingTsExtensions: true,
        resolveJsonModule: true,
        skipLibCheck: true,
      },
      include: ["src"],
    }),
    ".gitignore": gitignore,
    "README.md": readme(id, "Counts things, on a page of its own.", []),
    "src/ui.tsx": VIEW,
    "src/ui.test.tsx": TEST,
  };
};

const VIEW = `import { useSettings, type ViewProps } from "@patchbay/sdk/ui";
import { useEffect, useState } from "react";

/** The page. Colours are the console's, by CSS variables; the frame has a plain style already. */
export default function View({ api }: ViewProps) {
  const settings = useSettings<{ label: string }>();
  const [count, setCount] = useState(0);

  useEffect(() => {
    void api.storage.get<number>("count").then((stored) => setCount(stored ?? 0));
  }, [api]);

  const add = async () => {
    setCount(count + 1);
    await api.storage.set("count", count + 1);
  };

  return (
    <main style={{ padding: 16 }}>
      <h1 style={{ fontSize: 20 }}>{settings?.label ?? "Things"}</h1>
      <p>
        <output>{count}</output>
      </p>
      <button type="button" onClick={add}>
        Add one
      </button>
    </main>
  );
}
`;

const TEST = `import assert from "node:assert/strict";
import { test } from "node:test";
import { createViewHarness } from "@patchbay/sdk/testing/ui";
import manifest from "../plugin.json" with { type: "json" };
import View from "./ui.tsx";

test("shows a count and a button", () => {
  const html = createViewHarness({ manifest }).render(View);
  assert.match(html, /<output>0<\\/output>/);
  assert.match(html, /<button type="button">Add one<\\/button>/);
});
`;
