import { Autocomplete, Select } from "@mantine/core";
import type { BudgetSubjectKind } from "@patchbay/protocol";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { modelsQuery } from "../../../api/model-queries.ts";
import { apiKeysQuery, membersQuery } from "../../../api/people-queries.ts";
import { pluginsQuery, projectsQuery } from "../../../api/queries.ts";
import { useOrganization } from "../../../session/organization.ts";

export interface SubjectFieldProps {
  readonly kind: BudgetSubjectKind;
  /** Empty: each of them. */
  readonly id: string;
  readonly onChange: (id: string) => void;
}

/** The one whom a budget is for, of those that there are; a model may be a pattern. */
export const SubjectField = ({ kind, ...choice }: SubjectFieldProps) => {
  switch (kind) {
    case "organization":
      return null;
    case "person":
      return <PersonField {...choice} />;
    case "api_key":
      return <KeyField {...choice} />;
    case "project":
      return <ProjectField {...choice} />;
    case "plugin":
      return <PluginField {...choice} />;
    case "model":
      return <ModelField {...choice} />;
    default:
      return kind satisfies never;
  }
};

type FieldProps = Omit<SubjectFieldProps, "kind">;

const PersonField = (choice: FieldProps) => {
  const { org } = useOrganization();
  const { data: members = [] } = useQuery(membersQuery(org));
  const data = members.map(({ userId, email }) => ({ value: userId, label: email }));
  return <Choice kind="person" data={data} {...choice} />;
};

const KeyField = (choice: FieldProps) => {
  const { org } = useOrganization();
  const { data: keys = [] } = useQuery(apiKeysQuery(org));
  const data = keys.map(({ id, name, prefix }) => ({ value: id, label: `${name} (${prefix}…)` }));
  return <Choice kind="api_key" data={data} {...choice} />;
};

const ProjectField = (choice: FieldProps) => {
  const { org } = useOrganization();
  const { data: projects = [] } = useQuery(projectsQuery(org));
  const data = projects.map(({ slug, name }) => ({ value: slug, label: name }));
  return <Choice kind="project" data={data} {...choice} />;
};

const PluginField = (choice: FieldProps) => {
  const { org } = useOrganization();
  const { data: plugins = [] } = useQuery(pluginsQuery(org));
  const data = plugins.map(({ plugin, name }) => ({ value: plugin, label: `${name} (${plugin})` }));
  return <Choice kind="plugin" data={data} {...choice} />;
};

const ModelField = ({ id, onChange }: FieldProps) => {
  const { t } = useTranslation("budgets");
  const { org, project } = useOrganization();
  const { data: models = [] } = useQuery(modelsQuery(org, project));
  return (
    <Autocomplete
      label={t("field.whom")}
      description={t("field.modelHelp")}
      placeholder={t("each.model")}
      maxLength={256}
      value={id}
      onChange={onChange}
      data={[...new Set(models.map((model) => model.id))]}
    />
  );
};

interface ChoiceProps extends FieldProps {
  readonly kind: Exclude<BudgetSubjectKind, "organization" | "model">;
  readonly data: readonly { readonly value: string; readonly label: string }[];
}

const Choice = ({ kind, data, id, onChange }: ChoiceProps) => {
  const { t } = useTranslation("budgets");
  return (
    <Select
      label={t("field.whom")}
      placeholder={t(`each.${kind}`)}
      searchable
      clearable
      data={[...data]}
      value={id === "" ? null : id}
      onChange={(next) => onChange(next ?? "")}
    />
  );
};
