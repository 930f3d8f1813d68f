import { Badge, Group, Stack, Table, Text, Title } from "@mantine/core";
import type { ManagedModelDto } from "@patchbay/protocol";
import { useSuspenseQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { modelsQuery } from "../../../api/model-queries.ts";
import { AnchorLink, ButtonLink } from "../../../components/links.tsx";
import { useOrganization } from "../../../session/organization.ts";

/** Every model with how it stands with it. */
export const ModelList = () => {
  const { t } = useTranslation("models");
  const { org, project } = useOrganization();
  const { data: models } = useSuspenseQuery(modelsQuery(org, project));
  if (models.length === 0) return <NoModels />;
  return (
    <Table.ScrollContainer minWidth={480}>
      <Table aria-label={t("list.title")}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t("list.model")}</Table.Th>
            <Table.Th>{t("list.kind")}</Table.Th>
            <Table.Th>{t("list.plugin")}</Table.Th>
            <Table.Th>{t("list.state")}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {models.map((model) => (
            <Model key={model.id} model={model} />
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
};

const Model = ({ model }: { model: ManagedModelDto }) => {
  const { t } = useTranslation("models");
  const { org } = useOrganization();
  const { id, title, kind, plugin, contextWindow } = model;
  return (
    <Table.Tr>
      <Table.Td style={{ overflowWrap: "anywhere" }}>
        <Text ff="monospace" size="sm">
          {id}
        </Text>
        {title !== undefined && title !== id && (
          <Text size="sm" c="dimmed">
            {title}
          </Text>
        )}
      </Table.Td>
      <Table.Td>
        {t(`kind.${kind}`)}
        {contextWindow !== undefined && (
          <Text size="sm" c="dimmed">
            {t("list.context", { count: contextWindow })}
          </Text>
        )}
      </Table.Td>
      <Table.Td>
        <AnchorLink to="/o/$org/plugins/$plugin" params={{ org, plugin }}>
          {plugin}
        </AnchorLink>
      </Table.Td>
      <Table.Td>
        <State {...model} />
      </Table.Td>
    </Table.Tr>
  );
};

const State = ({ allowed, restsForSeconds }: ManagedModelDto) => {
  const { t } = useTranslation("models");
  const state = allowed ? (restsForSeconds === undefined ? "ready" : "resting") : "forbidden";
  const color = { ready: "teal", resting: "orange", forbidden: "gray" }[state];
  return (
    <Badge variant="light" color={color} c="var(--mantine-color-text)" tt="none">
      {t(`state.${state}`, { count: restsForSeconds ?? 0 })}
    </Badge>
  );
};

const NoModels = () => {
  const { t } = useTranslation("models");
  const { org } = useOrganization();
  return (
    <Stack gap="xs" align="flex-start">
      <Title order={2}>{t("none.title")}</Title>
      <Text maw={640}>{t("none.text")}</Text>
      <Group>
        <ButtonLink to="/o/$org/plugins" params={{ org }} search={{ category: "model" }}>
          {t("none.plugins")}
        </ButtonLink>
      </Group>
    </Stack>
  );
};
