import { createHash } from "node:crypto";
import {
  atPointer,
  type Contribution,
  canonicalJson,
  checkToolSchema,
  isJsonObject,
  plainText,
  tokensOf,
} from "@patchbay/protocol";
import { MAX_SERVER_TOOLS } from "./limits.ts";

type ToolEntry = Contribution<"tools">;
type Schema = Readonly<Record<string, unknown>>;

/** A tool of a server as the plugin's code needs it, beside its entry in the manifest. */
export interface ServerTool {
  readonly entry: ToolEntry;
  /** The name that the server knows. */
  readonly remote: string;
}

/** What a server has. */
export interface ServerDefinitions {
  readonly tools: readonly ServerTool[];
  /** Of all that the server says of its tools, shown here or not: whatever changes, this does. Hex. */
  readonly digest: string;
}

const MAX_TITLE_LENGTH = 100;
const MAX_DESCRIPTION_LENGTH = 2_000;
const MAX_NAME_LENGTH = 64;
const MAX_REMOTE_NAME_LENGTH = 256;
/** A schema with more wrong places than this is left out as a whole. */
const MAX_MENDED = 20;
const ANY_OBJECT: Schema = { type: "object" };
const HINTS = ["readOnlyHint", "destructiveHint", "idempotentHint", "openWorldHint"] as const;

/**
 * What a server told of its tools, of which nothing is believed: names become names of contributions, words such as people may read, schemas
 * such as are checked here. What cannot be a tool, and what is beyond `MAX_SERVER_TOOLS`, is left out. null for what is no list.
 */
export const readDefinitions = (told: unknown): ServerDefinitions | null => {
  if (!Array.isArray(told)) return null;
  const named = told
    .filter(isJsonObject)
    .filter(({ name }) => typeof name === "string" && name !== "" && name.length <= MAX_REMOTE_NAME_LENGTH)
    .toSorted((one, other) => (String(one.name) < String(other.name) ? -1 : 1));
  const taken = new Set<string>();
  const tools = named.slice(0, MAX_SERVER_TOOLS).map((tool): ServerTool => {
    const remote = String(tool.name);
    const name = nameFor(remote, taken);
    taken.add(name);
    return { entry: entryOf(name, tool), remote };
  });
  const digest = createHash("sha256").update(canonicalJson(named)).digest("hex");
  return { tools, digest };
};

/** A contribution's name: letters, digits, `-` and `_` after a letter, at most 64, and nobody else's. */
const nameFor = (remote: string, taken: ReadonlySet<string>): string => {
  const plain = remote.replaceAll(/[^A-Za-z0-9_-]/g, "_");
  const begun = /^[A-Za-z]/.test(plain) ? plain : `t_${plain}`;
  if (begun.length <= MAX_NAME_LENGTH && !taken.has(begun)) return begun;
  const digest = createHash("sha256").update(remote).digest("hex").slice(0, 8);
  return `${begun.slice(0, MAX_NAME_LENGTH - 9)}_${digest}`;
};

const entryOf = (name: string, told: Schema): ToolEntry => {
  const { title, description, inputSchema, outputSchema, annotations } = told;
  const hints = isJsonObject(annotations) ? annotations : {};
  const shown = plainText(title ?? hints.title, MAX_TITLE_LENGTH);
  const output = isJsonObject(outputSchema) ? mended(outputSchema) : null;
  const given = Object.fromEntries(
    HINTS.filter((hint) => typeof hints[hint] === "boolean").map((hint) => [hint, hints[hint]]),
  );
  return {
    name,
    ...(shown !== null && { title: shown }),
    description:
      plainText(description, MAX_DESCRIPTION_LENGTH, { hasLines: true }) ?? "The server says nothing of it.",
    input: (isJsonObject(inputSchema) ? mended(inputSchema) : null) ?? ANY_OBJECT,
    ...(output === null ? { answers: "content" as const } : { output }),
    ...(Object.keys(given).length > 0 && { annotations: given }),
  };
};

/** The schema without what is not checked here; null where it is none. What is left out, the server checks. */
const mended = (schema: Schema): Schema | null => {
  const copy = structuredClone(schema);
  for (let round = 0; round < MAX_MENDED; round += 1) {
    const [fault] = checkToolSchema(copy, "");
    if (fault === undefined) return copy;
    if (!removeAt(copy, fault.pointer)) return null;
  }
  return null;
};

const removeAt = (root: unknown, pointer: string): boolean => {
  const tokens = tokensOf(pointer);
  const last = tokens.at(-1);
  const parent = atPointer(root, pointer.slice(0, pointer.lastIndexOf("/")));
  if (last === undefined || typeof parent !== "object" || parent === null) return false;
  if (!Object.hasOwn(parent, last)) return false;
  if (Array.isArray(parent)) parent.splice(Number(last), 1);
  else delete (parent as Record<string, unknown>)[last];
  return true;
};
