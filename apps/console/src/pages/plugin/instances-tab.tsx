import { ScrollArea, Skeleton, Stack, Table, Text } from "@mantine/core";
import type { InstanceDto } from "@patchbay/protocol";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { instancesQuery } from "../../api/plugin-queries.ts";
import { useFormats } from "../../components/formats.ts";
import { RetryProblem } from "../../components/retry-problem.tsx";
import { useOrganization } from "../../session/organization.ts";
import { usePlugin } from "./use-plugin.ts";

/** The processes that run the plugin now. */
export const InstancesTab = () => {
  const { t } = useTranslation("plugin");
  const { org } = useOrganization();
  const { plugin, state } = usePlugin();
  const instances = useQuery(instancesQuery(org, plugin));
  if (instances.data === undefined) {
    if (instances.error === null) return <Skeleton height={120} />;
    return <RetryProblem error={instances.error} onRetry={() => void instances.refetch()} />;
  }
  if (instances.data.length === 0)
    return <Text>{t(state === "enabled" ? "instances.idle" : "instances.off")}</Text>;
  return (
    <Stack gap="xs">
      <ScrollArea type="auto" viewportProps={{ tabIndex: 0, "aria-label": t("tabs.instances") }}>
        <Table miw={680} aria-label={t("tabs.instances")}>
          <Table.Thead>
            <Table.Tr>
              {(["pid", "state", "version", "memory", "cpu", "inFlight", "calls", "started"] as const).map(
                (column) => (
                  <Table.Th key={column}>{t(`instances.${column}`)}</Table.Th>
                ),
              )}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {instances.data.map((instance) => (
              <Instance key={instance.pid} instance={instance} />
            ))}
          </Table.Tbody>
        </Table>
      </ScrollArea>
      <Text size="xs" c="dimmed">
        {t("instances.node")}
      </Text>
    </Stack>
  );
};

const Instance = ({ instance }: { instance: InstanceDto }) => {
  const { t } = useTranslation("plugin");
  const formats = useFormats();
  const { pid, state, version, residentBytes, cpuMs, callsInFlight, calls, startedAt } = instance;
  return (
    <Table.Tr>
      <Table.Td>{pid}</Table.Td>
      <Table.Td>{t(`instances.states.${state}`)}</Table.Td>
      <Table.Td>{version}</Table.Td>
      <Table.Td>{formats.bytes(residentBytes)}</Table.Td>
      <Table.Td>{formats.duration(cpuMs)}</Table.Td>
      <Table.Td>{formats.number(callsInFlight)}</Table.Td>
      <Table.Td>{formats.number(calls)}</Table.Td>
      <Table.Td>
        <time dateTime={startedAt} title={formats.dateTime(startedAt)}>
          {formats.ago(startedAt)}
        </time>
      </Table.Td>
    </Table.Tr>
  );
};
