import { Button, ScrollArea, Stack, Table, Text, Title } from "@mantine/core";
import type { UsageDto } from "@patchbay/protocol";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { useFormats } from "../../../components/formats.ts";
import type { Group } from "./usage-search.ts";
import { estimatedOf } from "./usage-series.ts";
import { useUsageWords } from "./use-usage-words.ts";

/** Rows that are shown at first, and that come with each further step. */
const ROWS = 100;

export interface UsageTableProps {
  readonly report: UsageDto;
  /** By what its rows are told apart. */
  readonly group: Group;
}

/** Uses by whom or what, those with the most first, and all of them at the foot. */
export const UsageTable = ({ report, group }: UsageTableProps) => {
  const { t } = useTranslation("usage");
  const { nameOf } = useUsageWords(report.currency);
  const [shown, setShown] = useState(ROWS);
  const title = t(`table.${group}`);
  const hidden = report.items.length - shown;
  return (
    <Stack gap="sm">
      <Title order={2} size="h3">
        {title}
      </Title>
      <ScrollArea type="auto" viewportProps={{ tabIndex: 0, "aria-label": title }}>
        <Table miw={800} aria-label={title}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t(`group.${group}`)}</Table.Th>
              {(["requests", "failures", "input", "output", "estimated", "cost"] as const).map((column) => (
                <Table.Th key={column} ta="end">
                  {t(`column.${column}`)}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {report.items.slice(0, shown).map((row) => (
              <Row key={row[group] ?? ""} counts={row} currency={report.currency} name={nameOf(row, group)} />
            ))}
          </Table.Tbody>
          <Table.Tfoot style={{ borderTop: "1px solid var(--mantine-color-default-border)" }}>
            <Row counts={report.total} currency={report.currency} name={t("total")} isTotal />
          </Table.Tfoot>
        </Table>
      </ScrollArea>
      {hidden > 0 && (
        <Button variant="default" w="fit-content" onClick={() => setShown(shown + ROWS)}>
          {t("more", { count: Math.min(hidden, ROWS) })}
        </Button>
      )}
    </Stack>
  );
};

interface RowProps {
  readonly name: string;
  readonly counts: UsageDto["total"];
  readonly currency: string;
  readonly isTotal?: boolean;
}

const Row = ({ name, counts, currency, isTotal = false }: RowProps) => {
  const formats = useFormats();
  const words = useUsageWords(currency);
  return (
    <Table.Tr style={{ verticalAlign: "top" }}>
      <Table.Th scope="row" fw={isTotal ? 700 : 400} miw={180} style={{ overflowWrap: "anywhere" }}>
        {name}
      </Table.Th>
      <Cell>{formats.number(counts.requests)}</Cell>
      <Cell>{formats.number(counts.failures)}</Cell>
      <Cell note={words.cached(counts)}>{formats.number(counts.inputTokens)}</Cell>
      <Cell note={words.reasoning(counts)}>{formats.number(counts.outputTokens)}</Cell>
      <Cell>{formats.number(estimatedOf(counts))}</Cell>
      <Cell note={words.unpriced(counts)}>{words.costOf(counts)}</Cell>
    </Table.Tr>
  );
};

const Cell = ({
  children,
  note = false,
}: {
  readonly children: ReactNode;
  readonly note?: string | false;
}) => (
  <Table.Td ta="end" style={{ fontVariantNumeric: "tabular-nums" }}>
    {children}
    {note !== false && (
      <Text size="xs" c="dimmed">
        {note}
      </Text>
    )}
  </Table.Td>
);
