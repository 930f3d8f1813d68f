/** What the projects of all templates have in common. */

export const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** `my-plugin` as people read it: `My Plugin`. */
export const titleOf = (name: string): string =>
  name
    .split("-")
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join(" ");

export const gitignore = "node_modules/\ndist/\n*.zip\n";

export const packageJson = (name: string): string =>
  json({
    name,
    private: true,
    type: "module",
    scripts: {
      dev: "patchbay plugin dev",
      test: "patchbay plugin test",
      validate: "patchbay plugin validate",
      pack: "patchbay plugin pack",
    },
    devDependencies: { "@patchbay/sdk": "^1.0.0" },
  });
