import { Button, ScrollArea, Stack, Table, Text } from "@mantine/core";
import type { UsageDto } from "@patchbay/protocol";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Chart, type Series } from "../../../components/chart/chart.tsx";
import { ChartFigure } from "../../../components/chart/chart-figure.tsx";
import { useFormats } from "../../../components/formats.ts";
import { daysOf } from "./usage-days.ts";
import type { Measure } from "./usage-search.ts";
import { amountOf, groupOf, seriesOf } from "./usage-series.ts";
import { useUsageWords } from "./use-usage-words.ts";

/** Labels below the chart, at the most: as many as there is room for on a phone. */
const LABELS = 5;
/** The colour of all the rest. */
const REST = 5;

export interface UsageChartProps {
  /** By the day, and by something else unless that are too many rows. */
  readonly report: UsageDto;
  readonly of: Measure;
}

/** Uses by the day, those with the most told apart; as a table for those who want to read the numbers. */
export const UsageChart = ({ report, of }: UsageChartProps) => {
  const { t } = useTranslation("usage");
  const formats = useFormats();
  const { nameOf, amount } = useUsageWords(report.currency);
  const [isTable, setIsTable] = useState(false);
  const group = groupOf(report);
  const days = daysOf(report);
  const found = seriesOf(report, of, days);
  const title = t(`chart.${of}`);
  if (found.length === 0) return <NothingKnown title={title} of={of} />;
  const names = found.map(({ row }) => {
    if (group === undefined) return t("total");
    return row === undefined ? t("others") : nameOf(row, group);
  });
  const series: Series[] = found.map(({ row, values }, place) => ({
    name: distinct(names, place),
    color: `var(--pb-series-${row === undefined && group !== undefined ? REST : place})`,
    values,
  }));
  const summary = t("chart.summary", {
    amount: amount(amountOf(report.total, of), of),
    names: formats.list(series.map(({ name }) => name)),
  });
  return (
    <Stack gap="sm">
      {isTable ? (
        <DaysTable title={title} days={days} series={series} format={(value) => amount(value, of)} />
      ) : (
        <ChartFigure title={title} summary={summary}>
          <Chart
            kind="bars"
            unit={of === "cost" ? report.currency : t(`measure.${of}`)}
            series={series}
            times={days}
            format={(value) => amount(value, of)}
            formatMark={formats.compact}
            formatTime={(day) => formats.day(day, "short")}
            labelEvery={Math.ceil(days.length / LABELS)}
          />
        </ChartFigure>
      )}
      <Button variant="default" size="xs" w="fit-content" onClick={() => setIsTable(!isTable)}>
        {t(isTable ? "chart.asChart" : "chart.asTable")}
      </Button>
    </Stack>
  );
};

/** Two API keys may have the same name. */
const distinct = (names: readonly string[], place: number): string => {
  const name = names[place] ?? "";
  return names.indexOf(name) === place ? name : `${name} (${place + 1})`;
};

const NothingKnown = ({ title, of }: { readonly title: string; readonly of: Measure }) => {
  const { t } = useTranslation("usage");
  return (
    <Stack gap="xs" component="section" aria-label={title}>
      <Text>{t(of === "cost" ? "chart.noCost" : "chart.nothing")}</Text>
    </Stack>
  );
};

interface DaysTableProps {
  readonly title: string;
  readonly days: readonly string[];
  readonly series: readonly Series[];
  readonly format: (value: number) => string;
}

/** What the chart shows, in numbers: the days on which anything was used, newest first. */
const DaysTable = ({ title, days, series, format }: DaysTableProps) => {
  const { t } = useTranslation("usage");
  const formats = useFormats();
  const used = days
    .map((day, place) => ({ day, values: series.map(({ values }) => values[place] ?? 0) }))
    .filter(({ values }) => values.some((value) => value > 0))
    .toReversed();
  return (
    <ScrollArea type="auto" viewportProps={{ tabIndex: 0, "aria-label": title }}>
      <Table miw={160 + 120 * series.length} aria-label={title}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t("day")}</Table.Th>
            {series.map(({ name }) => (
              <Table.Th key={name} ta="end">
                {name}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {used.map(({ day, values }) => (
            <Table.Tr key={day}>
              <Table.Th scope="row" fw={400} style={{ whiteSpace: "nowrap" }}>
                <time dateTime={day}>{formats.day(day)}</time>
              </Table.Th>
              {values.map((value, place) => (
                <Table.Td key={series[place]?.name} ta="end">
                  {format(value)}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </ScrollArea>
  );
};
