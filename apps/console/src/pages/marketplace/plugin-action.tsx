import { Button, type ButtonProps } from "@mantine/core";
import type { MarketplaceItemDto } from "@patchbay/protocol";
import { useTranslation } from "react-i18next";
import { useOrganization } from "../../app/organization.ts";
import { ButtonLink } from "../../components/links.tsx";
import { isNewer } from "../../components/version-order.ts";
import { usePluginRights } from "../plugins/rights.ts";
import type { OpenDialog } from "./use-marketplace-dialog.tsx";

export interface PluginActionProps {
  readonly item: MarketplaceItemDto;
  /** The version that is installed, asked for or updated to. */
  readonly version: string;
  readonly onOpen: OpenDialog;
  readonly size?: ButtonProps["size"];
  /** Whether it is the main thing on its page. */
  readonly isMain?: boolean;
}

/** The one next step with a plugin: install it, ask for it, update it or open it. Nothing where the policy is against it. */
export const PluginAction = ({ item, version, onOpen, size = "xs", isMain = false }: PluginActionProps) => {
  const { t } = useTranslation("marketplace");
  const { org, maySomewhere } = useOrganization();
  const { mayInstall } = usePluginRights();
  const { plugin, name, installed, blocked } = item;
  if (installed !== null && !(mayInstall && blocked === undefined && isNewer(version, installed)))
    return (
      <ButtonLink
        to="/o/$org/plugins/$plugin"
        params={{ org, plugin }}
        variant="default"
        size={size}
        aria-label={t("openOne", { name })}
      >
        {t("open")}
      </ButtonLink>
    );
  if (blocked !== undefined) return null;
  if (installed !== null)
    return (
      <Button
        size={size}
        variant={isMain ? "filled" : "light"}
        aria-label={t("updateOne", { name, version })}
        onClick={() => onOpen({ dialog: "update", plugin, version })}
      >
        {t("update", { version })}
      </Button>
    );
  if (!mayInstall && !maySomewhere("org.plugins.use")) return null;
  const dialog = mayInstall ? "install" : "ask";
  return (
    <Button
      size={size}
      variant={isMain ? "filled" : "default"}
      aria-label={t(mayInstall ? "installOne" : "askOne", { name })}
      onClick={() => onOpen({ dialog, plugin, version })}
    >
      {t(dialog)}
    </Button>
  );
};
