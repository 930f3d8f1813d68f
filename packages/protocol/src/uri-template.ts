/**
 * Templates of addresses after RFC 6570, of which there is the simplest form: `{name}` stands for what is between two fixed texts, up to
 * the next slash. A text is found in one pass over the address, whatever the template.
 */

const MAX_VARIABLES = 10;
const VARIABLE = /\{([^{}]*)\}/g;
const NAME = /^[a-zA-Z][a-zA-Z0-9_]{0,63}$/;

/** Fixed texts with the variables between them: one text more than variables. */
interface Pieces {
  readonly texts: readonly string[];
  readonly variables: readonly string[];
}

const piecesOf = (template: string): Pieces => {
  const parts = template.split(VARIABLE);
  return {
    texts: parts.filter((_, index) => index % 2 === 0),
    variables: parts.filter((_, index) => index % 2 === 1),
  };
};

/** The names of a template's variables; none for an address. */
export const uriVariables = (template: string): readonly string[] => piecesOf(template).variables;

/** What is wrong with a template, as a sentence; null when nothing is. */
export const uriTemplateFault = (template: string): string | null => {
  const { texts, variables } = piecesOf(template);
  const odd = variables.find((name) => !NAME.test(name));
  if (odd !== undefined)
    return `"{${odd}}" is no variable: between braces stands a name of letters, digits and underscores.`;
  if (texts.some((text) => /[{}]/.test(text))) return "A brace has no other one.";
  if (variables.length > MAX_VARIABLES) return `There are more than ${MAX_VARIABLES} variables.`;
  if (new Set(variables).size < variables.length) return "A variable is there twice.";
  if (texts.slice(1, -1).some((text) => text === "")) return "Between two variables has to be some text.";
  return null;
};

/** What the variables are in an address, decoded; null when it is none of the template's. */
export const matchUri = (template: string, uri: string): Readonly<Record<string, string>> | null => {
  const { texts, variables } = piecesOf(template);
  const [first = "", ...following] = texts;
  if (!uri.startsWith(first)) return null;
  if (variables.length === 0) return uri === template ? {} : null;
  const values: Record<string, string> = {};
  let at = first.length;
  for (const [index, variable] of variables.entries()) {
    const text = following[index] ?? "";
    const isLast = index === variables.length - 1;
    const end = isLast ? uri.length - text.length : uri.indexOf(text, at);
    if (end <= at || (isLast && !uri.endsWith(text))) return null;
    const value = decoded(uri.slice(at, end));
    if (value === null) return null;
    values[variable] = value;
    at = end + text.length;
  }
  return values;
};

const decoded = (text: string): string | null => {
  if (text.includes("/")) return null;
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
};
