import Type from "typebox";
import { LINES, TEXT } from "./text.ts";

/** What the fields of a manifest are made of, each with the words that an error message ends with. */

export const strict = { additionalProperties: false } as const;

const FILE_PATTERN = "^(?!/)(?!.*\\\\)(?!.*(?:^|/)\\.\\.(?:/|$))[^\\u0000-\\u001f]+$";

/** A text of one line. */
export const text = (maxLength: number, what: string) =>
  Type.String({ minLength: 1, maxLength, format: TEXT, description: what });

export const packageFile = (example: string) =>
  Type.String({
    pattern: FILE_PATTERN,
    maxLength: 512,
    description: `a file of the package, by its path from the manifest, such as ${example}`,
  });
export const Icon = packageFile("icon.svg");

export const ContributionName = Type.String({
  pattern: "^[a-zA-Z][a-zA-Z0-9_-]*$",
  maxLength: 64,
  description: "a name of letters, digits, hyphens and underscores that starts with a letter",
});
/** A title that is shown in the place of the name. */
export const OptionalTitle = Type.Optional(text(100, "a short title"));
export const Title = text(60, "the title that people see");
export const Description = Type.String({
  minLength: 1,
  maxLength: 2_000,
  format: LINES,
  description: "one or two sentences",
});
