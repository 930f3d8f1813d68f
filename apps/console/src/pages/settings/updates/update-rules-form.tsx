import { Alert, Button, Stack, Title } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { autoUpdateQuery } from "../../../api/plugin-queries.ts";
import { useOrganization } from "../../../app/organization.ts";
import { ProblemAlert } from "../../../components/problem-alert.tsx";
import { tellDone } from "../../../components/tell.ts";
import { SingleRules } from "./single-rules.tsx";
import { AgeRules, StrategyRules, WindowRules } from "./update-rules.tsx";
import { type UpdateRules, updateBodyOf } from "./updates-draft.ts";

/** The rules, for those who may change them; others read them. */
export const UpdateRulesForm = ({ saved }: { saved: UpdateRules }) => {
  const { t } = useTranslation("updates");
  const { org, client, may } = useOrganization();
  const queries = useQueryClient();
  const [rules, setRules] = useState(saved);
  const disabled = !may("org.plugins.write");
  const save = useMutation({
    mutationFn: () => client.updates.putRules(updateBodyOf(rules)),
    onSuccess: (answer) => {
      queries.setQueryData(autoUpdateQuery(org).queryKey, answer);
      tellDone(t("rules.saved"));
    },
  });
  const part = {
    rules,
    disabled,
    onChange: (change: Partial<UpdateRules>) => setRules({ ...rules, ...change }),
  };
  const isChanged = JSON.stringify(rules) !== JSON.stringify(saved);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate();
      }}
    >
      <Stack gap="md">
        <Title order={2}>{t("rules.title")}</Title>
        {disabled && <Alert color="gray">{t("readOnly")}</Alert>}
        <StrategyRules {...part} />
        <AgeRules {...part} />
        <WindowRules {...part} />
        <SingleRules {...part} />
        {save.error !== null && <ProblemAlert title={t("rules.notSaved")} error={save.error} />}
        {!disabled && (
          <Button type="submit" w="fit-content" disabled={!isChanged} loading={save.isPending}>
            {t("rules.save")}
          </Button>
        )}
      </Stack>
    </form>
  );
};
