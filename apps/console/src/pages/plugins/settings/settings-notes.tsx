import { Alert, Anchor, Stack, Text } from "@mantine/core";
import type { SettingsDto } from "@patchbay/protocol";
import { useTranslation } from "react-i18next";
import { useValueWords } from "../../../components/shared-draft/draft-notice.tsx";
import type { SharedDraft } from "../../../components/shared-draft/use-shared-draft.ts";
import type { StoredFault } from "./stored-faults.ts";

type Draft = Pick<SharedDraft<object>, "unset" | "toggleUnset">;

export const originOf = ({ secrets, origins }: SettingsDto, pointer: string) =>
  secrets[pointer]?.origin ?? origins[pointer];

export interface OriginProps {
  readonly pointer: string;
  readonly project: string | null;
  readonly origin: NonNullable<ReturnType<typeof originOf>>;
  readonly draft: Draft;
  readonly isSecret: boolean;
  readonly isFixed: boolean;
}

/** Where a value comes from; one that is set here can go back to what it inherits. */
export const Origin = ({ pointer, project, origin, draft, isSecret, isFixed }: OriginProps) => {
  const { t } = useTranslation("plugins");
  const isOwn = origin === (project === null ? "organization" : "project");
  const isUnset = draft.unset.has(pointer);
  const words = {
    default: t("settings.fromDefault"),
    organization: t(project === null ? "settings.setHere" : "settings.fromOrganization"),
    project: t("settings.fromProject"),
  };
  return (
    <Text component="span" inherit>
      {isUnset ? t("settings.backPending") : words[origin]}{" "}
      {isOwn && !isSecret && !isFixed && (
        <Anchor component="button" type="button" inherit onClick={() => draft.toggleUnset(pointer)}>
          {t(isUnset ? "settings.undo" : project === null ? "settings.backToDefault" : "settings.back")}
        </Anchor>
      )}
    </Text>
  );
};

interface RepairProps {
  readonly fault: StoredFault;
  readonly draft: Draft;
  readonly isFixed: boolean;
}

/** What is stored and does not apply, and the way to take it away. Another value in its field mends it as well. */
export const Repair = ({ fault: { pointer, value, isOwn }, draft, isFixed }: RepairProps) => {
  const { t } = useTranslation("plugins");
  const toWords = useValueWords();
  const isUnset = draft.unset.has(pointer);
  return (
    <Text component="span" inherit style={{ overflowWrap: "anywhere" }}>
      {value !== undefined && `${t("settings.stored", { value: toWords(value) })} `}
      {isUnset && `${t("settings.backPending")} `}
      {isOwn && !isFixed && (
        <Anchor component="button" type="button" inherit onClick={() => draft.toggleUnset(pointer)}>
          {t(isUnset ? "settings.undo" : "settings.removeStored")}
        </Anchor>
      )}
      {!isOwn && t("settings.storedAbove")}
    </Text>
  );
};

/** What this version has no field for. */
export const StoredElsewhere = ({
  faults,
  ...rest
}: Omit<RepairProps, "fault"> & { readonly faults: readonly StoredFault[] }) => {
  const { t } = useTranslation("plugins");
  if (faults.length === 0) return null;
  return (
    <Alert color="orange" title={t("settings.storedElsewhere")}>
      <Stack gap="xs">
        <Text size="sm">{t("settings.storedElsewhereText")}</Text>
        {faults.map((fault) => (
          <Text key={`${fault.pointer} ${fault.isOwn}`} size="sm" component="div">
            <strong>{fault.titles.join(", ")}</strong>: {fault.message} <Repair fault={fault} {...rest} />
          </Text>
        ))}
      </Stack>
    </Alert>
  );
};
