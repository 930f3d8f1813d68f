import { useView, type ViewProps } from "@patchbay/sdk/ui";
import type { ReactNode } from "react";
import { sumOf } from "./hour.ts";
import { Figures, Overview } from "./overview.tsx";
import { Spark } from "./spark.tsx";
import style from "./style.css";
import { type Metrics, useMetrics } from "./use-metrics.ts";
import { wordsOf } from "./words.ts";

/** Both views of the plugin: the page, and what is shown of it beside the navigation. */
export default function Insights(_props: ViewProps): ReactNode {
  const { name, locale } = useView();
  const metrics = useMetrics();
  return (
    <>
      <style>{style}</style>
      {metrics.error !== undefined && (
        <p role="alert">
          {wordsOf(locale).unmeasured}: {metrics.error}
        </p>
      )}
      {metrics.plugins !== undefined &&
        (name === "summary" ? <Summary {...metrics} /> : <Overview {...metrics} />)}
    </>
  );
}

const Summary = ({ plugins = [], now }: Metrics): ReactNode => {
  const { locale } = useView();
  const hour = sumOf(plugins, now);
  return (
    <main className="summary">
      <Figures hour={hour} locale={locale} />
      <Spark values={hour.map(({ calls }) => calls)} />
    </main>
  );
};
