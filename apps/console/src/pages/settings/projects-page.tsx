import { Button, Group, Stack, Table, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { projectsQuery } from "../../api/queries.ts";
import { Dialog, DialogActions, useDialog } from "../../components/dialog.tsx";
import { useFormats } from "../../components/formats.ts";
import { AnchorLink } from "../../components/links.tsx";
import { ProblemAlert } from "../../components/problem-alert.tsx";
import { QueryBoundary } from "../../components/query-boundary.tsx";
import { tellDone } from "../../components/tell.ts";
import { useOrganization } from "../../session/organization.ts";
import { slugOf } from "./slug.ts";

export const ProjectsPage = () => {
  const { t } = useTranslation("settings");
  const { may } = useOrganization();
  const [isCreating, setIsCreating] = useState(false);
  return (
    <Stack gap="md">
      <Group justify="space-between" gap="sm">
        <Text c="dimmed" maw={640}>
          {t("projects.text")}
        </Text>
        {may("org.members.write") && (
          <Button onClick={() => setIsCreating(true)}>{t("projects.create")}</Button>
        )}
      </Group>
      <QueryBoundary>
        <ProjectTable />
      </QueryBoundary>
      {isCreating && <CreateProjectDialog onClose={() => setIsCreating(false)} />}
    </Stack>
  );
};

const ProjectTable = () => {
  const { t } = useTranslation(["settings", "common"]);
  const { org } = useOrganization();
  const formats = useFormats();
  const { data: projects } = useSuspenseQuery(projectsQuery(org));
  if (projects.length === 0) return <Text>{t("projects.none")}</Text>;
  return (
    <Table.ScrollContainer minWidth={320}>
      <Table verticalSpacing="xs">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t("common:name")}</Table.Th>
            <Table.Th>{t("projects.slug")}</Table.Th>
            <Table.Th>{t("projects.created")}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {projects.map(({ slug, name, createdAt }) => (
            <Table.Tr key={slug}>
              <Table.Td>
                <AnchorLink to="/o/$org/settings/projects/$slug" params={{ org, slug }}>
                  {name}
                </AnchorLink>
              </Table.Td>
              <Table.Td>{slug}</Table.Td>
              <Table.Td>
                <time dateTime={createdAt} title={formats.dateTime(createdAt)}>
                  {formats.ago(createdAt)}
                </time>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
};

const CreateProjectDialog = ({ onClose }: { onClose: () => void }) => {
  const { t } = useTranslation("settings");
  const form = useForm({ initialValues: { name: "", slug: "" } });
  return (
    <Dialog title={t("projects.create")} onClose={onClose} isDirty={form.isDirty()} size="md">
      <ProjectForm form={form} />
    </Dialog>
  );
};

const ProjectForm = ({ form }: { form: ReturnType<typeof useForm<{ name: string; slug: string }>> }) => {
  const { t } = useTranslation(["settings", "common"]);
  const { org, client } = useOrganization();
  const { leave, close } = useDialog();
  const queries = useQueryClient();
  const slug = form.values.slug === "" ? slugOf(form.values.name) : form.values.slug;
  const create = useMutation({
    mutationFn: () => client.organizations.createProject({ name: form.values.name, slug }),
    onSuccess: async ({ name }) => {
      await queries.invalidateQueries({ queryKey: [org, "projects"] });
      tellDone(t("projects.done", { name }));
      leave();
    },
  });
  return (
    <form onSubmit={form.onSubmit(() => create.mutate())}>
      <Stack gap="sm">
        {create.error !== null && <ProblemAlert error={create.error} />}
        <TextInput
          label={t("common:name")}
          required
          maxLength={100}
          data-autofocus
          {...form.getInputProps("name")}
        />
        <TextInput
          label={t("projects.slug")}
          description={t("slugHelp")}
          placeholder={slug}
          pattern="[a-z0-9][a-z0-9\-]{0,62}"
          {...form.getInputProps("slug")}
        />
      </Stack>
      <DialogActions>
        <Button variant="default" onClick={close}>
          {t("common:cancel")}
        </Button>
        <Button type="submit" loading={create.isPending}>
          {t("projects.create")}
        </Button>
      </DialogActions>
    </form>
  );
};
