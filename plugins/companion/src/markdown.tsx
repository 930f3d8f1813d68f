import { memo, type ReactNode } from "react";
import Markdown, { type Components } from "react-markdown";
import rehypeHighlight from "rehype-highlight";
import remarkGfm from "remark-gfm";

/** Links and pictures lead out of the frame, which nothing may: they are shown as what they are. */
const COMPONENTS: Components = {
  a: ({ href, children }) => (
    <span className="link" title={href}>
      {children}
    </span>
  ),
  img: ({ alt, src }) => (
    <span className="link" title={typeof src === "string" ? src : undefined}>
      {alt}
    </span>
  ),
};

/** Markdown with code in colours. HTML in it is shown as text. */
export const MarkdownText = memo(
  ({ text }: { readonly text: string }): ReactNode => (
    <div className="markdown">
      <Markdown remarkPlugins={[remarkGfm]} rehypePlugins={[rehypeHighlight]} components={COMPONENTS}>
        {text}
      </Markdown>
    </div>
  ),
);
