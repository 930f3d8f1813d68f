/**
 * What Markdown from anybody may cost to be shown. Its parser takes time that grows with the square of some signs, and tables fill
 * each short row up; a look at the lines tells beforehand, in time linear in the text.
 */

/** Longer documents are read elsewhere. */
const MAX_CHARACTERS = 256 * 1024;
/** Lines that begin a heading, an item, a quotation or a definition: 2,000 take about 0.1 s. */
const MAX_BLOCKS = 2_000;
const MAX_PARAGRAPHS = 4_000;
/** Quotations and lists inside each other. */
const MAX_NESTING = 10;
/** Cells of all tables together, with those that are filled in. */
const MAX_CELLS = 5_000;
/** Signs of emphasis, links and code, each paragraph's squared, together. */
const MAX_INLINE_COST = 2_000_000;

const CONTAINER = /^[ \t]*(?:>|[-*+](?=[ \t]|$)|\d{1,9}[.)](?=[ \t]|$))/;
const BLOCK = /^[ \t]*(?:#{1,6}(?:[ \t]|$)|\[[^\]]{1,999}\]:)/;
const INLINE = /[*_~[\]!<`\\&@]|www\.|:\/\//g;
const TABLE_RULE = /^[ \t>]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-*:?[ \t]*)*$/;

/** Whether a text can be shown as Markdown without keeping its reader waiting. */
export const isCheapMarkdown = (text: string): boolean => {
  if (text.length > MAX_CHARACTERS) return false;
  const left = { blocks: MAX_BLOCKS, paragraphs: MAX_PARAGRAPHS, cells: MAX_CELLS, inline: MAX_INLINE_COST };
  let signs = 0;
  let columns = 0;
  for (const line of text.split(/\r\n?|\n/)) {
    if (line.trim() === "") {
      signs = 0;
      columns = 0;
      left.paragraphs -= 1;
      continue;
    }
    const nesting = nestingOf(line);
    left.blocks -= nesting + (BLOCK.test(line) ? 1 : 0);
    if (nesting > MAX_NESTING) return false;
    if (line.includes("|") && TABLE_RULE.test(line)) columns = Math.max(columns, line.split("|").length);
    left.cells -= columns;
    const more = line.match(INLINE)?.length ?? 0;
    left.inline -= 2 * signs * more + more * more;
    signs += more;
    if (Object.values(left).some((amount) => amount < 0)) return false;
  }
  return true;
};

/** How many quotations and items a line opens. Indentation counts as the levels that it could continue. */
const nestingOf = (line: string): number => {
  let rest = line.slice(0, 1_000);
  let depth = 0;
  for (
    let found = CONTAINER.exec(rest);
    found !== null && depth <= MAX_NESTING;
    found = CONTAINER.exec(rest)
  ) {
    rest = rest.slice(found[0].length);
    depth += 1;
  }
  const indent = line.length - line.trimStart().length;
  return depth > 0 && indent > 8 * MAX_NESTING ? MAX_NESTING + 1 : depth;
};
