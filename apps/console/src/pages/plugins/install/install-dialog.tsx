import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useOrganization } from "../../../app/organization.ts";
import { Dialog } from "../../../components/dialog.tsx";
import { RetryProblem } from "../../../components/retry-problem.tsx";
import { ChooseSource } from "./choose-source.tsx";
import { InstallSteps } from "./install-steps.tsx";

/** A version in the catalog; the newest without `version`. */
export interface Choice {
  readonly plugin: string;
  readonly version?: string;
}

export interface InstallDialogProps {
  /** Id of a plugin in the catalog; undefined to choose one first. */
  readonly plugin: string | undefined;
  readonly onClose: () => void;
}

/** From a file, a folder or the catalog to an installed plugin. */
const InstallDialog = ({ plugin, onClose }: InstallDialogProps) => {
  const { t } = useTranslation("install");
  const [choice, setChoice] = useState<Choice | null>(plugin === undefined ? null : { plugin });
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
        <Chosen choice={choice} onBusy={setIsBusy} onName={setName} onBack={() => setChoice(null)} />
      )}
    </Dialog>
  );
};

interface ChosenProps {
  readonly choice: Choice;
  readonly onBusy: (isBusy: boolean) => void;
  readonly onName: (name: string) => void;
  readonly onBack: () => void;
}

const Chosen = ({ choice: { plugin, version }, ...rest }: ChosenProps) => {
  const { org, client } = useOrganization();
  const found = useQuery({
    queryKey: [org, "catalog", plugin],
    queryFn: () => client.catalog.plugin(plugin),
    staleTime: 0,
  });
  if (found.error !== null) return <RetryProblem error={found.error} onRetry={() => void found.refetch()} />;
  const offered = found.data;
  const target = offered?.versions.find((one) => version === undefined || one.version === version);
  if (offered === undefined || target === undefined) return <Skeleton height={240} />;
  return <InstallSteps offered={offered} target={target} {...rest} />;
};

export default InstallDialog;
