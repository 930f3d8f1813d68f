import "@mantine/charts/styles.css";
import { BarChart, LineChart } from "@mantine/charts";
import { SimpleGrid, Title } from "@mantine/core";
import type { MetricsDto } from "@patchbay/protocol";
import { type ReactNode, useId } from "react";
import { useTranslation } from "react-i18next";
import { useFormats } from "../../../components/formats.ts";
import type { ChartMinute } from "./minutes.ts";
import { totalsOf } from "./totals.ts";

const CHART_PX = 200;
const TICK_GAP_PX = 48;
const OK = "var(--mantine-color-accent-text)";
const BAD = "var(--pb-danger)";
const SLOW = "var(--pb-warning)";

export interface MetricsChartsProps {
  readonly minutes: readonly ChartMinute[];
  readonly total: MetricsDto["total"];
}

/** The part of the metrics that is loaded when somebody looks at it. */
const MetricsCharts = ({ minutes, total }: MetricsChartsProps) => {
  const { t } = useTranslation("plugin");
  const formats = useFormats();
  const totals = new Map(totalsOf(total, formats));
  const said = (...names: ("calls" | "errors" | "p50" | "p95" | "cpu" | "memory")[]) =>
    formats.list(names.map((name) => `${t(`metrics.${name}`)} ${totals.get(name) ?? ""}`));
  const shared = {
    data: minutes.map((minute) => ({ ...minute })),
    dataKey: "at",
    h: CHART_PX,
    // Drawn as a picture: the table has the numbers.
    accessibilityLayer: false,
    xAxisLabel: t("metrics.time"),
    xAxisProps: {
      minTickGap: TICK_GAP_PX,
      tickFormatter: (at: string) => formats.time(at, "short"),
    },
    // Without a point under the pointer there is no label.
    tooltipProps: {
      labelFormatter: (at: ReactNode) =>
        typeof at === "string" && at !== "" ? formats.time(at, "short") : "",
    },
    yAxisProps: { width: 56 },
    styles: { axisLabel: { fill: "var(--mantine-color-dimmed)" } },
  };
  // A minute on its own is a dot.
  const line = { dotProps: { r: 2 }, curveType: "linear" as const, connectNulls: false };
  return (
    <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="xl" verticalSpacing="xl">
      <Figure title={t("metrics.chart.calls")} summary={said("calls", "errors")}>
        <BarChart
          {...shared}
          withLegend
          type="stacked"
          yAxisLabel={t("metrics.perMinute")}
          valueFormatter={formats.number}
          series={[
            { name: "succeeded", label: t("metrics.succeeded"), color: OK },
            { name: "errors", label: t("metrics.errors"), color: BAD },
          ]}
          data={shared.data.map((minute) => ({ ...minute, succeeded: minute.calls - minute.errors }))}
        />
      </Figure>
      <Figure title={t("metrics.chart.duration")} summary={said("p50", "p95")}>
        <LineChart
          {...shared}
          {...line}
          withLegend
          yAxisLabel="ms"
          valueFormatter={formats.number}
          series={[
            { name: "p50Ms", label: t("metrics.p50"), color: OK },
            { name: "p95Ms", label: t("metrics.p95"), color: SLOW, strokeDasharray: "5 3" },
          ]}
        />
      </Figure>
      <Figure title={t("metrics.chart.cpu")} summary={said("cpu")}>
        <BarChart
          {...shared}
          yAxisLabel={t("metrics.msPerMinute")}
          valueFormatter={formats.number}
          series={[{ name: "cpuMs", label: t("metrics.cpu"), color: OK }]}
        />
      </Figure>
      <Figure title={t("metrics.chart.memory")} summary={said("memory")}>
        <LineChart
          {...shared}
          {...line}
          yAxisLabel="MB"
          valueFormatter={formats.number}
          series={[{ name: "memoryMb", label: t("metrics.memory"), color: OK }]}
        />
      </Figure>
    </SimpleGrid>
  );
};

interface FigureProps {
  readonly title: string;
  /** What the picture says, for those who do not see it. */
  readonly summary: string;
  readonly children: ReactNode;
}

const Figure = ({ title, summary, children }: FigureProps) => {
  const heading = useId();
  return (
    <section aria-labelledby={heading} style={{ minWidth: 0 }}>
      <Title order={2} id={heading} size="h3" mb="xs">
        {title}
      </Title>
      <div role="img" aria-label={`${title}: ${summary}`}>
        {children}
      </div>
    </section>
  );
};

export default MetricsCharts;
