import { Button, Code, Group, Input, PasswordInput, Text } from "@mantine/core";
import { settingOfHost } from "@patchbay/protocol";
import { useState } from "react";
import { Trans, useTranslation } from "react-i18next";
import { useHostWords } from "../host-words.ts";
import { IconLock } from "../icons.tsx";
import type { ControlProps } from "./field.tsx";
import { titleAt } from "./field-at.ts";
import { useFormContext } from "./form-context.ts";

/** Words are no code. */
const isSaidBySetting = (host: string): boolean => settingOfHost(host) !== null;

/** A secret: it goes in and never comes out. Shows that one is set, replaces it, removes it. */
export const SecretField = (props: ControlProps) => {
  const { control, schema, pointer, value, onChange } = props;
  const { t } = useTranslation("forms");
  const { root, isSecretSet } = useFormContext();
  const [isReplacing, setIsReplacing] = useState(false);
  const isSet = isSecretSet(pointer);
  const hostWords = useHostWords((setting) => titleAt(root, `/${setting.replaceAll(".", "/")}`));
  const description = (
    <>
      {control.description}{" "}
      {schema.hosts !== undefined && (
        <Trans t={t} i18nKey="secretHosts" values={{ hosts: schema.hosts.map(hostWords).join(", ") }}>
          Sent only to {schema.hosts.every(isSaidBySetting) ? <span>hosts</span> : <Code>hosts</Code>}.
        </Trans>
      )}
    </>
  );
  if (isSet && value === undefined && !isReplacing)
    return (
      <Input.Wrapper label={control.label} description={description} error={control.error} labelElement="div">
        <Group gap="xs" mt={4} role="group" aria-label={control.label}>
          <IconLock size={16} aria-hidden />
          <Text size="sm">{t("secretSet")}</Text>
          <Button
            variant="default"
            size="xs"
            disabled={control.disabled}
            onClick={() => setIsReplacing(true)}
          >
            {t("replace")}
          </Button>
          <Button variant="default" size="xs" disabled={control.disabled} onClick={() => onChange(null)}>
            {t("removeSecret")}
          </Button>
        </Group>
      </Input.Wrapper>
    );
  const keep = () => {
    setIsReplacing(false);
    onChange(undefined);
  };
  if (value === null)
    return (
      <Input.Wrapper label={control.label} description={description} error={control.error} labelElement="div">
        <Group gap="xs" mt={4} role="group" aria-label={control.label}>
          <Text size="sm">{t("secretRemoved")}</Text>
          <Button variant="default" size="xs" onClick={keep}>
            {t("keepSecret")}
          </Button>
        </Group>
      </Input.Wrapper>
    );
  return (
    <Group align="flex-end" gap="xs" wrap="nowrap">
      <PasswordInput
        {...control}
        description={description}
        flex={1}
        autoComplete="new-password"
        autoFocus={isReplacing}
        visibilityToggleButtonProps={{ "aria-label": t("showSecret"), tabIndex: 0 }}
        value={typeof value === "string" ? value : ""}
        onChange={({ currentTarget }) =>
          onChange(currentTarget.value === "" ? undefined : currentTarget.value)
        }
      />
      {isSet && (
        <Button variant="default" onClick={keep}>
          {t("keepSecret")}
        </Button>
      )}
    </Group>
  );
};
