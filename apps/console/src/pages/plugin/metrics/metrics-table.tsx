import { ScrollArea, Table } from "@mantine/core";
import type { MetricsDto } from "@patchbay/protocol";
import { useTranslation } from "react-i18next";
import { useFormats } from "../../../components/formats.ts";

const COLUMNS = ["calls", "errors", "p50", "p95", "cpu", "memory"] as const;

/** What the charts show, in numbers: the minutes in which anything happened, newest first. */
export const MetricsTable = ({ metrics: { items } }: { metrics: MetricsDto }) => {
  const { t } = useTranslation("plugin");
  const formats = useFormats();
  return (
    <ScrollArea type="auto" viewportProps={{ tabIndex: 0, "aria-label": t("tabs.metrics") }}>
      <Table miw={560} aria-label={t("tabs.metrics")}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t("metrics.minute")}</Table.Th>
            {COLUMNS.map((column) => (
              <Table.Th key={column}>{t(`metrics.${column}`)}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {items.toReversed().map(({ at, calls, errors, p50Ms, p95Ms, cpuMs, residentBytes }) => (
            <Table.Tr key={at}>
              <Table.Th scope="row" fw={400}>
                <time dateTime={at}>{formats.time(at, "short")}</time>
              </Table.Th>
              <Table.Td>{formats.number(calls)}</Table.Td>
              <Table.Td>{formats.number(errors)}</Table.Td>
              <Table.Td>{calls === 0 ? "" : formats.duration(p50Ms)}</Table.Td>
              <Table.Td>{calls === 0 ? "" : formats.duration(p95Ms)}</Table.Td>
              <Table.Td>{formats.duration(cpuMs)}</Table.Td>
              <Table.Td>{formats.bytes(residentBytes)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </ScrollArea>
  );
};
