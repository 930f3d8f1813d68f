import { Text } from "@mantine/core";
import { useSuspenseQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { meQuery } from "../../api/queries.ts";
import { CenteredPage } from "../../components/centered-page.tsx";

export const NoOrganizationPage = () => {
  const { t } = useTranslation();
  const { data: me } = useSuspenseQuery(meQuery());
  return (
    <CenteredPage title={t("noOrganization.title")}>
      <Text>{t("noOrganization.text", { email: me.user.email })}</Text>
    </CenteredPage>
  );
};
