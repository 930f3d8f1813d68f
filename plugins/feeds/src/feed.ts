import { InvalidInputError } from "@patchbay/sdk";
import { parseFeed } from "feedsmith";

export interface Entry {
  readonly title: string | null;
  readonly url: string | null;
  /** As the feed gives it. */
  readonly published: string | null;
  readonly summary: string | null;
}

export interface Feed {
  readonly format: string;
  readonly title: string | null;
  readonly entries: readonly Entry[];
}

type Loose = Readonly<Record<string, unknown>>;

/** Title and first `limit` entries of a feed, whatever its format. Throws `InvalidInputError` for a text that is no feed. */
export const entriesOf = (text: string, limit: number): Feed => {
  const { format, feed } = parse(text);
  const entries = (list(feed.items) ?? list(feed.entries) ?? []).slice(0, limit).map(entryOf);
  return { format, title: textOf(feed.title), entries };
};

const parse = (text: string): { format: string; feed: Loose } => {
  try {
    return parseFeed(text) as unknown as { format: string; feed: Loose };
  } catch (error) {
    throw new InvalidInputError(
      `There is no feed at this address: ${error instanceof Error ? error.message : error}`,
      {
        errors: [{ pointer: "/url", message: "Name the address of an RSS, Atom or JSON feed." }],
      },
    );
  }
};

const entryOf = (item: Loose): Entry => ({
  title: textOf(item.title),
  url: linkOf(item),
  published: textOf(item.published ?? item.pubDate ?? item.date_published ?? item.updated),
  summary: textOf(item.summary ?? item.description ?? item.content_text ?? item.content),
});

const linkOf = (item: Loose): string | null => {
  const direct = textOf(item.link ?? item.url);
  if (direct !== null) return direct;
  const links = list(item.links) ?? [];
  return textOf((links.find(({ rel }) => rel === undefined || rel === "alternate") ?? links[0])?.href);
};

const list = (value: unknown): readonly Loose[] | null => (Array.isArray(value) ? value : null);

/** A text, or what an object with a value holds. */
const textOf = (value: unknown): string | null => {
  if (typeof value === "string") return value;
  if (value instanceof Date) return value.toISOString();
  if (typeof value !== "object" || value === null) return null;
  return textOf((value as Loose).value ?? null);
};
