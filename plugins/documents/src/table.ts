/** A cell as JSON has it: dates become RFC 3339. */
export type Cell = string | number | boolean | null;

/** Rows as a Markdown table; the first row is its head. Empty without rows. */
export const markdownTable = (rows: readonly (readonly Cell[])[]): string => {
  const [head, ...body] = rows;
  if (head === undefined) return "";
  const width = Math.max(...rows.map((row) => row.length));
  const line = (cells: readonly Cell[]) =>
    `| ${Array.from({ length: width }, (_, column) => escapeCell(cells[column] ?? null)).join(" | ")} |`;
  return [line(head), `|${" --- |".repeat(width)}`, ...body.map(line)].join("\n");
};

const escapeCell = (cell: Cell): string =>
  cell === null ? "" : String(cell).replaceAll("|", "\\|").replaceAll(/\r?\n/g, " ");
