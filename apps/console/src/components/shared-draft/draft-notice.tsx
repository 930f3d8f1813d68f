import { Alert, Button, Group, Stack, Text } from "@mantine/core";
import type { Ref } from "react";
import { useTranslation } from "react-i18next";
import type { DraftConflict, SharedDraft } from "./use-shared-draft.ts";

export interface DraftNoticeProps {
  readonly draft: Pick<SharedDraft<object>, "taken" | "conflicts" | "settle">;
  /** What the value at a pointer is called on the page. */
  readonly titleOf: (pointer: string) => string;
  /** A value in the words of the page; undefined where it has none of its own. */
  readonly wordsOf?: (pointer: string, value: unknown) => string | undefined;
  /** Takes the focus when somebody saves before they have chosen. */
  readonly ref?: Ref<HTMLDivElement>;
}

/** What others have changed while somebody was editing: what was taken over, and what waits for a choice. */
export const DraftNotice = ({ draft, titleOf, wordsOf, ref }: DraftNoticeProps) => {
  const { t } = useTranslation("forms");
  const { taken, conflicts, settle } = draft;
  if (taken.length + conflicts.length === 0) return null;
  return (
    <Alert
      ref={ref}
      tabIndex={-1}
      color={conflicts.length > 0 ? "orange" : "blue"}
      role="alert"
      title={t("shared.title")}
    >
      <Stack gap="sm">
        {taken.length > 0 && <Text>{t("shared.taken", { fields: taken.map(titleOf).join(", ") })}</Text>}
        {conflicts.map((conflict) => (
          <Choice
            key={conflict.pointer}
            conflict={conflict}
            title={titleOf(conflict.pointer)}
            wordsOf={(value) => wordsOf?.(conflict.pointer, value)}
            onChoose={(choice) => settle(conflict.pointer, choice)}
          />
        ))}
      </Stack>
    </Alert>
  );
};

interface ChoiceProps {
  readonly conflict: DraftConflict;
  readonly title: string;
  readonly wordsOf: (value: unknown) => string | undefined;
  readonly onChoose: (choice: "mine" | "theirs") => void;
}

const Choice = ({ conflict, title, wordsOf, onChoose }: ChoiceProps) => {
  const { t } = useTranslation("forms");
  const { mine, theirs, isUnset, isHidden } = conflict;
  const toWords = useValueWords();
  const say = (value: unknown) => wordsOf(value) ?? toWords(value);
  return (
    <Stack gap={4} role="group" aria-label={title}>
      <Text fw={600}>{t(isHidden ? "shared.hidden" : "shared.both", { field: title })}</Text>
      {!isHidden && (
        <Text style={{ overflowWrap: "anywhere" }}>
          {t("shared.yours", { value: isUnset ? t("shared.inherited") : say(mine) })}
          {" · "}
          {t("shared.theirs", { value: say(theirs) })}
        </Text>
      )}
      <Group gap="xs">
        <Button size="xs" variant="default" onClick={() => onChoose("mine")}>
          {t("shared.keepMine")}
        </Button>
        <Button size="xs" variant="default" onClick={() => onChoose("theirs")}>
          {t("shared.takeTheirs")}
        </Button>
      </Group>
    </Stack>
  );
};

/** Characters of a value that are shown; enough to tell two of them apart. */
const MAX_SHOWN_CHARACTERS = 200;

/** A value as people write it: no quotes around a text, commas between a list's members. */
export const useValueWords = (): ((value: unknown) => string) => {
  const { t } = useTranslation(["forms", "common"]);
  const words = (value: unknown): string => {
    if (value === undefined || value === null || value === "") return t("noChoice");
    if (typeof value === "boolean") return t(value ? "on" : "off");
    if (Array.isArray(value)) return value.length === 0 ? t("common:none") : value.map(words).join(", ");
    return typeof value === "object" ? JSON.stringify(value) : String(value);
  };
  return (value) => {
    const all = words(value);
    return all.length > MAX_SHOWN_CHARACTERS ? `${all.slice(0, MAX_SHOWN_CHARACTERS)}…` : all;
  };
};
