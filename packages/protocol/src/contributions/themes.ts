import Type from "typebox";
import { ContributionName, strict, Title } from "../manifest-fields.ts";
import { THEME_TOKENS } from "../user-interface.ts";
import type { ShownKind } from "./kind.ts";

const Color = Type.String({
  pattern: "^#[0-9a-fA-F]{6}$",
  description: "a colour of the form #rrggbb, such as #1c7ed6",
});

const ThemeContribution = Type.Object(
  {
    name: ContributionName,
    title: Title,
    scheme: Type.Enum(["light", "dark"], { description: "light or dark" }),
    tokens: Type.Object(Object.fromEntries(THEME_TOKENS.map((token) => [token, Type.Optional(Color)])), {
      ...strict,
      minProperties: 1,
      description: `an object of colours by name: ${THEME_TOKENS.join(", ")}`,
    }),
  },
  { ...strict, description: "an object with name, title, scheme and tokens" },
);

/** Colours of the console, to choose from. A plugin may consist of them alone. */
export const themes = {
  words: { one: "theme", many: "themes" },
  entry: ThemeContribution,
  list: { maxItems: 50, description: "a list of objects with name, title, scheme and tokens" },
  bundle: null,
  permissionOf: () => ({ name: "ui.theme" as const, field: "" }),
} as const satisfies ShownKind;
