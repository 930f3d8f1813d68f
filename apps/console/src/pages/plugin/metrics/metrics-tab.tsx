import { Button, SimpleGrid, Skeleton, Stack, Text } from "@mantine/core";
import type { MetricsDto } from "@patchbay/protocol";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { metricsQuery } from "../../../api/plugin-queries.ts";
import { useFormats } from "../../../components/formats.ts";
import { ButtonLink } from "../../../components/links.tsx";
import { RetryProblem } from "../../../components/retry-problem.tsx";
import { useOrganization } from "../../../session/organization.ts";
import { usePlugin } from "../use-plugin.ts";
import { MetricsTable } from "./metrics-table.tsx";
import { minutesOf } from "./minutes.ts";
import { totalsOf } from "./totals.ts";

const Charts = lazy(() => import("./metrics-charts.tsx"));

/** What the plugin did in the last hour, as charts or as a table. Reads itself anew. */
export const MetricsTab = () => {
  const { org } = useOrganization();
  const { plugin } = usePlugin();
  const metrics = useQuery(metricsQuery(org, plugin));
  if (metrics.data !== undefined)
    return metrics.data.items.length === 0 ? (
      <NoMetrics since={metrics.data.since} />
    ) : (
      <Metrics metrics={metrics.data} at={metrics.dataUpdatedAt} />
    );
  if (metrics.isLoadingError)
    return <RetryProblem error={metrics.error} onRetry={() => void metrics.refetch()} />;
  return <Skeleton height={320} />;
};

const NoMetrics = ({ since }: Pick<MetricsDto, "since">) => {
  const formats = useFormats();
  const { t } = useTranslation("plugin");
  const { org } = useOrganization();
  const { plugin } = usePlugin();
  return (
    <Stack gap="sm" align="flex-start">
      <Text>
        {since === undefined ? t("metrics.none") : t("metrics.noneSince", { ago: formats.ago(since) })}
      </Text>
      <ButtonLink to="/o/$org/plugins/$plugin/tools" params={{ org, plugin }} variant="default">
        {t("metrics.tryTool")}
      </ButtonLink>
    </Stack>
  );
};

const Metrics = ({ metrics, at }: { metrics: MetricsDto; at: number }) => {
  const { t } = useTranslation("plugin");
  const formats = useFormats();
  const [isTable, setIsTable] = useState(false);
  const minutes = minutesOf(metrics, at);
  return (
    <Stack gap="md">
      <Totals total={metrics.total} />
      <Button variant="default" size="xs" w="fit-content" onClick={() => setIsTable(!isTable)}>
        {t(isTable ? "metrics.asCharts" : "metrics.asTable")}
      </Button>
      {isTable ? (
        <MetricsTable metrics={metrics} />
      ) : (
        <Suspense fallback={<Skeleton height={480} />}>
          <Charts minutes={minutes} total={metrics.total} />
        </Suspense>
      )}
      <Text size="xs" c="dimmed">
        {metrics.since !== undefined && `${t("metrics.since", { ago: formats.ago(metrics.since) })} `}
        {t("metrics.node")}
      </Text>
    </Stack>
  );
};

const Totals = ({ total }: { total: MetricsDto["total"] }) => {
  const { t } = useTranslation("plugin");
  const formats = useFormats();
  return (
    <SimpleGrid component="dl" cols={{ base: 2, xs: 3, md: 7 }} spacing="sm" verticalSpacing="sm" m={0}>
      {totalsOf(total, formats).map(([what, value]) => (
        <div key={what}>
          <Text component="dt" size="xs" c="dimmed">
            {t(`metrics.${what}`)}
          </Text>
          <Text component="dd" m={0} fz="lg" fw={600}>
            {value}
          </Text>
        </div>
      ))}
    </SimpleGrid>
  );
};
