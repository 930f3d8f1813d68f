import { Readability } from "@mozilla/readability";
import { InvalidInputError } from "@patchbay/sdk";
import { parseHTML } from "linkedom";
import TurndownService from "turndown";

export interface Article {
  readonly url: string;
  readonly title: string | null;
  readonly byline: string | null;
  readonly excerpt: string | null;
  readonly markdown: string;
  /** Characters of readable text. */
  readonly length: number;
}

const turndown = new TurndownService({
  headingStyle: "atx",
  bulletListMarker: "-",
  codeBlockStyle: "fenced",
});

/** The readable part of a page. Links become absolute. Throws `InvalidInputError` when there is none. */
export const articleOf = (html: string, url: string): Article => {
  const { document } = parseHTML(html);
  resolveLinks(document as unknown as Document, url);
  const article = new Readability<Element>(document as unknown as Document, {
    serializer: (node) => node as Element,
  }).parse();
  if (!article?.content) {
    throw new InvalidInputError("The page has no readable text.", {
      errors: [{ pointer: "/url", message: "Name the address of a page with an article." }],
    });
  }
  return {
    url,
    title: article.title || null,
    byline: article.byline || null,
    excerpt: article.excerpt || null,
    markdown: turndown.turndown(article.content as HTMLElement),
    length: article.length ?? 0,
  };
};

const resolveLinks = (document: Document, url: string): void => {
  for (const [selector, attribute] of [
    ["a[href]", "href"],
    ["img[src]", "src"],
  ] as const) {
    for (const element of document.querySelectorAll(selector)) {
      const absolute = URL.parse(element.getAttribute(attribute) ?? "", url);
      if (absolute !== null) element.setAttribute(attribute, absolute.href);
    }
  }
};
