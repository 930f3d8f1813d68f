import { useSuspenseQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { meQuery } from "../api/queries.ts";
import { useOrganization } from "../session/organization.ts";
import { Switcher } from "./switcher.tsx";

/** Shows the organization, and changes to another one. */
export const OrganizationMenu = () => {
  const { t } = useTranslation();
  const { org, membership } = useOrganization();
  const { data: me } = useSuspenseQuery(meQuery());
  const navigate = useNavigate();
  return (
    <Switcher
      label={t("header.organization")}
      chosen={membership?.name ?? org}
      choices={me.organizations.map(({ slug, name }) => ({ key: slug, name, isChosen: slug === org }))}
      onChoose={(slug) => void navigate({ to: "/o/$org/plugins", params: { org: slug }, search: {} })}
    />
  );
};
