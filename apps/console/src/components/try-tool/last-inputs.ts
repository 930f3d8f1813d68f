import { isJsonObject } from "@patchbay/protocol";

const STORAGE_KEY = "patchbay-tool-inputs";
/** Inputs of a tool, tools of all people who use this browser, and characters of an input as JSON: a megabyte at the most. */
const MAX_INPUTS = 5;
const MAX_TOOLS = 40;
const MAX_CHARACTERS = 4_000;

export interface InputsOf {
  /** Id. */
  readonly person: string;
  readonly org: string;
  /** `acme.geo/locate`. */
  readonly tool: string;
}

type Kept = Readonly<Record<string, readonly string[]>>;

/** What a person has last called a tool with, the newest first, as JSON. Kept in the browser alone, until they sign out. */
export const lastInputs = (of: InputsOf): readonly string[] => read()[keyOf(of)] ?? [];

/** Keeps an input, which must hold nothing that may not be kept, and tells what is kept then. One that is too long is not. */
export const keepInput = (of: InputsOf, input: unknown): readonly string[] => {
  const json = JSON.stringify(input);
  if (json === undefined || json === "{}" || json.length > MAX_CHARACTERS) return lastInputs(of);
  const key = keyOf(of);
  const { [key]: before = [], ...others } = read();
  const inputs = [json, ...before.filter((one) => one !== json)].slice(0, MAX_INPUTS);
  const tools = [[key, inputs] as const, ...Object.entries(others)].slice(0, MAX_TOOLS);
  try {
    localStorage.setItem(STORAGE_KEY, JSON.stringify(Object.fromEntries(tools)));
  } catch {
    // A browser without room keeps none.
  }
  return lastInputs(of);
};

/** Whoever signs out leaves none behind. */
export const forgetInputs = (): void => localStorage.removeItem(STORAGE_KEY);

const keyOf = ({ person, org, tool }: InputsOf): string => `${person} ${org} ${tool}`;

const read = (): Kept => {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(STORAGE_KEY) ?? "{}");
    if (!isJsonObject(kept)) return {};
    const isList = (value: unknown): value is string[] =>
      Array.isArray(value) && value.every((one) => typeof one === "string");
    return Object.fromEntries(
      Object.entries(kept).filter((entry): entry is [string, string[]] => isList(entry[1])),
    );
  } catch {
    return {};
  }
};
