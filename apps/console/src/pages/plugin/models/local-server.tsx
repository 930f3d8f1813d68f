import { Badge, Button, Group, Stack, Text } from "@mantine/core";
import type { LocalServerDto, LocalServersDto } from "@patchbay/protocol";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { clientOf } from "../../../api/client.ts";
import { PermissionList } from "../../../components/permissions/permission-list.tsx";
import { tellDone, tellProblem } from "../../../components/tell.ts";
import { useOrganization } from "../../../session/organization.ts";

/** Names that are shown of a server's models. */
const SHOWN_MODELS = 5;

export interface LocalServerProps {
  readonly server: LocalServerDto;
  readonly found: LocalServersDto;
  readonly isDirty: boolean;
  readonly onUsed: () => void;
}

/** One model server on the server's machine: what it has, what using it brings along, and the button that does it. */
export const LocalServer = ({ server, found, isDirty, onUsed }: LocalServerProps) => {
  const { t } = useTranslation("plugin");
  const { org } = useOrganization();
  const queries = useQueryClient();
  const { title, version, url, modelCount, inUse } = server;
  const { mutate, isPending } = useMutation({
    mutationFn: () =>
      clientOf(org).models.setUpLocal(server.server, { url, grants: found.grants.map(({ name }) => name) }),
    onSuccess: (used) => {
      tellDone(t("local.used", { name: title, count: used.modelCount }));
      onUsed();
    },
    onError: (error) => tellProblem(t("local.useFailed", { name: title }), error),
    onSettled: async () => {
      await queries.invalidateQueries({ queryKey: [org, "models"] });
      await queries.invalidateQueries({ queryKey: [org, "plugins"] });
    },
  });
  const name = version === undefined ? title : `${title} ${version}`;
  return (
    <Stack component="li" gap={4}>
      <Group justify="space-between" gap="sm">
        <Text fw={500}>{t("local.found", { name, count: modelCount })}</Text>
        {inUse ? (
          <Badge variant="light" color="teal" c="var(--mantine-color-text)" tt="none">
            {t("local.inUse")}
          </Badge>
        ) : (
          <Button
            size="compact-md"
            disabled={isDirty}
            loading={isPending}
            aria-label={t("local.useOne", { name: title })}
            onClick={() => mutate()}
          >
            {t("local.use")}
          </Button>
        )}
      </Group>
      <ModelNames server={server} />
      {!inUse && <Consequences server={server} found={found} />}
      {!inUse && isDirty && (
        <Text size="sm" c="dimmed">
          {t("local.saveFirst")}
        </Text>
      )}
    </Stack>
  );
};

const ModelNames = ({ server: { models, modelCount } }: { readonly server: LocalServerDto }) => {
  const { t } = useTranslation("plugin");
  const shown = models.slice(0, SHOWN_MODELS);
  if (shown.length === 0) return null;
  const more = modelCount - shown.length;
  return (
    <Text size="sm" c="dimmed" style={{ overflowWrap: "anywhere" }}>
      {shown.join(", ")}
      {more > 0 && ` ${t("local.more", { count: more })}`}
    </Text>
  );
};

/** What the button agrees to. */
const Consequences = ({ server, found }: Pick<LocalServerProps, "server" | "found">) => {
  const { t } = useTranslation("plugin");
  const { url, replaces } = server;
  const words = [
    t("local.reach", { address: new URL(url).host }),
    ...(replaces === undefined ? [] : [t("local.replaces", { address: replaces })]),
    ...(found.enables ? [t("local.enables")] : []),
    ...(found.grants.length > 0 ? [t("local.grants")] : []),
  ];
  return (
    <>
      <Text size="sm" style={{ overflowWrap: "anywhere" }}>
        {words.join(" ")}
      </Text>
      {found.grants.length > 0 && <PermissionList requests={found.grants} order={3} />}
    </>
  );
};
