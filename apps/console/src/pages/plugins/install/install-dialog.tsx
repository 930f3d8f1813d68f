import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Navigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Dialog } from "../../../components/dialog.tsx";
import { RetryProblem } from "../../../components/retry-problem.tsx";
import { useOrganization } from "../../../session/organization.ts";
import { offeredQuery } from "../candidate.ts";
import { ChooseSource } from "./choose-source.tsx";
import { InstallSteps } from "./install-steps.tsx";
import type { Choice } from "./source.ts";

export interface InstallDialogProps {
  /** Id of a plugin of the catalog or a marketplace; undefined to choose one first. */
  readonly plugin: string | undefined;
  /** The newest unless told. */
  readonly version: string | undefined;
  readonly onClose: () => void;
}

/** From a file, a folder, a repository, the catalog or a marketplace to an installed plugin. */
const InstallDialog = ({ plugin, version, onClose }: InstallDialogProps) => {
  const { t } = useTranslation("install");
  const [choice, setChoice] = useState<Choice | null>(
    plugin === undefined ? null : { plugin, ...(version !== undefined && { version }) },
  );
  const [isBusy, setIsBusy] = useState(false);
  const [name, setName] = useState<string>();
  return (
    <Dialog
      title={name === undefined || choice === null ? t("title") : t("titleOf", { name })}
      onClose={onClose}
      isBusy={isBusy}
      size="xl"
    >
      {choice === null ? (
        <ChooseSource onChoose={setChoice} />
      ) : (
        <Chosen
          choice={choice}
          isUploaded={plugin === undefined}
          onBusy={setIsBusy}
          onName={setName}
          onBack={() => setChoice(null)}
        />
      )}
    </Dialog>
  );
};

interface ChosenProps {
  readonly choice: Choice;
  /** Whether it was brought here just now. */
  readonly isUploaded: boolean;
  readonly onBusy: (isBusy: boolean) => void;
  readonly onName: (name: string) => void;
  readonly onBack: () => void;
}

const Chosen = ({ choice: { plugin, version }, isUploaded, ...rest }: ChosenProps) => {
  const { org } = useOrganization();
  const found = useQuery(offeredQuery(org, plugin, version));
  if (found.isLoadingError) return <RetryProblem error={found.error} onRetry={() => void found.refetch()} />;
  const offered = found.data;
  // A newer file of what is installed was dropped here: that is an update.
  if (isUploaded && offered?.installed != null && version !== undefined && version !== offered.installed)
    return (
      <Navigate
        to="/o/$org/plugins"
        params={{ org }}
        search={{ dialog: "update", plugin, version }}
        replace
      />
    );
  const target = offered?.versions.find((one) => version === undefined || one.version === version);
  if (offered === undefined || target === undefined) return <Skeleton height={240} />;
  return <InstallSteps offered={offered} target={target} {...rest} />;
};

export default InstallDialog;
