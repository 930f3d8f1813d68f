import { Button, Group, NativeSelect, Skeleton, Stack, Text } from "@mantine/core";
import type { MemorySpaceDto } from "@patchbay/protocol";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Navigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { memorySpacesQuery } from "../../../api/memory-queries.ts";
import { useFormats } from "../../../components/formats.ts";
import { RetryProblem } from "../../../components/retry-problem.tsx";
import { useOrganization } from "../../../session/organization.ts";
import { usePluginRights } from "../../plugins/rights.ts";
import type { PluginMemorySearch } from "../plugin-search.ts";
import { usePlugin } from "../use-plugin.ts";
import { DeleteSpaceDialog } from "./delete-space-dialog.tsx";
import { Memories } from "./memories.tsx";
import { OneMemory } from "./one-memory.tsx";

const route = getRouteApi("/o/$org/plugins/$plugin/memory");

/** What the plugin keeps in mind, for those who may set it up. */
export const MemoryTab = () => {
  const { t } = useTranslation("memory");
  const { org } = useOrganization();
  const installation = usePlugin();
  const { mayConfigureWhole } = usePluginRights();
  const isAllowed = mayConfigureWhole(installation);
  const spaces = useQuery({ ...memorySpacesQuery(org, installation.plugin), enabled: isAllowed });
  if (!isAllowed) return <Text>{t("notForYou")}</Text>;
  if (spaces.isLoadingError)
    return <RetryProblem error={spaces.error} onRetry={() => void spaces.refetch()} />;
  if (spaces.data === undefined) return <Skeleton height={160} />;
  const [first] = spaces.data;
  if (first === undefined) return <Text>{t("none")}</Text>;
  return <Spaces plugin={installation.plugin} spaces={spaces.data} first={first.namespace} />;
};

interface SpacesProps {
  readonly plugin: string;
  readonly spaces: readonly MemorySpaceDto[];
  /** The one that is shown unless the address says another. */
  readonly first: string;
}

const Spaces = ({ plugin, spaces, first }: SpacesProps) => {
  const { t } = useTranslation("memory");
  const search = route.useSearch();
  const navigate = route.useNavigate();
  /** The memory that was looked at last, to which the way back leads. */
  const [last, setLast] = useState<string | null>(null);
  const { namespace = first, q = "", memory } = search;
  const show = (next: PluginMemorySearch, isReplaced = false) =>
    void navigate({
      search: (old) => ({ ...old, namespace, ...next }),
      replace: isReplaced,
      resetScroll: false,
    });
  if (search.namespace === undefined)
    return <Navigate from={route.id} to="." search={(old) => ({ ...old, namespace: first })} replace />;
  const space = spaces.find((one) => one.namespace === namespace);
  if (space !== undefined && memory !== undefined)
    return (
      <OneMemory
        key={memory}
        plugin={plugin}
        namespace={namespace}
        id={memory}
        onBack={() => {
          setLast(memory);
          show({ memory: undefined });
        }}
      />
    );
  return (
    <Stack gap="md" maw={720}>
      <Text>{t("intro")}</Text>
      <SpaceChoice
        spaces={spaces}
        chosen={space ?? null}
        onChoose={(next) => show({ namespace: next, q: undefined, memory: undefined })}
        onDeleted={() => show({ namespace: undefined, q: undefined, memory: undefined }, true)}
      />
      {space === undefined ? (
        <Text style={{ overflowWrap: "anywhere" }}>{t("noSpace", { name: namespace })}</Text>
      ) : (
        <Memories
          key={namespace}
          plugin={plugin}
          namespace={namespace}
          q={q}
          last={last}
          onSearch={(next) => show({ q: next || undefined }, true)}
        />
      )}
    </Stack>
  );
};

interface SpaceChoiceProps {
  readonly spaces: readonly MemorySpaceDto[];
  /** null: the address names one that there is not. */
  readonly chosen: MemorySpaceDto | null;
  readonly onChoose: (namespace: string) => void;
  readonly onDeleted: () => void;
}

const SpaceChoice = ({ spaces, chosen, onChoose, onDeleted }: SpaceChoiceProps) => {
  const { t } = useTranslation("memory");
  const formats = useFormats();
  const [isDeleting, setIsDeleting] = useState(false);
  const options = spaces.map(({ namespace, entries }) => ({
    value: namespace,
    label: t("space", { name: namespace, count: entries, number: formats.number(entries) }),
  }));
  return (
    <Group align="flex-end" gap="sm">
      <NativeSelect
        label={t("namespace")}
        flex="1 1 220px"
        value={chosen?.namespace ?? ""}
        onChange={({ currentTarget }) => onChoose(currentTarget.value)}
        data={chosen === null ? [{ value: "", label: "", disabled: true }, ...options] : options}
      />
      {chosen !== null && (
        <Button variant="default" onClick={() => setIsDeleting(true)}>
          {t("deleteSpace.open")}
        </Button>
      )}
      {chosen !== null && isDeleting && (
        <DeleteSpaceDialog space={chosen} onDeleted={onDeleted} onClose={() => setIsDeleting(false)} />
      )}
    </Group>
  );
};
