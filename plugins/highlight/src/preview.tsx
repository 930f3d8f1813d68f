import { memo, type ReactNode } from "react";
import Markdown from "react-markdown";
import rehypeHighlight from "rehype-highlight";
import remarkGfm from "remark-gfm";
import { highlight } from "./highlight.ts";

interface PreviewProps {
  readonly text: string;
  readonly language: string | null;
  readonly tabSize: number;
}

/** Markdown as it will look, anything else as code with colours. HTML in Markdown is shown as text. */
export const Preview = memo(({ text, language, tabSize }: PreviewProps): ReactNode => {
  if (language !== "markdown")
    return (
      <pre style={{ tabSize }}>
        {/* biome-ignore lint/security/noDangerouslySetInnerHtml: highlight() escapes everything and adds only spans */}
        <code dangerouslySetInnerHTML={{ __html: highlight(text, language) }} />
      </pre>
    );
  return (
    <div className="markdown" style={{ tabSize }}>
      <Markdown remarkPlugins={[remarkGfm]} rehypePlugins={[rehypeHighlight]}>
        {text}
      </Markdown>
    </div>
  );
});
