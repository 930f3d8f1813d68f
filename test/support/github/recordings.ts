import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** An answer of GitHub that was recorded and published with @octokit/fixtures. */
export interface Recording {
  readonly method: string;
  /** Of the machine that answered: https://api.github.com, or where files are downloaded from. */
  readonly origin: string;
  readonly path: string;
  readonly status: number;
  /** Names and values in turn, spelt and ordered as they were sent. */
  readonly rawHeaders: readonly string[];
  /** As it was sent. */
  readonly body: Buffer;
}

/** As nock writes it down. */
interface Raw {
  readonly scope: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly response: unknown;
  readonly responseIsBinary: boolean;
  readonly rawHeaders: readonly string[];
}

const require = createRequire(import.meta.url);
const SCENARIOS = join(
  dirname(require.resolve("@octokit/fixtures/package.json")),
  "scenarios/api.github.com",
);

/** The first recording of a scenario that fits. Throws when there is none, or when its body is not the one that was sent. */
export const recording = (scenario: string, method: string, path: RegExp): Recording => {
  const file = join(SCENARIOS, scenario, "raw-fixture.json");
  const found = (require(file) as readonly Raw[]).find((raw) => raw.method === method && path.test(raw.path));
  if (found === undefined) throw new Error(`${file} has no answer to ${method} ${path}.`);
  const body = bodyOf(found);
  const bytes = headerOf(found.rawHeaders, "content-length");
  if (bytes !== undefined && Number(bytes) !== body.length)
    throw new Error(`${file}: ${body.length} bytes for ${method} ${found.path}, where ${bytes} were sent.`);
  const { status, rawHeaders } = found;
  return { method, origin: new URL(found.scope).origin, path: found.path, status, rawHeaders, body };
};

/**
 * A text of the recording about a repository of ours: the name of the one that was recorded, and `words`, are replaced. Throws
 * when a word is not in it.
 */
export const retold = (
  { path }: Recording,
  text: string,
  repository: string,
  words: Readonly<Record<string, string>> = {},
): string => {
  const [, recorded = "", owner = "", name = ""] = /^\/repos\/(([^/]+)\/([^/]+))/.exec(path) ?? [];
  const [ourOwner = "", ourName = ""] = repository.split("/");
  for (const word of Object.keys(words))
    if (!text.includes(word)) throw new Error(`The answer to ${path} does not have the word ${word}.`);
  const replaced = new Map([
    ...Object.entries(words),
    ...([
      [recorded, repository],
      [owner, ourOwner],
      [name, ourName],
    ] as const),
  ]);
  // In one go, so that nothing of ours is taken for something recorded; the longest first, as one may begin with another.
  const longestFirst = [...replaced.keys()].sort((a, b) => b.length - a.length);
  const pattern = new RegExp(longestFirst.map((word) => RegExp.escape(word)).join("|"), "g");
  return text.replace(pattern, (word) => replaced.get(word) ?? word);
};

/** The value of the first header of that name, in whatever case. */
export const headerOf = (rawHeaders: readonly string[], name: string): string | undefined =>
  pairsOf(rawHeaders).find(([one]) => one.toLowerCase() === name)?.[1];

/** What belongs to one body and one moment. */
const PASSING = ["connection", "content-length", "date", "etag", "expires", "last-modified"];

/** The recorded headers for another body, with some of them changed. Names of changes are in lower case. */
export const headersLike = (
  { rawHeaders }: Recording,
  changes: Readonly<Record<string, string>> = {},
): string[] => {
  const kept = pairsOf(rawHeaders).filter(([name]) => {
    const lower = name.toLowerCase();
    return !PASSING.includes(lower) && !Object.hasOwn(changes, lower);
  });
  return [...kept, ...Object.entries(changes)].flat();
};

const pairsOf = (rawHeaders: readonly string[]): [name: string, value: string][] =>
  rawHeaders.flatMap((name, at) => (at % 2 === 0 ? [[name, rawHeaders[at + 1] ?? ""]] : []));

/** GitHub sends JSON without spaces; nock keeps what it parsed, and bytes that are no text in hexadecimal. */
const bodyOf = ({ response, responseIsBinary }: Raw): Buffer =>
  typeof response === "string"
    ? Buffer.from(response, responseIsBinary ? "hex" : "utf8")
    : Buffer.from(JSON.stringify(response));
