import { ActionIcon, Button, Group, Stack, TagsInput, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { IconTrash } from "../../../components/icons.tsx";
import type { ModelRules } from "./model-rules-draft.ts";

type Alias = ModelRules["aliases"][number];

interface AliasRulesProps {
  readonly aliases: readonly Alias[];
  /** Models that there are. */
  readonly names: readonly string[];
  readonly disabled: boolean;
  readonly onChange: (aliases: Alias[]) => void;
}

/** Names for models, each with the models behind it in their order. */
export const AliasRules = ({ aliases, names, disabled, onChange }: AliasRulesProps) => {
  const { t } = useTranslation("models");
  return (
    <Stack gap="sm">
      {aliases.map((alias, place) => (
        <AliasRule
          // biome-ignore lint/suspicious/noArrayIndexKey: a name that is being typed is no key, and they keep their order
          key={place}
          place={place}
          alias={alias}
          names={names}
          disabled={disabled}
          onChange={(next) => onChange(aliases.with(place, next))}
          onRemove={() => onChange(aliases.toSpliced(place, 1))}
        />
      ))}
      {!disabled && (
        <Button
          variant="default"
          w="fit-content"
          onClick={() => onChange([...aliases, { name: "", models: [] }])}
        >
          {t("alias.add")}
        </Button>
      )}
    </Stack>
  );
};

interface AliasRuleProps extends Pick<AliasRulesProps, "names" | "disabled"> {
  readonly place: number;
  readonly alias: Alias;
  readonly onChange: (alias: Alias) => void;
  readonly onRemove: () => void;
}

const AliasRule = ({ place, alias, names, disabled, onChange, onRemove }: AliasRuleProps) => {
  const { t } = useTranslation("models");
  const name = alias.name || t("alias.unnamed", { number: place + 1 });
  return (
    <Group align="flex-start" gap="sm" wrap="nowrap" role="group" aria-label={name}>
      <TextInput
        label={t("alias.name")}
        value={alias.name}
        onChange={({ currentTarget }) => onChange({ ...alias, name: currentTarget.value })}
        disabled={disabled}
        w={180}
      />
      <TagsInput
        label={t("alias.models")}
        value={alias.models}
        onChange={(models) => onChange({ ...alias, models })}
        data={[...names]}
        splitChars={[",", " "]}
        disabled={disabled}
        flex={1}
      />
      {!disabled && (
        <ActionIcon
          variant="subtle"
          color="gray"
          size="lg"
          mt={24}
          aria-label={t("alias.remove", { name })}
          onClick={onRemove}
        >
          <IconTrash size={18} aria-hidden />
        </ActionIcon>
      )}
    </Group>
  );
};
