import { Anchor, Typography } from "@mantine/core";
import ReactMarkdown, { type Components } from "react-markdown";
import remarkGfm from "remark-gfm";
import styles from "./markdown.module.css";

/** Addresses that lead somewhere outside of a package. Relative ones point into its repository, which is not here. */
const LEADS_SOMEWHERE = /^(https?:|mailto:)/i;

const components: Components = {
  a: ({ href, children }) =>
    href !== undefined && LEADS_SOMEWHERE.test(href) ? (
      <Anchor href={href} target="_blank" rel="noopener noreferrer nofollow" inherit underline="always">
        {children}
      </Anchor>
    ) : (
      <span>{children}</span>
    ),
  // A picture from elsewhere would tell its server who reads this; the page's policy refuses it besides.
  img: ({ alt }) => (alt === undefined || alt === "" ? null : <span className={styles.picture}>{alt}</span>),
  input: ({ checked }) => <span>{checked === true ? "☑ " : "☐ "}</span>,
  table: ({ children }) => (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a wide table is scrolled by keyboard as well
    <section className={styles.table} tabIndex={0}>
      <table>{children}</table>
    </section>
  ),
  pre: ({ children }) => (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: long lines are scrolled by keyboard as well
    <pre tabIndex={0}>{children}</pre>
  ),
  h1: "h2",
  h2: "h3",
  h3: "h4",
  h4: "h5",
  h5: "h6",
};

/** The part of `Markdown` that is loaded when it is needed. */
const MarkdownView = ({ text }: { text: string }) => (
  <Typography className={styles.text}>
    <ReactMarkdown remarkPlugins={[remarkGfm]} components={components}>
      {text}
    </ReactMarkdown>
  </Typography>
);

export default MarkdownView;
