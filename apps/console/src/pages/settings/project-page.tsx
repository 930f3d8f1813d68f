import { Button, Group, Select, Stack, Table, Text, TextInput, Title } from "@mantine/core";
import { useForm } from "@mantine/form";
import type { ProjectDto, ProjectMemberDto } from "@patchbay/protocol";
import { useMutation, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { membersQuery, projectMembersQuery } from "../../api/people-queries.ts";
import { projectsQuery } from "../../api/queries.ts";
import { ConfirmDialog } from "../../components/confirm-dialog.tsx";
import { AnchorLink } from "../../components/links.tsx";
import { ProblemAlert } from "../../components/problem-alert.tsx";
import { QueryBoundary } from "../../components/query-boundary.tsx";
import { tellDone, tellProblem } from "../../components/tell.ts";
import { useOrganization } from "../../session/organization.ts";
import { RenameForm } from "./rename-form.tsx";
import { PROJECT_ROLES, type ProjectRole } from "./roles.ts";

const route = getRouteApi("/o/$org/settings/projects/$slug");

export const ProjectPage = () => (
  <QueryBoundary>
    <Project />
  </QueryBoundary>
);

const Project = () => {
  const { t } = useTranslation("settings");
  const { slug } = route.useParams();
  const { org, client, may } = useOrganization();
  const { data: projects } = useSuspenseQuery(projectsQuery(org));
  const queries = useQueryClient();
  const project = projects.find((one) => one.slug === slug);
  if (project === undefined) return <Text>{t("projects.gone")}</Text>;
  return (
    <Stack gap="lg">
      <AnchorLink to="/o/$org/settings/projects" params={{ org }}>
        {t("projects.all")}
      </AnchorLink>
      <Title order={2}>{project.name}</Title>
      {may("org.members.write") && (
        <RenameForm
          key={project.name}
          name={project.name}
          onRename={async (name) => {
            await client.organizations.renameProject(slug, name);
            await queries.invalidateQueries({ queryKey: [org, "projects"] });
          }}
        />
      )}
      <ProjectMembers slug={slug} />
      {may("org.members.write") && <DeleteProject project={project} />}
    </Stack>
  );
};

const ProjectMembers = ({ slug }: { slug: string }) => {
  const { t } = useTranslation(["settings", "common"]);
  const { org, client, may } = useOrganization();
  const { data: members } = useSuspenseQuery(projectMembersQuery(org, slug));
  const queries = useQueryClient();
  const mayChange = may("org.members.write");
  const change = useMutation({
    mutationFn: ({ member, role }: { member: ProjectMemberDto; role: ProjectRole | null }) =>
      role === null
        ? client.organizations.removeProjectMember(slug, member.userId)
        : client.organizations.setProjectMember(slug, { email: member.email, role }).then(() => undefined),
    onSuccess: () => queries.invalidateQueries({ queryKey: [org, "projects", slug] }),
    onError: (error) => tellProblem(t("projects.notChanged"), error),
  });
  return (
    <Stack gap="sm">
      <Title order={3}>{t("projects.people")}</Title>
      {members.length === 0 && <Text>{t("projects.nobody")}</Text>}
      {members.length > 0 && (
        <Table.ScrollContainer minWidth={320}>
          <Table verticalSpacing="xs">
            <Table.Tbody>
              {members.map((member) => (
                <Table.Tr key={member.userId}>
                  <Table.Td>
                    <Text>{member.name}</Text>
                    <Text size="xs" c="dimmed" style={{ overflowWrap: "anywhere" }}>
                      {member.email}
                    </Text>
                  </Table.Td>
                  <Table.Td w={150}>
                    <Select
                      aria-label={t("members.roleOf", { name: member.name })}
                      size="xs"
                      allowDeselect={false}
                      disabled={!mayChange}
                      value={member.role}
                      data={PROJECT_ROLES.map((role) => ({ value: role, label: t(`projectRoles.${role}`) }))}
                      onChange={(role) => change.mutate({ member, role: role as ProjectRole })}
                    />
                  </Table.Td>
                  {mayChange && (
                    <Table.Td w={120}>
                      <Button
                        variant="subtle"
                        color="red"
                        size="compact-sm"
                        aria-label={t("members.removeOne", { name: member.name })}
                        onClick={() => change.mutate({ member, role: null })}
                      >
                        {t("common:remove")}
                      </Button>
                    </Table.Td>
                  )}
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      {mayChange && <AddToProject slug={slug} present={members} />}
    </Stack>
  );
};

const AddToProject = ({ slug, present }: { slug: string; present: readonly ProjectMemberDto[] }) => {
  const { t } = useTranslation(["settings", "common"]);
  const { org, client } = useOrganization();
  const { data: members } = useSuspenseQuery(membersQuery(org));
  const queries = useQueryClient();
  const form = useForm({ initialValues: { email: null as string | null, role: "member" as ProjectRole } });
  const isPresent = new Set(present.map(({ userId }) => userId));
  const add = useMutation({
    mutationFn: ({ email, role }: { email: string; role: ProjectRole }) =>
      client.organizations.setProjectMember(slug, { email, role }),
    onSuccess: async () => {
      form.reset();
      await queries.invalidateQueries({ queryKey: [org, "projects", slug] });
    },
  });
  return (
    <form
      onSubmit={form.onSubmit(({ email, role }) => {
        if (email !== null) add.mutate({ email, role });
      })}
    >
      {add.error !== null && <ProblemAlert error={add.error} />}
      <Group align="flex-end" gap="sm">
        <Select
          label={t("members.person")}
          searchable
          data={members
            .filter(({ userId }) => !isPresent.has(userId))
            .map(({ email, name }) => ({ value: email, label: `${name} (${email})` }))}
          {...form.getInputProps("email")}
        />
        <Select
          label={t("members.role")}
          allowDeselect={false}
          w={150}
          data={PROJECT_ROLES.map((role) => ({ value: role, label: t(`projectRoles.${role}`) }))}
          {...form.getInputProps("role")}
        />
        <Button type="submit" variant="default" loading={add.isPending} disabled={form.values.email === null}>
          {t("common:add")}
        </Button>
      </Group>
    </form>
  );
};

const DeleteProject = ({ project: { slug, name } }: { project: ProjectDto }) => {
  const { t } = useTranslation("settings");
  const { org, client } = useOrganization();
  const [isAsking, setIsAsking] = useState(false);
  const [typed, setTyped] = useState("");
  const queries = useQueryClient();
  const navigate = useNavigate();
  return (
    <>
      <Button variant="outline" color="red" w="fit-content" onClick={() => setIsAsking(true)}>
        {t("projects.delete", { name })}
      </Button>
      {isAsking && (
        <ConfirmDialog
          title={t("projects.delete", { name })}
          action={t("projects.delete", { name })}
          isReady={typed === slug}
          onClose={() => setIsAsking(false)}
          onConfirm={async () => {
            await client.organizations.deleteProject(slug);
            tellDone(t("projects.deleted", { name }));
            await navigate({
              to: "/o/$org/settings/projects",
              params: { org },
              search: { project: undefined },
            });
            await queries.invalidateQueries({ queryKey: [org] });
          }}
        >
          <Stack gap="sm">
            <Text>{t("projects.deleteText")}</Text>
            <TextInput
              label={t("projects.typeSlug", { slug })}
              value={typed}
              onChange={(event) => setTyped(event.currentTarget.value)}
            />
          </Stack>
        </ConfirmDialog>
      )}
    </>
  );
};
