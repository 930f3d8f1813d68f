import { Alert, Group, Text } from "@mantine/core";
import { LOCAL_SERVERS_PLUGIN } from "@patchbay/protocol";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ButtonLink } from "../../components/links.tsx";
import { useLocalServers } from "../../session/local-servers.ts";
import { useOrganization } from "../../session/organization.ts";

const CLOSED_KEY = "patchbay-local-servers-hint-closed";

/** Tells administrators of the deployment that models are at hand, until the plugin that asks them is enabled or they close it. */
export const LocalServersHint = () => {
  const { t } = useTranslation("plugins");
  const { org } = useOrganization();
  const found = useLocalServers()?.data;
  const [isClosed, setIsClosed] = useState(() => localStorage.getItem(CLOSED_KEY) !== null);
  if (isClosed || found === undefined || !found.enables || found.items.length === 0) return null;
  return (
    <Alert
      variant="default"
      role="note"
      withCloseButton
      closeButtonLabel={t("localServers.close")}
      onClose={() => {
        localStorage.setItem(CLOSED_KEY, "yes");
        setIsClosed(true);
      }}
    >
      <Group gap="sm">
        <Text>{t("localServers.hint", { names: found.items.map(({ title }) => title).join(", ") })}</Text>
        <ButtonLink
          variant="default"
          size="compact-md"
          to="/o/$org/plugins/$plugin/settings"
          params={{ org, plugin: LOCAL_SERVERS_PLUGIN }}
        >
          {t("localServers.show")}
        </ButtonLink>
      </Group>
    </Alert>
  );
};
