import {
  BYTES_TYPE,
  type FileHead,
  isFileSchema,
  isJsonObject,
  mayHoldFiles,
  safeFileName,
  safeMediaType,
  tokensOf,
} from "@patchbay/protocol";
import { InvalidInputError } from "../errors.ts";
import type { ToolSchema } from "../schema.ts";
import { answerCheckFor, checkFor, isStandardSchema } from "../validation.ts";
import { mapFiles, memberSchema, resolved, withoutFileRules } from "./file-places.ts";
import { type FileSource, type FileToSend, fileToSend, fromBase64, inputFile } from "./file-source.ts";
import { jsonSchemaOf } from "./json-schema-of.ts";

/** Stands for a file while the JSON around it is checked. In base64, as the schema has it. */
const PLACEHOLDER = "AAAA";

/** Checks an input, and comes back with what the plugin gets: files in their places. Throws `InvalidInputError`. */
export type InputCheck = (input: unknown, files?: readonly FileSource[]) => Promise<unknown>;

/** What a tool may answer with. */
export interface AnswerCheck {
  /** The whole answer is a file, so that a stream is its bytes. */
  readonly isFile: boolean;
  /** Takes the files out of an answer. */
  take(answer: unknown): TakenAnswer;
}

export interface TakenAnswer {
  /** The JSON without the files. */
  readonly value: unknown;
  readonly files: readonly FileToSend[];
  /** The JSON when it fits the schema, with null in the places of files. Throws `plugin_error`. */
  checked(): Promise<unknown>;
}

/** A check of a tool's input. Throws `PluginError` when the schema itself is no good. */
export const inputCheckFor = (schema: ToolSchema | undefined): InputCheck => {
  const json = jsonSchemaOf(schema, "input");
  if (!mayHoldFiles(json)) {
    const check = checkFor(schema, "The input");
    return async (input, files = []) => {
      const [first] = files;
      if (first !== undefined) throw noPlace(first.head.pointer);
      return await check(input);
    };
  }
  const check = checkFor(fileless(schema, json), "The input");
  return async (input, sources = []) => {
    const files = new Map<string, FileSource>();
    const decoded = mapFiles(json, input, (value, { contentMediaType }, pointer) => {
      if (typeof value !== "string") return value;
      files.set(pointer, fromText(value, { pointer, name: nameAt(pointer), type: typeIn(contentMediaType) }));
      return PLACEHOLDER;
    });
    const placed = sources.reduce((value, source) => {
      files.set(source.head.pointer, source);
      return place({ root: json, pointer: source.head.pointer }, json, value, tokensOf(source.head.pointer));
    }, decoded);
    const checked = await check(placed);
    return [...files].reduce(
      (value, [pointer, source]) => replace(value, tokensOf(pointer), inputFile(source)),
      checked,
    );
  };
};

/** What a tool that has this schema may answer with. A mismatch is a `plugin_error`. */
export const answerCheckOf = (schema: ToolSchema | undefined): AnswerCheck => {
  const json = jsonSchemaOf(schema, "output");
  const holdsFiles = mayHoldFiles(json);
  const check = schema && answerCheckFor(holdsFiles ? fileless(schema, json) : schema);
  return {
    isFile: holdsFiles && isFileSchema(resolved(json, json)),
    take(answer) {
      const { value, files } = holdsFiles ? takeFiles(json, answer) : { value: answer, files: [] };
      return {
        value,
        files,
        async checked() {
          await check?.(value);
          return withFiles(value, files, () => null);
        },
      };
    },
  };
};

/** What takes no part in JSON is taken out of a value: the value with placeholders, and the files that were in their places. */
export const takeFiles = (json: unknown, answer: unknown): { value: unknown; files: FileToSend[] } => {
  const files: FileToSend[] = [];
  const value = mapFiles(json, answer, (content, { contentMediaType }, pointer) => {
    const file = fileToSend(content, { pointer, name: nameAt(pointer), type: typeIn(contentMediaType) });
    if (file === undefined) return content;
    files.push(file);
    return PLACEHOLDER;
  });
  return { value, files };
};

