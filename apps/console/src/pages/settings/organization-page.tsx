import { Button, Stack, Text, TextInput, Title } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { meQuery } from "../../api/queries.ts";
import { ProblemAlert } from "../../components/problem-alert.tsx";
import { useOrganization } from "../../session/organization.ts";
import { RenameForm } from "./rename-form.tsx";
import { slugOf } from "./slug.ts";

export const OrganizationPage = () => {
  const { t } = useTranslation("settings");
  const { org, client, membership, may } = useOrganization();
  const { data: me } = useSuspenseQuery(meQuery());
  const queries = useQueryClient();
  const name = membership?.name ?? org;
  return (
    <Stack gap="xl">
      <Stack gap="sm">
        <Title order={2}>{name}</Title>
        <Text c="dimmed">{t("organization.slug", { slug: org })}</Text>
        {may("org.members.write") && (
          <RenameForm
            key={name}
            name={name}
            onRename={async (next) => {
              await client.organizations.rename(next);
              await queries.invalidateQueries({ queryKey: ["me"] });
            }}
          />
        )}
      </Stack>
      {me.deployment.administrator && <NewOrganization />}
    </Stack>
  );
};

const NewOrganization = () => {
  const { t } = useTranslation(["settings", "common"]);
  const { client } = useOrganization();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const form = useForm({ initialValues: { name: "", slug: "" } });
  const slug = form.values.slug === "" ? slugOf(form.values.name) : form.values.slug;
  const create = useMutation({
    mutationFn: () => client.organizations.create({ name: form.values.name, slug }),
    onSuccess: async (made) => {
      await queries.invalidateQueries({ queryKey: ["me"] });
      await navigate({ to: "/o/$org/plugins", params: { org: made.slug }, search: {} });
    },
  });
  return (
    <form onSubmit={form.onSubmit(() => create.mutate())}>
      <Stack gap="sm" maw={400}>
        <Title order={2}>{t("organization.create")}</Title>
        {create.error !== null && <ProblemAlert error={create.error} />}
        <TextInput label={t("common:name")} required maxLength={100} {...form.getInputProps("name")} />
        <TextInput
          label={t("projects.slug")}
          description={t("slugHelp")}
          placeholder={slug}
          pattern="[a-z0-9][a-z0-9\-]{0,62}"
          {...form.getInputProps("slug")}
        />
        <Button type="submit" variant="default" w="fit-content" loading={create.isPending}>
          {t("organization.create")}
        </Button>
      </Stack>
    </form>
  );
};
