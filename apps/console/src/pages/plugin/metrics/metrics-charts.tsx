import { SimpleGrid } from "@mantine/core";
import type { MetricsDto } from "@patchbay/protocol";
import { useTranslation } from "react-i18next";
import { Chart, type Series } from "../../../components/chart/chart.tsx";
import { ChartFigure } from "../../../components/chart/chart-figure.tsx";
import { useFormats } from "../../../components/formats.ts";
import type { ChartMinute } from "./minutes.ts";
import { totalsOf } from "./totals.ts";

const OK = "var(--mantine-color-accent-text)";
const BAD = "var(--pb-danger)";
const SLOW = "var(--pb-warning)";
const QUARTER_MINUTES = 15;

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
    times: minutes.map(({ at }) => at),
    format: formats.number,
    formatTime: (at: string) => formats.time(at, "short"),
    labelEvery: QUARTER_MINUTES,
  };
  const series = (
    name: string,
    color: string,
    measured: (minute: ChartMinute) => number | null,
    more: Partial<Series> = {},
  ): Series => ({ name, color, values: minutes.map(measured), ...more });
  return (
    <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="xl" verticalSpacing="xl">
      <ChartFigure title={t("metrics.chart.calls")} summary={said("calls", "errors")}>
        <Chart
          kind="bars"
          unit={t("metrics.perMinute")}
          {...shared}
          series={[
            series(t("metrics.succeeded"), OK, ({ calls, errors }) => calls - errors),
            series(t("metrics.errors"), BAD, ({ errors }) => errors),
          ]}
        />
      </ChartFigure>
      <ChartFigure title={t("metrics.chart.duration")} summary={said("p50", "p95")}>
        <Chart
          kind="lines"
          unit="ms"
          {...shared}
          series={[
            series(t("metrics.p50"), OK, ({ p50Ms }) => p50Ms),
            series(t("metrics.p95"), SLOW, ({ p95Ms }) => p95Ms, { dashed: true }),
          ]}
        />
      </ChartFigure>
      <ChartFigure title={t("metrics.chart.cpu")} summary={said("cpu")}>
        <Chart
          kind="bars"
          unit={t("metrics.msPerMinute")}
          {...shared}
          series={[series(t("metrics.cpu"), OK, ({ cpuMs }) => cpuMs)]}
        />
      </ChartFigure>
      <ChartFigure title={t("metrics.chart.memory")} summary={said("memory")}>
        <Chart
          kind="lines"
          unit="MB"
          {...shared}
          series={[series(t("metrics.memory"), OK, ({ memoryMb }) => memoryMb)]}
        />
      </ChartFigure>
    </SimpleGrid>
  );
};

export default MetricsCharts;
