import { Text } from "@mantine/core";
import type { MemorySpaceDto } from "@patchbay/protocol";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { memorySpacesQuery } from "../../../api/memory-queries.ts";
import { ConfirmDialog } from "../../../components/confirm-dialog.tsx";
import { useFormats } from "../../../components/formats.ts";
import { tellDone } from "../../../components/tell.ts";
import { useOrganization } from "../../../session/organization.ts";

export interface DeleteSpaceDialogProps {
  readonly space: MemorySpaceDto;
  readonly onDeleted: () => void;
  readonly onClose: () => void;
}

/** Asks before a namespace goes, with how many memories it has at the moment. */
export const DeleteSpaceDialog = ({ space, onDeleted, onClose }: DeleteSpaceDialogProps) => {
  const { t } = useTranslation("memory");
  const { org, client } = useOrganization();
  const formats = useFormats();
  const queries = useQueryClient();
  const { plugin, namespace: name } = space;
  const spaces = useQuery({ ...memorySpacesQuery(org, plugin), refetchOnMount: "always" });
  const count = spaces.data?.find(({ namespace }) => namespace === name)?.entries ?? space.entries;
  const remove = async (): Promise<void> => {
    await client.memory.deleteNamespace(plugin, name);
    tellDone(t("deleteSpace.done", { name }));
    queries.setQueryData(memorySpacesQuery(org, plugin).queryKey, (known) =>
      known?.filter((one) => one.plugin !== plugin || one.namespace !== name),
    );
    onDeleted();
    await queries.invalidateQueries({ queryKey: [org, "memory"] });
  };
  return (
    <ConfirmDialog
      title={t("deleteSpace.title", { name })}
      action={t("deleteSpace.open")}
      onConfirm={remove}
      onClose={onClose}
    >
      <Text>
        {count === 0
          ? t("deleteSpace.nothing")
          : t("deleteSpace.text", { count, number: formats.number(count) })}
      </Text>
    </ConfirmDialog>
  );
};
