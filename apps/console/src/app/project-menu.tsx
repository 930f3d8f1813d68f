import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { projectsQuery } from "../api/queries.ts";
import { useOrganization } from "../session/organization.ts";
import { Switcher } from "./switcher.tsx";

/** Stands for all projects: no slug is empty. */
const ALL = "";

/** Narrows what is shown to one project. Absent while the organization has none. */
export const ProjectMenu = () => {
  const { t } = useTranslation();
  const { org, project = ALL } = useOrganization();
  const { data: projects = [] } = useQuery(projectsQuery(org));
  const navigate = useNavigate();
  if (projects.length === 0) return null;
  const choices = [{ slug: ALL, name: t("header.allProjects") }, ...projects];
  return (
    <Switcher
      label={t("header.project")}
      chosen={choices.find(({ slug }) => slug === project)?.name ?? t("header.allProjects")}
      choices={choices.map(({ slug, name }) => ({ key: slug, name, isChosen: slug === project }))}
      onChoose={(slug) =>
        void navigate({ to: ".", search: (old: object) => ({ ...old, project: slug || undefined }) })
      }
    />
  );
};
