import { Button, Menu, Text } from "@mantine/core";
import { IconCheck, IconChevronDown } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { projectsQuery } from "../api/queries.ts";
import { useOrganization } from "./organization.ts";

/** Narrows what is shown to one project. Absent while the organization has none. */
export const ProjectMenu = () => {
  const { t } = useTranslation();
  const { org, project } = useOrganization();
  const { data: projects = [] } = useQuery(projectsQuery(org));
  const navigate = useNavigate();
  if (projects.length === 0) return null;
  const choose = (slug: string | undefined) =>
    navigate({ to: ".", search: (old: object) => ({ ...old, project: slug }) });
  const name = projects.find(({ slug }) => slug === project)?.name ?? t("header.allProjects");
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <Button
          variant="subtle"
          color="gray"
          size="compact-md"
          miw={0}
          rightSection={<IconChevronDown size={14} aria-hidden />}
          aria-label={`${t("header.project")}: ${name}`}
        >
          <Text span inherit truncate>
            {name}
          </Text>
        </Button>
      </Menu.Target>
      <Menu.Dropdown mah="70vh" style={{ overflowY: "auto" }}>
        <Menu.Label>{t("header.project")}</Menu.Label>
        {[{ slug: undefined, name: t("header.allProjects") }, ...projects].map(({ slug, name: label }) => (
          <Menu.Item
            key={slug ?? ""}
            rightSection={slug === project && <IconCheck size={14} aria-hidden />}
            aria-current={slug === project}
            onClick={() => choose(slug)}
          >
            {label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
};
