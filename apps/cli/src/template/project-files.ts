import type { OwnPackage } from "./own-packages.ts";
import { NODE_TYPES, TYPESCRIPT } from "./versions.ts";

/** What the projects of all templates have in common. */

/** What a template is made for. */
export interface ProjectFacts {
  /** Of the plugin, such as acme.weather. */
  readonly id: string;
  readonly packages: readonly OwnPackage[];
}

export const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** `weather` of `acme.weather`. */
export const nameOf = (id: string): string => id.slice(id.indexOf(".") + 1);

/** `my-plugin` as people read it: `My Plugin`. */
export const titleOf = (name: string): string =>
  name
    .split("-")
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join(" ");

export const gitignore = "node_modules/\ndist/\n*.zip\n";

/** All that the project needs is in it or in npm's registry; its scripts run the command that it lists, and no other. */
export const packageJson = (
  { id, packages }: ProjectFacts,
  further: Readonly<Record<string, string>> = {},
): string => {
  const own = packages.map(({ name, path }) => [name, `file:${path}`]);
  const needed = { ...Object.fromEntries(own), ...NODE_TYPES, ...TYPESCRIPT, ...further };
  return json({
    name: nameOf(id),
    private: true,
    type: "module",
    scripts: {
      dev: "patchbay plugin dev",
      test: "patchbay plugin test",
      check: "tsc -p . && patchbay plugin validate",
      pack: "patchbay plugin pack",
      patchbay: "patchbay",
    },
    devDependencies: Object.fromEntries(Object.entries(needed).sort(([a], [b]) => (a < b ? -1 : 1))),
    // Of the command: they work without, and npm asks about each that nobody has decided on.
    allowScripts: { deno: false, esbuild: false },
  });
};

/** The README of a project: `what` it does, and further rows of its table. */
export const readme = (id: string, what: string, rows: readonly string[]): string => `# ${titleOf(nameOf(id))}

${what}

\`npm install\` once, then

| command | does |
| --- | --- |
| \`npm test\` | runs the tests |
| \`npm run check\` | checks types and the package |
| \`npm run dev\` | brings every change to a server at once |
| \`npm run pack\` | makes the package |
| \`npm run patchbay -- plugin install ${id}-0.1.0.zip --enable\` | uploads, installs and enables it |
${rows.map((line) => `${line}\n`).join("")}
The server and its key come from \`npm run patchbay -- login\`, or from \`PATCHBAY_URL\` and \`PATCHBAY_API_KEY\`.

\`vendor/\` has the SDK and the command; commit it, and everybody who clones this builds the same. To take those of a server:
\`npm install --save-dev https://SERVER/sdk/sdk.tgz https://SERVER/sdk/cli.tgz\`.
`;
