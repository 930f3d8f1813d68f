import { Button, Group, Select, Stack, Table, Text } from "@mantine/core";
import type { MemberDto } from "@patchbay/protocol";
import { useMutation, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { membersQuery } from "../../api/people-queries.ts";
import { meQuery } from "../../api/queries.ts";
import { ConfirmDialog } from "../../components/confirm-dialog.tsx";
import { QueryBoundary } from "../../components/query-boundary.tsx";
import { tellDone, tellProblem } from "../../components/tell.ts";
import { useOrganization } from "../../session/organization.ts";
import { AddMemberDialog } from "./add-member-dialog.tsx";
import { PasswordLinkDialog } from "./handed-link.tsx";
import { ORGANIZATION_ROLES, type OrganizationRole } from "./roles.ts";

export const MembersPage = () => {
  const { t } = useTranslation("settings");
  const { may } = useOrganization();
  const [isAdding, setIsAdding] = useState(false);
  return (
    <Stack gap="md">
      <Group justify="space-between" gap="sm">
        <Text c="dimmed" maw={640}>
          {t("members.text")}
        </Text>
        {may("org.members.write") && <Button onClick={() => setIsAdding(true)}>{t("members.add")}</Button>}
      </Group>
      <QueryBoundary>
        <MemberTable />
      </QueryBoundary>
      {isAdding && <AddMemberDialog onClose={() => setIsAdding(false)} />}
    </Stack>
  );
};

const MemberTable = () => {
  const { t } = useTranslation(["settings", "common"]);
  const { org, client, may } = useOrganization();
  const { data: members } = useSuspenseQuery(membersQuery(org));
  const { data: me } = useSuspenseQuery(meQuery());
  const [leaving, setLeaving] = useState<MemberDto | null>(null);
  const queries = useQueryClient();
  const mayChange = may("org.members.write");
  return (
    <>
      <Table.ScrollContainer minWidth={320}>
        <Table verticalSpacing="xs">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t("members.person")}</Table.Th>
              <Table.Th w={170}>{t("members.role")}</Table.Th>
              {mayChange && (
                <Table.Th w={240}>
                  <span className="visually-hidden">{t("members.actions")}</span>
                </Table.Th>
              )}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {members.map((member) => (
              <Table.Tr key={member.userId}>
                <Table.Td>
                  <Text>
                    {member.name}
                    {member.userId === me.user.id && ` (${t("members.you")})`}
                  </Text>
                  <Text size="xs" c="dimmed" style={{ overflowWrap: "anywhere" }}>
                    {member.email}
                  </Text>
                </Table.Td>
                <Table.Td>{mayChange ? <RoleSelect member={member} /> : t(`roles.${member.role}`)}</Table.Td>
                {mayChange && (
                  <Table.Td>
                    <ResetButton member={member} />
                    <Button
                      variant="subtle"
                      color="red"
                      size="compact-sm"
                      aria-label={t("members.removeOne", { name: member.name })}
                      onClick={() => setLeaving(member)}
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
      {leaving !== null && (
        <ConfirmDialog
          title={t("members.removeTitle", { name: leaving.name })}
          action={t("members.removeOne", { name: leaving.name })}
          onClose={() => setLeaving(null)}
          onConfirm={async () => {
            await client.organizations.removeMember(leaving.userId);
            await queries.invalidateQueries({ queryKey: [org, "members"] });
            tellDone(t("members.removed", { name: leaving.name }));
          }}
        >
          {t("members.removeText", { name: leaving.name })}
        </ConfirmDialog>
      )}
    </>
  );
};

const ResetButton = ({ member: { userId, name } }: { member: MemberDto }) => {
  const { t } = useTranslation("settings");
  const { client } = useOrganization();
  const link = useMutation({
    mutationFn: () => client.organizations.createPasswordLink(userId),
    onError: (error) => tellProblem(t("members.notReset", { name }), error),
  });
  return (
    <>
      <Button
        variant="subtle"
        size="compact-sm"
        aria-label={t("members.resetOne", { name })}
        loading={link.isPending}
        onClick={() => link.mutate()}
      >
        {t("members.reset")}
      </Button>
      {link.data && <PasswordLinkDialog name={name} url={link.data.url} onClose={() => link.reset()} />}
    </>
  );
};

const RoleSelect = ({ member }: { member: MemberDto }) => {
  const { t } = useTranslation("settings");
  const { org, client } = useOrganization();
  const queries = useQueryClient();
  const change = useMutation({
    mutationFn: (role: OrganizationRole) => client.organizations.setMember({ email: member.email, role }),
    onSuccess: async ({ role }) => {
      await queries.invalidateQueries({ queryKey: [org, "members"] });
      tellDone(t("members.changed", { name: member.name, role: t(`roles.${role}`) }));
    },
    onError: (error) => tellProblem(t("members.notChanged", { name: member.name }), error),
  });
  return (
    <Select
      aria-label={t("members.roleOf", { name: member.name })}
      size="xs"
      allowDeselect={false}
      value={change.isPending ? change.variables : member.role}
      disabled={change.isPending}
      data={ORGANIZATION_ROLES.map((role) => ({ value: role, label: t(`roles.${role}`) }))}
      onChange={(role) => role !== null && change.mutate(role as OrganizationRole)}
    />
  );
};
