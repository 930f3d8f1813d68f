import { Button, Code, ScrollArea, Skeleton, Stack, Table, Text, Title } from "@mantine/core";
import type { EndpointDto, EndpointRequestDto } from "@patchbay/protocol";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { endpointRequestQuery } from "../../api/endpoint-queries.ts";
import { Dialog, DialogActions, useDialog } from "../../components/dialog.tsx";
import { Fact, Facts } from "../../components/facts.tsx";
import { useFormats } from "../../components/formats.ts";
import { ProblemAlert } from "../../components/problem-alert.tsx";
import { RetryProblem } from "../../components/retry-problem.tsx";
import { tellDone } from "../../components/tell.ts";
import { useOrganization } from "../../session/organization.ts";
import { RequestStatus } from "./request-status.tsx";

interface RequestDialogProps {
  readonly endpoint: EndpointDto;
  readonly request: EndpointRequestDto;
  readonly onClose: () => void;
}

/** One request with all that is kept of it, to be made once more. */
export const RequestDialog = ({ endpoint, request, onClose }: RequestDialogProps) => {
  const { method, path } = request;
  return (
    <Dialog title={`${method} ${path === "" ? "/" : path}`} onClose={onClose}>
      <RequestDetails endpoint={endpoint} request={request} />
    </Dialog>
  );
};

const RequestDetails = ({ endpoint, request }: Omit<RequestDialogProps, "onClose">) => {
  const { t } = useTranslation(["endpoints", "common"]);
  const { org, client } = useOrganization();
  const { close, leave } = useDialog();
  const formats = useFormats();
  const queries = useQueryClient();
  const { at, query, headers, durationMs, requestBytes, answerBytes, code, message } = request;
  const replay = useMutation({
    mutationFn: () => client.endpoints.replay(endpoint.id, request.id),
    onSuccess: async ({ status }) => {
      tellDone(t("requests.replayed", { status }));
      await queries.invalidateQueries({ queryKey: [org, "endpoints", "requests", endpoint.id] });
      leave();
    },
  });
  return (
    <Stack gap="md">
      {replay.error !== null && <ProblemAlert title={t("requests.notReplayed")} error={replay.error} />}
      <Facts title={t("requests.what")}>
        <Fact name={t("requests.column.at")}>{formats.dateTime(at)}</Fact>
        <Fact name={t("requests.column.status")}>
          <RequestStatus request={request} />
        </Fact>
        <Fact name={t("requests.column.took")}>{formats.duration(durationMs)}</Fact>
        <Fact name={t("requests.column.bytes")}>
          {`${formats.bytes(requestBytes)} → ${formats.bytes(answerBytes)}`}
        </Fact>
        {query !== "" && <Fact name={t("requests.query")}>{query}</Fact>}
        {code !== undefined && <Fact name={t("requests.error")}>{`${code}: ${message ?? ""}`}</Fact>}
      </Facts>
      <Stack gap="xs">
        <Title order={2}>{t("requests.headers")}</Title>
        <ScrollArea.Autosize mah={240} type="auto" viewportProps={{ tabIndex: 0 }}>
          <Table aria-label={t("requests.headers")}>
            <Table.Tbody>
              {headers.map(([name = "", value], index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a header may come twice, and none of them moves
                <Table.Tr key={`${name} ${index}`}>
                  <Table.Td>{name}</Table.Td>
                  <Table.Td style={{ overflowWrap: "anywhere" }}>{value}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </ScrollArea.Autosize>
      </Stack>
      <Stack gap="xs">
        <Title order={2}>{t("requests.body")}</Title>
        <RequestBody endpoint={endpoint} request={request} />
      </Stack>
      <DialogActions>
        <Button variant="default" onClick={close}>
          {t("common:close")}
        </Button>
        <Button disabled={!request.replayable} loading={replay.isPending} onClick={() => replay.mutate()}>
          {t("requests.replay")}
        </Button>
      </DialogActions>
    </Stack>
  );
};

const RequestBody = ({ endpoint, request }: Omit<RequestDialogProps, "onClose">) => {
  const { t } = useTranslation("endpoints");
  const { org } = useOrganization();
  const isThere = request.requestBytes > 0 && request.replayable;
  const whole = useQuery({ ...endpointRequestQuery(org, endpoint.id, request.id), enabled: isThere });
  if (!isThere)
    return (
      <Text size="sm">{t(request.requestBytes === 0 ? "requests.noBody" : "requests.bodyNotKept")}</Text>
    );
  if (whole.isLoadingError) return <RetryProblem error={whole.error} onRetry={() => void whole.refetch()} />;
  if (whole.data === undefined) return <Skeleton height={60} />;
  return (
    <ScrollArea.Autosize mah={240} type="auto" viewportProps={{ tabIndex: 0 }}>
      <Code block style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>
        {textOf(whole.data.body ?? "")}
      </Code>
    </ScrollArea.Autosize>
  );
};

const textOf = (base64: string): string =>
  new TextDecoder().decode(Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0)));
