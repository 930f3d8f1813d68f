import { Button, Stack } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { queryClient } from "../../../api/query-client.ts";
import { ProblemAlert } from "../../../components/problem-alert.tsx";
import { useOrganization } from "../../../session/organization.ts";
import type { Choice, SourceProps } from "./source.ts";

export interface SourceFormProps extends SourceProps {
  /** Brings what the fields name into the catalog. */
  readonly bring: () => Promise<Required<Choice>>;
  /** What is said when that did not work. */
  readonly failed: string;
  /** The fields. */
  readonly children: ReactNode;
}

/** Asks where a package is; the server brings it into the catalog from there. */
export const SourceForm = ({ bring, failed, onChoose, children }: SourceFormProps) => {
  const { t } = useTranslation();
  const { org } = useOrganization();
  const { mutate, error, isPending } = useMutation({
    mutationFn: bring,
    onSuccess: ({ plugin, version }) => {
      void queryClient.invalidateQueries({ queryKey: [org, "catalog"] });
      onChoose({ plugin, version });
    },
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        mutate();
      }}
    >
      <Stack gap="md">
        {error !== null && <ProblemAlert title={failed} error={error} />}
        {children}
        <Button type="submit" w="fit-content" loading={isPending}>
          {t("next")}
        </Button>
      </Stack>
    </form>
  );
};
