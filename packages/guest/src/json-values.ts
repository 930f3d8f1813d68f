import { FrameError, MAX_JSON_DEPTH } from "@patchbay/protocol";

/** What JSON turns into `{}` or `null` without a word, by the language's name for its kind. */
const LOSSY_KINDS: ReadonlySet<string> = new Set([
  ...[
    "Map",
    "Set",
    "WeakMap",
    "WeakSet",
    "WeakRef",
    "Promise",
    "RegExp",
    "Arguments",
    "Generator",
    "AsyncGenerator",
  ],
  ...[
    "ArrayBuffer",
    "SharedArrayBuffer",
    "Response",
    "Request",
    "Headers",
    "FormData",
    "URLSearchParams",
    "Blob",
    "File",
  ],
  ...[
    "AbortSignal",
    "AbortController",
    "Event",
    "ReadableStream",
    "WritableStream",
    "TransformStream",
    "Symbol",
    "BigInt",
  ],
]);

const ADVICE: Readonly<Record<string, string>> = {
  Map: " Use Object.fromEntries(map).",
  Set: " Use [...set].",
  Promise: " Await it.",
  Error: " Throw it, or use its message.",
  function: " Call it.",
  BigInt: " Use String(n).",
};

/** Where in a value a look has come to: the objects from the outermost inwards, and the members that led there. */
interface Place {
  readonly ancestors: object[];
  readonly keys: (string | number)[];
}

/**
 * Throws TypeError, with the path, for what JSON would lose silently, and `FrameError` for what nests too deep. A member
 * that is undefined is left out, as everywhere. `name`: of the value itself, `""` when its members are named by themselves.
 */
export const requireJson = (value: unknown, name: string): void =>
  look(value, { ancestors: [], keys: name === "" ? [] : [name] });

const look = (value: unknown, place: Place): void => {
  switch (typeof value) {
    case "number":
      if (!Number.isFinite(value)) throw refusal(place, String(value));
      return;
    case "bigint":
      throw refusal(place, "BigInt");
    case "function":
    case "symbol":
      throw refusal(place, typeof value);
    case "object":
      if (value !== null) lookInside(value, place);
      return;
    default:
      return;
  }
};

const lookInside = (value: object, place: Place): void => {
  const { ancestors, keys } = place;
  if (ancestors.length >= MAX_JSON_DEPTH)
    throw new FrameError(`It nests deeper than ${MAX_JSON_DEPTH} levels. Send a flatter form, or text.`);
  if (ancestors.includes(value)) throw refusal(place, "circular reference");
  const kind = kindOf(value);
  if (kind !== undefined) throw refusal(place, kind);
  // It says itself what it is as JSON.
  if (typeof (value as { toJSON?: unknown }).toJSON === "function") return;
  ancestors.push(value);
  for (const key of Array.isArray(value) ? value.keys() : Object.keys(value)) {
    keys.push(key);
    look((value as Record<string | number, unknown>)[key], place);
    keys.pop();
  }
  ancestors.pop();
};

/** The kind of an object that JSON cannot express; undefined for all others. */
const kindOf = (value: object): string | undefined => {
  if (value instanceof Error) return "Error";
  if (ArrayBuffer.isView(value)) return value.constructor?.name ?? "typed array";
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "invalid Date" : undefined;
  const kind = Object.prototype.toString.call(value).slice("[object ".length, -1);
  return LOSSY_KINDS.has(kind) || kind.endsWith("Iterator") ? kind : undefined;
};

const refusal = ({ keys }: Place, kind: string): TypeError => {
  const isNumber = /^(NaN|-?Infinity)$/.test(kind);
  const what = isNumber ? kind : `${/^[aeiou]/i.test(kind) ? "an" : "a"} ${kind}`;
  return new TypeError(`${pathOf(keys)} is ${what}, which JSON cannot express.${ADVICE[kind] ?? ""}`);
};

const MAX_PATH_LENGTH = 300;

const pathOf = (keys: readonly (string | number)[]): string => {
  const path = keys.map(memberPath).join("").replace(/^\./, "");
  return path.length > MAX_PATH_LENGTH ? `…${path.slice(-MAX_PATH_LENGTH)}` : path;
};

const memberPath = (key: string | number): string =>
  typeof key === "string" && /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(key)
    ? `.${key}`
    : `[${JSON.stringify(key)}]`;
