import { useTranslation } from "react-i18next";
import { Chart } from "../chart/chart.tsx";
import { useFormats } from "../formats.ts";
import type { Plot } from "./answer-form.ts";

/** Labels below the chart, at the most: as many as there is room for on a phone. */
const LABELS = 4;

/** Numbers of an answer as a chart. The table or list below has all of them. */
export const ValueChart = ({ plot: { labels, series } }: { readonly plot: Plot }) => {
  const { t } = useTranslation("tools");
  const formats = useFormats();
  const names = formats.list(series.map(({ name }) => name));
  // Places stand for points, since several may have the same label.
  const places = labels.map((_, index) => String(index));
  return (
    <div role="img" aria-label={t("value.chart", { names, count: labels.length })}>
      <Chart
        kind="lines"
        unit=""
        series={series.map(({ name, values }, place) => ({
          name,
          values,
          color: `var(--pb-series-${place})`,
        }))}
        times={places}
        format={formats.number}
        formatMark={formats.compact}
        formatTime={(place) => labels[Number(place)] ?? ""}
        labelEvery={Math.max(1, Math.ceil(labels.length / LABELS))}
      />
    </div>
  );
};
