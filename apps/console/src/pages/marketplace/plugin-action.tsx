import { Button, type ButtonProps } from "@mantine/core";
import type { MarketplaceItemDto } from "@patchbay/protocol";
import { isNewerVersion } from "@patchbay/protocol";
import { useTranslation } from "react-i18next";
import { ButtonLink } from "../../components/links.tsx";
import { useOrganization } from "../../session/organization.ts";
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
  /** Id of the words that say why it cannot be installed or updated to. */
  readonly hindrance?: string | undefined;
}

/** The one next step with a plugin: install it, ask for it, update it or open it. Nothing where the policy is against it. */
export const PluginAction = ({
  item,
  version,
  onOpen,
  size = "xs",
  isMain = false,
  hindrance,
}: PluginActionProps) => {
  const { t } = useTranslation("marketplace");
  const { org, maySomewhere } = useOrganization();
  const { mayInstall } = usePluginRights();
  const { plugin, name, installed, blocked } = item;
  if (installed !== null && !(mayInstall && blocked === undefined && isNewerVersion(version, installed)))
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
  const stopped = hindrance !== undefined && { disabled: true, "aria-describedby": hindrance };
  if (installed !== null)
    return (
      <Button
        {...stopped}
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
      {...stopped}
      size={size}
      variant={isMain ? "filled" : "default"}
      aria-label={t(mayInstall ? "installOne" : "askOne", { name })}
      onClick={() => onOpen({ dialog, plugin, version })}
    >
      {t(dialog)}
    </Button>
  );
};
