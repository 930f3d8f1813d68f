import { Button, ScrollArea, Skeleton, Stack, Table, Text, Title } from "@mantine/core";
import type { EndpointDto, EndpointRequestDto } from "@patchbay/protocol";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { endpointRequestsQuery } from "../../api/endpoint-queries.ts";
import { useFormats } from "../../components/formats.ts";
import { MoreButton } from "../../components/more-button.tsx";
import { RetryProblem } from "../../components/retry-problem.tsx";
import { useOrganization } from "../../session/organization.ts";
import { RequestDialog } from "./request-dialog.tsx";
import { RequestStatus } from "./request-status.tsx";

const COLUMNS = ["at", "request", "status", "took", "bytes"] as const;

/** What has come, newest first, as it comes. */
export const EndpointRequests = ({ endpoint }: { readonly endpoint: EndpointDto }) => {
  const { t } = useTranslation("endpoints");
  const heading = useId();
  return (
    <Stack component="section" gap="sm" aria-labelledby={heading}>
      <Title order={2} id={heading}>
        {t("requests.title")}
      </Title>
      <RequestTable endpoint={endpoint} />
    </Stack>
  );
};

const RequestTable = ({ endpoint }: { readonly endpoint: EndpointDto }) => {
  const { t } = useTranslation("endpoints");
  const { org } = useOrganization();
  const found = useInfiniteQuery(endpointRequestsQuery(org, endpoint.id));
  const [shown, setShown] = useState<EndpointRequestDto | null>(null);
  if (found.isLoadingError) return <RetryProblem error={found.error} onRetry={() => void found.refetch()} />;
  if (found.data === undefined) return <Skeleton height={120} />;
  const requests = found.data.pages.flatMap(({ items }) => items);
  if (requests.length === 0) return <Text>{t("requests.none")}</Text>;
  const label = t("requests.title");
  return (
    <Stack gap="xs">
      <ScrollArea type="auto" viewportProps={{ tabIndex: 0, "aria-label": label }}>
        <Table miw={680} aria-label={label}>
          <Table.Thead>
            <Table.Tr>
              {COLUMNS.map((column) => (
                <Table.Th key={column}>{t(`requests.column.${column}`)}</Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {requests.map((request) => (
              <RequestRow key={request.id} request={request} onShow={() => setShown(request)} />
            ))}
          </Table.Tbody>
        </Table>
      </ScrollArea>
      <MoreButton of={found} label={t("requests.older")} />
      {shown !== null && <RequestDialog endpoint={endpoint} request={shown} onClose={() => setShown(null)} />}
    </Stack>
  );
};

interface RequestRowProps {
  readonly request: EndpointRequestDto;
  readonly onShow: () => void;
}

const RequestRow = ({ request, onShow }: RequestRowProps) => {
  const { t } = useTranslation("endpoints");
  const formats = useFormats();
  const { at, method, path, query, durationMs, requestBytes, answerBytes, replayOf, message } = request;
  const words = `${method} ${path === "" ? "/" : path}${query}`;
  return (
    <Table.Tr>
      <Table.Td style={{ whiteSpace: "nowrap" }}>
        <time dateTime={at} title={formats.dateTime(at)}>
          {formats.time(at)}
        </time>
      </Table.Td>
      <Table.Td>
        <Button
          variant="subtle"
          size="compact-sm"
          h="auto"
          styles={{ label: { whiteSpace: "normal", overflowWrap: "anywhere", textAlign: "start" } }}
          aria-label={t("requests.show", { request: words })}
          onClick={onShow}
        >
          {words}
        </Button>
        {replayOf !== undefined && (
          <Text size="xs" c="dimmed">
            {t("requests.isReplay")}
          </Text>
        )}
        {message !== undefined && (
          <Text size="xs" style={{ overflowWrap: "anywhere" }}>
            {message}
          </Text>
        )}
      </Table.Td>
      <Table.Td>
        <RequestStatus request={request} />
      </Table.Td>
      <Table.Td style={{ whiteSpace: "nowrap" }}>{formats.duration(durationMs)}</Table.Td>
      <Table.Td style={{ whiteSpace: "nowrap" }}>
        {`${formats.bytes(requestBytes)} → ${formats.bytes(answerBytes)}`}
      </Table.Td>
    </Table.Tr>
  );
};
