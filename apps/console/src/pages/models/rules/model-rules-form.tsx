import { Alert, Autocomplete, Box, Fieldset, Stack, Switch, TagsInput, Text, Title } from "@mantine/core";
import { useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { modelRulesQuery, modelsQuery } from "../../../api/model-queries.ts";
import { NumberInput } from "../../../components/number-input.tsx";
import { SharedDraftForm } from "../../../components/shared-draft/shared-draft-form.tsx";
import { useOrganization } from "../../../session/organization.ts";
import { AliasRules } from "./alias-rules.tsx";
import { useModelRuleWords } from "./model-rule-words.ts";
import { rulesBodyOf, rulesOf } from "./model-rules-draft.ts";

/** The rules, for those who may change them; others read them. */
export const ModelRulesForm = () => {
  const { t } = useTranslation("models");
  const { org, client, may, project } = useOrganization();
  const { data: read } = useSuspenseQuery(modelRulesQuery(org));
  const { data: models = [] } = useQuery(modelsQuery(org, project));
  const names = models.map(({ id }) => id);
  const words = useModelRuleWords();
  const disabled = !may("org.members.write");
  return (
    <Box maw={640}>
      <SharedDraftForm
        read={read}
        valuesOf={rulesOf}
        put={(rules, seen) => client.models.putRules(rulesBodyOf(rules), seen)}
        queryKey={modelRulesQuery(org).queryKey}
        follows={{ queryKey: [org, "models", "list"] }}
        words={words}
        labels={{ save: t("rules.save"), saved: t("rules.saved"), notSaved: t("rules.notSaved") }}
        disabled={disabled}
      >
        {({ values: rules, change }) => (
          <>
            <Title order={2}>{t("rules.title")}</Title>
            {disabled && <Alert color="gray">{t("rules.readOnly")}</Alert>}
            <Fieldset legend={t("rules.choice")} disabled={disabled}>
              <Stack gap="sm">
                <Autocomplete
                  label={t("rules.default")}
                  description={t("rules.defaultHelp")}
                  value={rules.defaultModel}
                  onChange={(defaultModel) => change({ defaultModel })}
                  data={[...new Set([...rules.aliases.map(({ name }) => name), ...names])]}
                  disabled={disabled}
                />
                <Autocomplete
                  label={t("rules.memory")}
                  description={t("rules.memoryHelp")}
                  value={rules.memoryModel}
                  onChange={(memoryModel) => change({ memoryModel })}
                  data={models.filter(({ kind }) => kind === "embeddings").map(({ id }) => id)}
                  disabled={disabled}
                />
                <Switch
                  label={t("rules.only")}
                  checked={rules.allowed !== "all"}
                  onChange={({ currentTarget }) => change({ allowed: currentTarget.checked ? [] : "all" })}
                />
                {rules.allowed !== "all" && (
                  <TagsInput
                    label={t("rules.allowed")}
                    description={t("rules.patterns")}
                    value={rules.allowed}
                    onChange={(allowed) => change({ allowed })}
                    data={names}
                    splitChars={[",", " "]}
                    disabled={disabled}
                  />
                )}
              </Stack>
            </Fieldset>
            <Fieldset legend={t("rules.failing")} disabled={disabled}>
              <Stack gap="sm">
                <NumberInput
                  label={t("rules.retries")}
                  description={t("rules.retriesHelp")}
                  value={rules.retries}
                  // What is no number stays in sight and keeps the form from being sent.
                  onChange={(retries) => change({ retries: (retries ?? "") as number })}
                  minimum={0}
                  maximum={5}
                  isInteger
                  required
                  disabled={disabled}
                />
                <Text size="sm">{t("rules.aliasHelp")}</Text>
                <AliasRules
                  aliases={rules.aliases}
                  names={names}
                  disabled={disabled}
                  onChange={(aliases) => change({ aliases })}
                />
              </Stack>
            </Fieldset>
          </>
        )}
      </SharedDraftForm>
    </Box>
  );
};
