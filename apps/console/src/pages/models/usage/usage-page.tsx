import { Alert, SimpleGrid, Skeleton, Stack, Text } from "@mantine/core";
import type { UsageDto, UsageQuery } from "@patchbay/protocol";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { usageByDayQuery, usageQuery } from "../../../api/account-queries.ts";
import { clientOf } from "../../../api/client.ts";
import { useFormats } from "../../../components/formats.ts";
import { RetryProblem } from "../../../components/retry-problem.tsx";
import { useOrganization } from "../../../session/organization.ts";
import { NoUsage } from "./no-usage.tsx";
import { UsageChart } from "./usage-chart.tsx";
import { timeAsked } from "./usage-days.ts";
import { UsageFilters } from "./usage-filters.tsx";
import { estimatedOf, groupOf } from "./usage-series.ts";
import { UsageTable } from "./usage-table.tsx";
import { useUsageWords } from "./use-usage-words.ts";

const route = getRouteApi("/o/$org/models/usage");

/** What models were used for: by the day as a chart, and by whom or what as a table. Reads itself anew. */
export const UsagePage = () => {
  const { t } = useTranslation("usage");
  const { org, may, maySomewhere, project } = useOrganization();
  const search = route.useSearch();
  const asked = {
    ...timeAsked(search, Date.now()),
    by: search.by ?? "model",
    ...(project !== undefined && { project }),
  };
  const whose = may("org.plugins.configure")
    ? "everybody"
    : maySomewhere("org.plugins.configure")
      ? "projects"
      : "own";
  const { data: days } = useQuery(usageByDayQuery(org, asked));
  const isTooMuch = days !== undefined && groupOf(days) === undefined;
  const table = clientOf(org).usage.tableUrl({ ...asked, by: isTooMuch ? asked.by : `${asked.by},day` });
  return (
    <Stack gap="lg">
      <Text maw={640}>
        {t(`whose.${whose}`)}
        {project !== undefined && ` ${t("whose.ofProject", { project })}`}
      </Text>
      <UsageFilters tableUrl={table.href} />
      <Report asked={asked} />
    </Stack>
  );
};

const Report = ({ asked }: { readonly asked: UsageQuery }) => {
  const { org } = useOrganization();
  const kept = { placeholderData: keepPreviousData };
  const report = useQuery({ ...usageQuery(org, asked), ...kept });
  const days = useQuery({ ...usageByDayQuery(org, asked), ...kept });
  const { of = "tokens" } = route.useSearch();
  const failed = [report, days].find(({ isLoadingError }) => isLoadingError);
  if (failed !== undefined)
    return <RetryProblem error={failed.error} onRetry={() => void failed.refetch()} />;
  if (report.data === undefined || days.data === undefined) return <Skeleton height={320} />;
  if (report.data.total.requests === 0) return <NoUsage />;
  return (
    <Stack gap="xl">
      <Totals report={report.data} />
      <UsageChart report={days.data} of={of} />
      <TableOf report={report.data} />
    </Stack>
  );
};

const TableOf = ({ report }: { readonly report: UsageDto }) => {
  const { t } = useTranslation("usage");
  const group = groupOf(report);
  return (
    <>
      {report.isCut && <Alert color="orange">{t("cut")}</Alert>}
      {group !== undefined && <UsageTable report={report} group={group} />}
    </>
  );
};

const Totals = ({ report: { total, currency } }: { readonly report: UsageDto }) => {
  const { t } = useTranslation("usage");
  const formats = useFormats();
  const words = useUsageWords(currency);
  const estimated = estimatedOf(total);
  const facts = [
    ["requests", formats.number(total.requests), words.failures(total)],
    ["input", formats.number(total.inputTokens), words.cached(total)],
    ["output", formats.number(total.outputTokens), words.reasoning(total)],
    ["estimated", formats.number(estimated), estimated > 0 && t("note.estimated")],
    ["cost", words.costOf(total), words.unpriced(total)],
  ] as const;
  return (
    <SimpleGrid component="dl" cols={{ base: 2, xs: 3, md: 5 }} spacing="sm" verticalSpacing="sm" m={0}>
      {facts.map(([what, value, note]) => (
        <div key={what}>
          <Text component="dt" size="xs" c="dimmed">
            {t(`column.${what}`)}
          </Text>
          <Text component="dd" m={0} fz="lg" fw={600}>
            {value}
            {note !== false && (
              <Text component="span" display="block" size="xs" c="dimmed">
                {note}
              </Text>
            )}
          </Text>
        </div>
      ))}
    </SimpleGrid>
  );
};
