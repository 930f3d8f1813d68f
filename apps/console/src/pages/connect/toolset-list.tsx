import { Button, Code, Group, Stack, Text } from "@mantine/core";
import type { ToolsetDto } from "@patchbay/protocol";
import { useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { toolsetsQuery } from "../../api/queries.ts";
import { ConfirmDialog } from "../../components/confirm-dialog.tsx";
import { PlainList, PlainListEntry } from "../../components/plain-list.tsx";
import { tellDone } from "../../components/tell.ts";
import { useOrganization } from "../../session/organization.ts";
import { ChangeToolsetDialog } from "./toolset-dialogs.tsx";

interface Open {
  readonly what: "change" | "delete";
  readonly name: string;
}

/** The toolsets of the organization. */
export const ToolsetList = () => {
  const { t } = useTranslation("connect");
  const { org, client, may } = useOrganization();
  const queries = useQueryClient();
  const { data: toolsets } = useSuspenseQuery(toolsetsQuery(org));
  const [open, setOpen] = useState<Open | null>(null);
  const close = () => setOpen(null);
  const chosen = toolsets.find(({ name }) => name === open?.name);
  if (toolsets.length === 0) return <Text>{t("toolsets.none")}</Text>;
  return (
    <>
      <PlainList>
        {toolsets.map((toolset) => (
          <PlainListEntry key={toolset.name}>
            <ToolsetEntry toolset={toolset}>
              {may("org.plugins.configure") && (
                <Group gap="xs">
                  <Button
                    variant="default"
                    size="compact-sm"
                    aria-label={t("change.of", { name: titleOf(toolset) })}
                    onClick={() => setOpen({ what: "change", name: toolset.name })}
                  >
                    {t("change.open")}
                  </Button>
                  <Button
                    variant="subtle"
                    color="red"
                    size="compact-sm"
                    aria-label={t("delete.of", { name: titleOf(toolset) })}
                    onClick={() => setOpen({ what: "delete", name: toolset.name })}
                  >
                    {t("delete.open")}
                  </Button>
                </Group>
              )}
            </ToolsetEntry>
          </PlainListEntry>
        ))}
      </PlainList>
      {chosen !== undefined && open?.what === "change" && (
        <ChangeToolsetDialog toolset={chosen} onClose={close} />
      )}
      {chosen !== undefined && open?.what === "delete" && (
        <ConfirmDialog
          title={t("delete.title")}
          action={t("delete.action")}
          onClose={close}
          onConfirm={async () => {
            await client.toolsets.delete(chosen.name);
            await queries.invalidateQueries({ queryKey: [org, "toolsets"] });
            tellDone(t("delete.done"));
          }}
        >
          <Text fw={600}>{titleOf(chosen)}</Text>
          <Text>{t("delete.text")}</Text>
        </ConfirmDialog>
      )}
    </>
  );
};

const titleOf = ({ title, name }: ToolsetDto): string => title ?? name;

const ToolsetEntry = ({
  toolset,
  children,
}: {
  readonly toolset: ToolsetDto;
  readonly children: ReactNode;
}) => {
  const { t } = useTranslation("connect");
  const { description, mode, tools, url } = toolset;
  return (
    <Stack gap={4} role="group" aria-label={titleOf(toolset)} flex={1} miw={0}>
      <Text fw={600} style={{ overflowWrap: "anywhere" }}>
        {titleOf(toolset)}
      </Text>
      {description !== undefined && (
        <Text size="sm" style={{ overflowWrap: "anywhere" }} lineClamp={3}>
          {description}
        </Text>
      )}
      <Text size="sm" c="dimmed">
        {[t("toolsets.count", { count: tools.length }), t(`mode.${mode}`)].join(" · ")}
      </Text>
      <Code style={{ overflowWrap: "anywhere", alignSelf: "flex-start" }}>{url}</Code>
      {children}
    </Stack>
  );
};
