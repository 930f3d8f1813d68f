import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { pluginsQuery } from "../../api/queries.ts";
import { Dialog } from "../../components/dialog.tsx";
import { useOrganization } from "../../session/organization.ts";
import type { DialogKind } from "./plugins-search.ts";

const InstallDialog = lazy(() => import("./install/install-dialog.tsx"));
const AskDialog = lazy(() => import("./ask-dialog.tsx"));
const SettingsDialog = lazy(() => import("./settings/settings-dialog.tsx"));
const UpdateDialog = lazy(() => import("./update-dialog.tsx"));
const RollbackDialog = lazy(() => import("./rollback-dialog.tsx"));
const UninstallDialog = lazy(() => import("./uninstall-dialog.tsx"));

export interface PluginDialogProps {
  readonly kind: DialogKind;
  /** Id of an installed plugin; for `install` and `ask` of one that can be had, or undefined to choose. */
  readonly plugin: string | undefined;
  /** Version to install or to update to; the newest unless told. */
  readonly version?: string | undefined;
  readonly onClose: () => void;
}

/** The dialog that the address names, on any page. */
export const PluginDialog = (props: PluginDialogProps) => (
  <Suspense fallback={null}>
    {props.kind === "install" ? (
      <InstallDialog plugin={props.plugin} version={props.version} onClose={props.onClose} />
    ) : props.kind === "ask" ? (
      <AskDialog plugin={props.plugin} version={props.version} onClose={props.onClose} />
    ) : (
      <DialogOfInstalled {...props} kind={props.kind} />
    )}
  </Suspense>
);

const DialogOfInstalled = ({
  kind,
  plugin,
  version,
  onClose,
}: PluginDialogProps & { kind: Exclude<DialogKind, "install" | "ask"> }) => {
  const { t } = useTranslation("plugins");
  const { org } = useOrganization();
  const { data: plugins } = useQuery(pluginsQuery(org));
  if (plugins === undefined) return null;
  const installation = plugins.find((one) => one.plugin === plugin);
  if (installation === undefined)
    return (
      <Dialog title={t("gone.title")} onClose={onClose}>
        <Text>{t("gone.text", { plugin: plugin ?? "" })}</Text>
      </Dialog>
    );
  const dialog = { installation, onClose };
  switch (kind) {
    case "settings":
      return <SettingsDialog {...dialog} />;
    case "update":
      return <UpdateDialog {...dialog} version={version} />;
    case "rollback":
      return <RollbackDialog {...dialog} />;
    case "uninstall":
      return <UninstallDialog {...dialog} />;
  }
};
