import { Button, Menu, Text } from "@mantine/core";
import { IconCheck, IconChevronDown } from "@tabler/icons-react";
import { useSuspenseQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { meQuery } from "../api/queries.ts";
import { useOrganization } from "./organization.ts";

/** Shows the organization, and changes to another one. */
export const OrganizationMenu = () => {
  const { t } = useTranslation();
  const { org, membership } = useOrganization();
  const { data: me } = useSuspenseQuery(meQuery());
  const navigate = useNavigate();
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <Button
          variant="subtle"
          color="gray"
          size="compact-md"
          miw={0}
          rightSection={<IconChevronDown size={14} aria-hidden />}
          aria-label={`${t("header.organization")}: ${membership?.name ?? org}`}
        >
          <Text span inherit truncate>
            {membership?.name ?? org}
          </Text>
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t("header.organization")}</Menu.Label>
        {me.organizations.map(({ slug, name }) => (
          <Menu.Item
            key={slug}
            rightSection={slug === org && <IconCheck size={14} aria-hidden />}
            aria-current={slug === org}
            onClick={() => navigate({ to: "/o/$org/plugins", params: { org: slug }, search: {} })}
          >
            {name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
};
