import { Button, Group, Progress, Stack, Text } from "@mantine/core";
import type { BudgetDto } from "@patchbay/protocol";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useFormats } from "../../../components/formats.ts";
import { PlainListEntry } from "../../../components/plain-list.tsx";
import { useOrganization } from "../../../session/organization.ts";
import { nameOfOne, useBudgetWords } from "./use-budget-words.ts";

/** Of a budget for each of them, so many are shown at first. */
const SHOWN_USES = 5;
/** From this share on a budget is nearly used up. */
const NEARLY = 0.8;
const PERCENT = 100;

export interface BudgetEntryProps {
  readonly budget: BudgetDto;
  readonly onChange: () => void;
  readonly onDelete: () => void;
}

/** A budget with what is used, reserved and left of it, and when it starts anew. */
export const BudgetEntry = ({ budget, onChange, onDelete }: BudgetEntryProps) => {
  const { t } = useTranslation(["budgets", "common"]);
  const { may } = useOrganization();
  const words = useBudgetWords();
  const [isWhole, setIsWhole] = useState(false);
  const sentence = words.sentence(budget, nameOfOne(budget));
  const name = budget.title ?? sentence;
  const uses = isWhole ? budget.use : budget.use.slice(0, SHOWN_USES);
  return (
    <PlainListEntry>
      <Stack gap="xs" role="group" aria-label={name} flex={1} miw={0}>
        <Stack gap={2}>
          <Text fw={600} style={{ overflowWrap: "anywhere" }}>
            {name}
          </Text>
          {budget.title !== undefined && (
            <Text size="sm" style={{ overflowWrap: "anywhere" }}>
              {sentence}
            </Text>
          )}
          <StartsAnew budget={budget} />
        </Stack>
        {budget.use.length === 0 && <Text size="sm">{t("use.none")}</Text>}
        {uses.map((use) => (
          <Use key={use.id} budget={budget} use={use} />
        ))}
        {uses.length < budget.use.length && (
          <Button variant="default" size="compact-sm" w="fit-content" onClick={() => setIsWhole(true)}>
            {t("use.more", { count: budget.use.length - uses.length })}
          </Button>
        )}
        {may("org.members.write") && (
          <Group gap="xs">
            <Button
              variant="default"
              size="compact-sm"
              aria-label={t("change.of", { name })}
              onClick={onChange}
            >
              {t("change.open")}
            </Button>
            <Button
              variant="subtle"
              color="red"
              size="compact-sm"
              aria-label={t("delete.of", { name })}
              onClick={onDelete}
            >
              {t("delete.open")}
            </Button>
          </Group>
        )}
      </Stack>
    </PlainListEntry>
  );
};

const StartsAnew = ({ budget: { startsAnewAt } }: { readonly budget: BudgetDto }) => {
  const { t } = useTranslation("budgets");
  const formats = useFormats();
  if (startsAnewAt === undefined)
    return (
      <Text size="xs" c="dimmed">
        {t("never")}
      </Text>
    );
  return (
    <Text size="xs" c="dimmed" title={formats.dateTime(startsAnewAt)}>
      <time dateTime={startsAnewAt}>{t("startsAnew", { when: formats.ago(startsAnewAt) })}</time>
    </Text>
  );
};

interface UseProps {
  readonly budget: BudgetDto;
  readonly use: BudgetDto["use"][number];
}

const Use = ({ budget, use: { id, name, used, reserved, left } }: UseProps) => {
  const { t } = useTranslation("budgets");
  const formats = useFormats();
  const words = useBudgetWords();
  const { amount } = budget;
  const share = (value: number): number => (amount === 0 ? 0 : Math.min(1, value / amount));
  // Of nothing all is used.
  const usedShare = amount === 0 ? 1 : share(used);
  const reservedShare = Math.min(share(reserved), 1 - usedShare);
  const color = left <= 0 ? "var(--pb-danger)" : usedShare >= NEARLY ? "var(--pb-warning)" : "accent";
  const whose = name ?? id;
  const isEach = budget.for.id === undefined && whose !== "";
  const facts = [
    t("use.used", { used: words.amount(used, budget) }),
    reserved > 0 && t("use.reserved", { reserved: words.amount(reserved, budget) }),
    t("use.left", { left: words.amount(left, budget) }),
  ].filter((fact) => fact !== false);
  return (
    <Stack gap={4}>
      {isEach && (
        <Text size="sm" style={{ overflowWrap: "anywhere" }}>
          {whose}
        </Text>
      )}
      <Progress.Root size="md" aria-hidden>
        <Progress.Section value={usedShare * PERCENT} color={color} />
        <Progress.Section value={reservedShare * PERCENT} color={color} striped opacity={0.6} />
      </Progress.Root>
      <Text size="xs" c="dimmed">
        {`${facts.join(" · ")} (${formats.percent(usedShare)})`}
      </Text>
    </Stack>
  );
};
