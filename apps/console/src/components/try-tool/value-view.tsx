import { Table, Text } from "@mantine/core";
import { isJsonObject } from "@patchbay/protocol";
import { useTranslation } from "react-i18next";
import { Markdown } from "../markdown.tsx";
import { isMarkdown, plotOf } from "./answer-form.ts";
import { BoundedText } from "./bounded-text.tsx";
import styles from "./try-tool.module.css";
import { ValueChart } from "./value-chart.tsx";

/** Deeper than this, and of longer lists, the rest is JSON. */
const MAX_DEPTH = 4;
/** Deeper than this, texts and numbers are values among others: no Markdown, no charts. */
const MAX_RICH_DEPTH = 2;
const MAX_ROWS = 200;
const MAX_COLUMNS = 8;

type Row = Readonly<Record<string, unknown>>;

/** Any JSON value, laid out to be read: texts as they are, objects by member, equal rows as a table. */
export const ValueView = ({ value, depth = 0 }: { value: unknown; depth?: number }) => {
  const { t } = useTranslation("tools");
  if (typeof value === "string")
    return value === "" ? (
      <Text c="dimmed">{t("value.emptyText")}</Text>
    ) : depth < MAX_RICH_DEPTH && isMarkdown(value) ? (
      <Markdown text={value} />
    ) : (
      <p className={styles.text}>
        <BoundedText text={value} />
      </p>
    );
  if (value === null || typeof value !== "object") return <p className={styles.text}>{String(value)}</p>;
  if (depth >= MAX_DEPTH)
    return (
      <p className={styles.text}>
        <BoundedText text={JSON.stringify(value)} />
      </p>
    );
  if (Array.isArray(value)) return <ListView values={value} depth={depth} />;
  if (!isJsonObject(value)) return null;
  const members = Object.entries(value);
  if (members.length === 0) return <Text c="dimmed">{t("value.emptyObject")}</Text>;
  return (
    <dl className={styles.members}>
      {members.map(([name, member]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            <ValueView value={member} depth={depth + 1} />
          </dd>
        </div>
      ))}
    </dl>
  );
};

const ListView = ({ values, depth }: { values: readonly unknown[]; depth: number }) => {
  const { t } = useTranslation("tools");
  if (values.length === 0) return <Text c="dimmed">{t("value.emptyList")}</Text>;
  const shown = values.slice(0, MAX_ROWS);
  const columns = columnsOf(shown);
  const plot = depth < MAX_RICH_DEPTH ? plotOf(values, t("value.numbers")) : null;
  return (
    <>
      {plot !== null && <ValueChart plot={plot} />}
      {columns === null ? (
        <ol className={styles.list}>
          {shown.map((value, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: values of a list have nothing else by which they could be told apart
            <li key={index}>
              <ValueView value={value} depth={depth + 1} />
            </li>
          ))}
        </ol>
      ) : (
        <RowsView rows={shown as readonly Row[]} columns={columns} />
      )}
      {values.length > shown.length && (
        <Text c="dimmed" size="sm">
          {t("value.more", { count: values.length - shown.length })}
        </Text>
      )}
    </>
  );
};

const isPlain = (value: unknown): boolean => value === null || typeof value !== "object";

/** The columns of a table, when all values are flat objects of much the same members; else null. */
const columnsOf = (values: readonly unknown[]): string[] | null => {
  if (values.length < 2) return null;
  const names = new Set<string>();
  for (const value of values) {
    if (!isJsonObject(value) || !Object.values(value).every(isPlain)) return null;
    for (const name of Object.keys(value)) names.add(name);
  }
  return names.size > 0 && names.size <= MAX_COLUMNS ? [...names] : null;
};

const RowsView = ({ rows, columns }: { rows: readonly Row[]; columns: readonly string[] }) => (
  <Table className={styles.rows}>
    <Table.Thead>
      <Table.Tr>
        {columns.map((column) => (
          <Table.Th key={column}>{column}</Table.Th>
        ))}
      </Table.Tr>
    </Table.Thead>
    <Table.Tbody>
      {rows.map((row, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: rows have nothing else by which they could be told apart
        <Table.Tr key={index}>
          {columns.map((column) => (
            <Table.Td key={column}>
              {Object.hasOwn(row, column) ? <BoundedText text={String(row[column])} /> : ""}
            </Table.Td>
          ))}
        </Table.Tr>
      ))}
    </Table.Tbody>
  </Table>
);
