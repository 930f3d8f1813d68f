import {
  Checkbox,
  Fieldset,
  Group,
  MultiSelect,
  NativeSelect,
  Stack,
  Switch,
  TagsInput,
} from "@mantine/core";
import {
  CONVERSATION_AUDIENCES,
  DEBUG_AUDIENCES,
  GRANTABLE_PERMISSIONS,
  type GrantablePermission,
  INSTALL_AUDIENCES,
  isPermissionName,
} from "@patchbay/protocol";
import { useTranslation } from "react-i18next";
import { usePermissionTitle } from "../../components/permissions/permission-list.tsx";
import { chosenOf, grantsNamed, type PolicyRules } from "./policy-draft.ts";

export interface PolicyPartProps {
  readonly rules: PolicyRules;
  readonly disabled: boolean;
  readonly onChange: (change: Partial<PolicyRules>) => void;
}

const AUDIENCES = [
  ["install", INSTALL_AUDIENCES],
  ["debug", DEBUG_AUDIENCES],
  ["conversations", CONVERSATION_AUDIENCES],
] as const;
const SOURCES = ["marketplace", "github", "upload", "directory", "bundle", "bridge"] as const;
const SIGNATURES = ["optional", "required"] as const;
const BADGES = ["official", "partner", "community", "private"] as const;

/** Who installs, debugs, and reads conversations. */
export const AudienceRules = ({ rules, disabled, onChange }: PolicyPartProps) => {
  const { t } = useTranslation("policy");
  return (
    <Fieldset legend={t("people.legend")} disabled={disabled}>
      <Stack gap="sm">
        {AUDIENCES.map(([rule, audiences]) => (
          <NativeSelect
            key={rule}
            label={t(`people.${rule}`)}
            description={t(`people.${rule}Help`)}
            value={rules[rule]}
            onChange={({ currentTarget }) => onChange({ [rule]: currentTarget.value })}
            data={audiences.map((value) => ({ value, label: t(`audience.${value}`) }))}
          />
        ))}
      </Stack>
    </Fieldset>
  );
};

/** Where plugins come from, and who vouches for them. */
export const OriginRules = ({ rules, disabled, onChange }: PolicyPartProps) => {
  const { t } = useTranslation(["policy", "common"]);
  return (
    <Fieldset legend={t("origin.legend")} disabled={disabled}>
      <Stack gap="sm">
        <Checkbox.Group
          label={t("origin.sources")}
          value={[...(rules.sources === "all" ? SOURCES : rules.sources)]}
          onChange={(ticked) => onChange({ sources: chosenOf(SOURCES, ticked) })}
        >
          <Group mt="xs">
            {SOURCES.map((one) => (
              <Checkbox key={one} value={one} label={t(`source.${one}`)} />
            ))}
          </Group>
        </Checkbox.Group>
        <Checkbox.Group
          label={t("origin.badges")}
          description={t("origin.builtin")}
          value={[...(rules.badges === "all" ? BADGES : rules.badges)]}
          onChange={(ticked) => onChange({ badges: chosenOf(BADGES, ticked) })}
        >
          <Group mt="xs">
            {BADGES.map((one) => (
              <Checkbox key={one} value={one} label={t(`common:badge.${one}`)} />
            ))}
          </Group>
        </Checkbox.Group>
        <NativeSelect
          label={t("origin.signatures")}
          description={t("origin.signaturesHelp")}
          value={rules.signatures}
          onChange={({ currentTarget }) =>
            onChange({ signatures: currentTarget.value as (typeof SIGNATURES)[number] })
          }
          data={SIGNATURES.map((value) => ({ value, label: t(`origin.signature.${value}`) }))}
        />
      </Stack>
    </Fieldset>
  );
};

/** Plugins by their ids. */
export const PluginRules = ({ rules, disabled, onChange }: PolicyPartProps) => {
  const { t } = useTranslation("policy");
  const ids = { splitChars: [",", " "], disabled };
  return (
    <Fieldset legend={t("plugins.legend")} disabled={disabled}>
      <Stack gap="sm">
        <Switch
          label={t("plugins.only")}
          checked={rules.allowed !== "all"}
          onChange={({ currentTarget }) => onChange({ allowed: currentTarget.checked ? [] : "all" })}
        />
        {rules.allowed !== "all" && (
          <TagsInput
            label={t("plugins.allowed")}
            description={t("plugins.patterns")}
            value={rules.allowed}
            onChange={(allowed) => onChange({ allowed })}
            {...ids}
          />
        )}
        <TagsInput
          label={t("plugins.required")}
          description={t("plugins.requiredHelp")}
          value={rules.required}
          onChange={(required) => onChange({ required })}
          {...ids}
        />
        <TagsInput
          label={t("plugins.forbidden")}
          description={t("plugins.patterns")}
          value={rules.forbidden}
          onChange={(forbidden) => onChange({ forbidden })}
          {...ids}
        />
      </Stack>
    </Fieldset>
  );
};

/** What members and managers may grant by themselves. */
export const GrantRules = ({ rules: { maxGrants }, disabled, onChange }: PolicyPartProps) => {
  const { t } = useTranslation("policy");
  return (
    <Fieldset legend={t("grants.legend")} disabled={disabled}>
      <Stack gap="sm">
        <Switch
          label={t("grants.only")}
          description={t("grants.onlyHelp")}
          checked={maxGrants !== "all"}
          onChange={({ currentTarget }) => onChange({ maxGrants: currentTarget.checked ? [] : "all" })}
        />
        {maxGrants !== "all" && (
          <MultiSelect
            label={t("grants.allowed")}
            searchable
            disabled={disabled}
            value={maxGrants.map(({ name }) => name)}
            onChange={(names) =>
              onChange({ maxGrants: grantsNamed(names.filter(isPermissionName), maxGrants) })
            }
            data={GRANTABLE_PERMISSIONS}
            renderOption={({ option }) => <PermissionTitle name={option.value as GrantablePermission} />}
          />
        )}
      </Stack>
    </Fieldset>
  );
};

const PermissionTitle = ({ name }: { name: GrantablePermission }) => `${usePermissionTitle(name)} (${name})`;
