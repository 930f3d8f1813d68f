import { Button, Group, Stack, Text, Title } from "@mantine/core";
import type { PlannedUpdateDto } from "@patchbay/protocol";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useId } from "react";
import { useTranslation } from "react-i18next";
import { autoUpdateQuery } from "../../../api/plugin-queries.ts";
import { useFormats } from "../../../components/formats.ts";
import { ButtonLink } from "../../../components/links.tsx";
import { ProblemAlert } from "../../../components/problem-alert.tsx";
import { tellDone } from "../../../components/tell.ts";
import { useOrganization } from "../../../session/organization.ts";

/** Which version comes next for each plugin, and what it waits for. */
export const PlannedUpdates = ({ planned }: { planned: readonly PlannedUpdateDto[] }) => {
  const { t } = useTranslation("updates");
  const heading = useId();
  const { org, client, may } = useOrganization();
  const queries = useQueryClient();
  const look = useMutation({
    mutationFn: () => client.updates.run(),
    onSuccess: (answer) => {
      queries.setQueryData(autoUpdateQuery(org).queryKey, answer);
      void queries.invalidateQueries({ queryKey: [org] });
      tellDone(t("planned.looked"));
    },
  });
  return (
    <Stack component="section" gap="sm" aria-labelledby={heading}>
      <Group justify="space-between">
        <Title order={2} id={heading}>
          {t("planned.title")}
        </Title>
        {may("org.plugins.write") && (
          <Button variant="default" size="xs" loading={look.isPending} onClick={() => look.mutate()}>
            {t("planned.look")}
          </Button>
        )}
      </Group>
      {look.error !== null && <ProblemAlert title={t("planned.failed")} error={look.error} />}
      {planned.length === 0 && <Text>{t("planned.none")}</Text>}
      <Stack component="ul" gap="sm" p={0} m={0} style={{ listStyle: "none" }}>
        {planned.map((one) => (
          <Planned key={one.plugin} update={one} />
        ))}
      </Stack>
    </Stack>
  );
};

const Planned = ({ update }: { update: PlannedUpdateDto }) => {
  const { t } = useTranslation("updates");
  const { org } = useOrganization();
  const formats = useFormats();
  const { plugin, installed, version, waitsFor, from, mends, message } = update;
  const wait =
    waitsFor === "age" && from !== undefined
      ? t("planned.ageUntil", { at: formats.dateTime(from) })
      : t(`planned.${waitsFor === undefined ? "now" : waitsFor === "failed" ? "failedBefore" : waitsFor}`);
  const words =
    mends.length === 0 ? wait : `${t("planned.mends", { advisories: formats.list(mends) })}; ${wait}`;
  return (
    <Group component="li" justify="space-between" align="flex-start" wrap="nowrap">
      <div style={{ minWidth: 0 }}>
        <Text fw={600} style={{ overflowWrap: "anywhere" }}>
          {t("planned.item", { plugin, installed, version })}
        </Text>
        <Text size="sm">{words}</Text>
        {message !== undefined && (
          <Text size="sm" c="dimmed">
            {message}
          </Text>
        )}
      </div>
      {(waitsFor === "permissions" || waitsFor === "failed") && (
        <ButtonLink
          to="/o/$org/plugins"
          params={{ org }}
          search={{ dialog: "update", plugin, version }}
          size="xs"
          variant="default"
          flex="none"
          aria-label={t("planned.reviewOne", { plugin })}
        >
          {t("planned.review")}
        </ButtonLink>
      )}
    </Group>
  );
};
