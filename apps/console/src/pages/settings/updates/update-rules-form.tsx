import { Alert, Title } from "@mantine/core";
import type { Revised } from "@patchbay/api-client";
import type { AutoUpdateDto } from "@patchbay/protocol";
import { useTranslation } from "react-i18next";
import { autoUpdateQuery } from "../../../api/plugin-queries.ts";
import { SharedDraftForm } from "../../../components/shared-draft/shared-draft-form.tsx";
import { useOrganization } from "../../../session/organization.ts";
import { SingleRules } from "./single-rules.tsx";
import { useUpdateRuleWords } from "./update-rule-words.ts";
import { AgeRules, StrategyRules, WindowRules } from "./update-rules.tsx";
import { rulesOf, updateBodyOf } from "./updates-draft.ts";

/** The rules, for those who may change them; others read them. */
export const UpdateRulesForm = ({ read }: { read: Revised<AutoUpdateDto> }) => {
  const { t } = useTranslation("updates");
  const { org, client, may } = useOrganization();
  const words = useUpdateRuleWords();
  const disabled = !may("org.plugins.write");
  return (
    <SharedDraftForm
      read={read}
      valuesOf={rulesOf}
      put={(rules, seen) => client.updates.putRules(updateBodyOf(rules), seen)}
      queryKey={autoUpdateQuery(org).queryKey}
      words={words}
      labels={{ save: t("rules.save"), saved: t("rules.saved"), notSaved: t("rules.notSaved") }}
      disabled={disabled}
    >
      {({ values: rules, change }) => {
        const part = { rules, disabled, onChange: change };
        return (
          <>
            <Title order={2}>{t("rules.title")}</Title>
            {disabled && <Alert color="gray">{t("readOnly")}</Alert>}
            <StrategyRules {...part} />
            <AgeRules {...part} />
            <WindowRules {...part} />
            <SingleRules {...part} />
          </>
        );
      }}
    </SharedDraftForm>
  );
};
