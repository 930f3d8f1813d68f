import { Button, Skeleton, Stack, Text, Textarea } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Dialog, DialogActions, useDialog } from "../../components/dialog.tsx";
import { PermissionList } from "../../components/permissions/permission-list.tsx";
import { ProblemAlert } from "../../components/problem-alert.tsx";
import { RetryProblem } from "../../components/retry-problem.tsx";
import { tellDone } from "../../components/tell.ts";
import { useOrganization } from "../../session/organization.ts";
import { type Candidate, offeredQuery } from "./candidate.ts";
import { CatalogSource } from "./install/catalog-source.tsx";
import type { Choice } from "./install/source.ts";

const MAX_MESSAGE = 1_000;

interface AskDialogProps {
  /** What is asked for; undefined to choose first. */
  readonly plugin: string | undefined;
  /** The newest unless told. */
  readonly version: string | undefined;
  readonly onClose: () => void;
}

/** For people who may not install: they choose a plugin of the catalog or a marketplace, and ask for it. */
const AskDialog = ({ plugin, version, onClose }: AskDialogProps) => {
  const { t } = useTranslation("requests");
  const [choice, setChoice] = useState<Choice | null>(
    plugin === undefined ? null : { plugin, ...(version !== undefined && { version }) },
  );
  const [message, setMessage] = useState("");
  return (
    <Dialog title={t("ask")} onClose={onClose} isDirty={message !== ""} size="lg">
      {choice === null ? (
        <CatalogSource onChoose={setChoice} />
      ) : (
        <Chosen choice={choice} message={message} onMessage={setMessage} onBack={() => setChoice(null)} />
      )}
    </Dialog>
  );
};

export default AskDialog;

interface ChosenProps {
  readonly choice: Choice;
  readonly message: string;
  readonly onMessage: (message: string) => void;
  readonly onBack: () => void;
}

const Chosen = ({ choice: { plugin, version }, ...rest }: ChosenProps) => {
  const { org } = useOrganization();
  const found = useQuery(offeredQuery(org, plugin, version));
  if (found.isLoadingError) return <RetryProblem error={found.error} onRetry={() => void found.refetch()} />;
  const target = found.data?.versions.find((one) => version === undefined || one.version === version);
  if (target === undefined) return <Skeleton height={200} />;
  return <AskForm target={target} {...rest} />;
};

const AskForm = ({
  target,
  message,
  onMessage,
  onBack,
}: Omit<ChosenProps, "choice"> & { target: Candidate }) => {
  const { t } = useTranslation(["requests", "common"]);
  const { org, client } = useOrganization();
  const { leave } = useDialog();
  const queries = useQueryClient();
  const { plugin, version, manifest, permissions } = target;
  const ask = useMutation({
    mutationFn: () => client.requests.create({ plugin, version, ...(message !== "" && { message }) }),
    onSuccess: async () => {
      tellDone(t("asked", { name: manifest.name }));
      leave();
      await queries.invalidateQueries({ queryKey: [org, "requests"] });
    },
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        ask.mutate();
      }}
    >
      <Stack gap="sm">
        {ask.error !== null && <ProblemAlert error={ask.error} />}
        <Text fw={600}>
          {manifest.name} {version}
        </Text>
        <Text>{manifest.description}</Text>
        {permissions.required.length > 0 && <Text>{t("needs")}</Text>}
        <PermissionList requests={permissions.required} />
        <Textarea
          label={t("message")}
          description={t("messageHelp")}
          autosize
          minRows={3}
          maxLength={MAX_MESSAGE}
          value={message}
          onChange={({ currentTarget }) => onMessage(currentTarget.value)}
        />
      </Stack>
      <DialogActions
        aside={
          <Button variant="default" onClick={onBack} disabled={ask.isPending}>
            {t("common:back")}
          </Button>
        }
      >
        <Button type="submit" loading={ask.isPending}>
          {t("askFor", { name: manifest.name })}
        </Button>
      </DialogActions>
    </form>
  );
};
