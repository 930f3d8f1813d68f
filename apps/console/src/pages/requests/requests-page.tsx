import { Badge, Button, Group, Stack, Text } from "@mantine/core";
import type { PluginRequestDto } from "@patchbay/protocol";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { meQuery, requestsQuery } from "../../api/queries.ts";
import { useFormats } from "../../components/formats.ts";
import { Page } from "../../components/page.tsx";
import { PageSkeleton } from "../../components/page-skeleton.tsx";
import { RetryProblem } from "../../components/retry-problem.tsx";
import { useOrganization } from "../../session/organization.ts";
import { ApproveDialog, RefuseDialog, WithdrawDialog } from "./request-dialogs.tsx";

type Decision = "approve" | "refuse" | "withdraw";

/** What people asked for: everybody's for administrators, otherwise one's own. */
export const RequestsPage = () => {
  const { t } = useTranslation("requests");
  const { org } = useOrganization();
  const requests = useQuery(requestsQuery(org));
  const [chosen, setChosen] = useState<{ request: PluginRequestDto; decision: Decision } | null>(null);
  const close = () => setChosen(null);
  return (
    <Page title={t("title")}>
      {requests.isLoadingError ? (
        <RetryProblem error={requests.error} onRetry={() => void requests.refetch()} />
      ) : requests.data === undefined ? (
        <PageSkeleton />
      ) : requests.data.items.length === 0 ? (
        <Text>{t("none")}</Text>
      ) : (
        <Stack component="ul" gap={0} p={0} m={0} style={{ listStyle: "none" }}>
          {requests.data.items.map((request) => (
            <RequestItem
              key={request.id}
              request={request}
              onDecide={(decision) => setChosen({ request, decision })}
            />
          ))}
        </Stack>
      )}
      {chosen?.decision === "approve" && <ApproveDialog request={chosen.request} onClose={close} />}
      {chosen?.decision === "refuse" && <RefuseDialog request={chosen.request} onClose={close} />}
      {chosen?.decision === "withdraw" && <WithdrawDialog request={chosen.request} onClose={close} />}
    </Page>
  );
};

interface RequestItemProps {
  readonly request: PluginRequestDto;
  readonly onDecide: (decision: Decision) => void;
}

const COLOURS = { open: "orange", approved: "teal", refused: "red", withdrawn: "gray" } as const;

const RequestItem = ({ request, onDecide }: RequestItemProps) => {
  const { t } = useTranslation("requests");
  const formats = useFormats();
  const { plugin, version, askedBy, createdAt, message, state, reason, decidedBy } = request;
  return (
    <Group
      component="li"
      justify="space-between"
      align="flex-start"
      py="sm"
      style={{ borderBottom: "1px solid var(--mantine-color-default-border)" }}
    >
      <Stack gap={2} style={{ flex: "1 1 240px" }}>
        <Group gap="xs">
          <Text fw={600}>
            {plugin} {version}
          </Text>
          <Badge size="sm" variant="outline" tt="none" color={COLOURS[state]} c="var(--mantine-color-text)">
            {t(`state.${state}`)}
          </Badge>
        </Group>
        <Text size="xs" c="dimmed">
          {askedBy.name}
          {" · "}
          <time dateTime={createdAt} title={formats.dateTime(createdAt)}>
            {formats.ago(createdAt)}
          </time>
        </Text>
        {message !== undefined && <Text style={{ overflowWrap: "anywhere" }}>“{message}”</Text>}
        {decidedBy !== undefined && (
          <Text size="sm">
            {reason === undefined
              ? t("decided", { name: decidedBy })
              : t("refusedBecause", { name: decidedBy, reason })}
          </Text>
        )}
      </Stack>
      {state === "open" && <Decisions request={request} onDecide={onDecide} />}
    </Group>
  );
};

const Decisions = ({ request: { plugin, askedBy }, onDecide }: RequestItemProps) => {
  const { t } = useTranslation("requests");
  const { may } = useOrganization();
  const { data: me } = useQuery(meQuery());
  return (
    <Group gap="xs">
      {may("org.members.write") && (
        <>
          <Button
            size="compact-sm"
            aria-label={t("approveOne", { plugin })}
            onClick={() => onDecide("approve")}
          >
            {t("approve")}
          </Button>
          <Button
            size="compact-sm"
            variant="default"
            aria-label={t("refuseOne", { plugin })}
            onClick={() => onDecide("refuse")}
          >
            {t("refuse")}
          </Button>
        </>
      )}
      {me?.user.id === askedBy.id && (
        <Button
          size="compact-sm"
          variant="default"
          aria-label={t("withdrawOne", { plugin })}
          onClick={() => onDecide("withdraw")}
        >
          {t("withdraw")}
        </Button>
      )}
    </Group>
  );
};