/** A value whose files were taken out, with something else in each of their places. */
export const withFiles = <F extends { readonly head: FileHead }>(
  value: unknown,
  files: readonly F[],
  put: (file: F) => unknown,
): unknown => files.reduce((rest, file) => replace(rest, tokensOf(file.head.pointer), put(file)), value);

/** The schema that the JSON around files is checked with. A library's own schema checks the placeholder as any text. */
const fileless = (schema: ToolSchema | undefined, json: unknown): ToolSchema | undefined =>
  schema === undefined || isStandardSchema(schema) ? schema : (withoutFileRules(json) as ToolSchema);

const fromText = (text: string, field: Omit<FileHead, "size">): FileSource => {
  const content = fromBase64(text);
  if (content === undefined) throw refusal(field.pointer, "is a file, and its content is not in base64");
  const { bytes } = content;
  return { head: { ...field, size: bytes.length }, readable: new Blob([bytes]).stream() };
};

interface Placement {
  readonly root: unknown;
  readonly pointer: string;
}

/** The value with the placeholder where a file belongs. Throws `InvalidInputError` where no file belongs, or one is already. */
const place = (
  placement: Placement,
  node: unknown,
  value: unknown,
  [token, ...rest]: readonly string[],
): unknown => {
  const { root, pointer } = placement;
  const schema = resolved(node, root);
  if (token === undefined) {
    if (!isFileSchema(schema)) throw noPlace(pointer);
    if (value !== undefined && value !== null) throw refusal(pointer, "was given twice");
    return PLACEHOLDER;
  }
  if (isFileSchema(schema)) throw noPlace(pointer);
  const isList = Array.isArray(value) || (isJsonObject(schema.items) && (value ?? undefined) === undefined);
  if (isList) {
    const list: readonly unknown[] = Array.isArray(value) ? value : [];
    const index = /^(0|[1-9]\d{0,8})$/.test(token) ? Number(token) : -1;
    if (index < 0 || index > list.length) throw noPlace(pointer);
    const members = [...list];
    members[index] = place(placement, memberSchema(schema, index), list[index], rest);
    return members;
  }
  if (value !== undefined && value !== null && !isJsonObject(value)) throw noPlace(pointer);
  const object: Readonly<Record<string, unknown>> = isJsonObject(value) ? value : {};
  const member = Object.hasOwn(object, token) ? object[token] : undefined;
  return { ...object, [token]: place(placement, memberSchema(schema, token), member, rest) };
};

/** The value with something else in the placeholder's place. A library may have moved it: then nothing is there to replace. */
const replace = (value: unknown, [token, ...rest]: readonly string[], by: unknown): unknown => {
  if (token === undefined) return value === PLACEHOLDER ? by : value;
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, token)) return value;
  if (Array.isArray(value)) {
    const index = Number(token);
    // The length is its own, too.
    return Number.isInteger(index) ? value.with(index, replace(value[index], rest, by)) : value;
  }
  if (!isJsonObject(value)) return value;
  return { ...value, [token]: replace(value[token], rest, by) };
};

/** What a file is called that has no name: as its field. */
const nameAt = (pointer: string): string =>
  safeFileName(tokensOf(pointer).findLast((token) => !/^\d+$/.test(token)) ?? "file");

const typeIn = (contentMediaType: unknown): string =>
  typeof contentMediaType === "string" ? safeMediaType(contentMediaType) : BYTES_TYPE;

const refusal = (pointer: string, what: string) =>
  new InvalidInputError(`The input does not match the schema at ${pointer}: it ${what}.`, {
    errors: [{ pointer, message: `It ${what}.` }],
  });

const noPlace = (pointer: string) => refusal(pointer, "is no field for a file");
