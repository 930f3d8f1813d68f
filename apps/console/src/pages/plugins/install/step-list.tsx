import { Group, Text, UnstyledButton } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { STEPS, type Step } from "./install-draft.ts";

export interface StepListProps {
  readonly step: Step;
  readonly onStep: (step: Step) => void;
}

/** Where one is; leads back to what has been seen. */
export const StepList = ({ step, onStep }: StepListProps) => {
  const { t } = useTranslation("install");
  const place = STEPS.indexOf(step);
  return (
    <nav aria-label={t("steps")}>
      <Group component="ol" gap="4px 16px" p={0} m={0} style={{ listStyle: "none" }}>
        {STEPS.map((one, index) => (
          <li key={one}>
            <UnstyledButton
              aria-current={one === step ? "step" : undefined}
              disabled={index > place}
              onClick={() => onStep(one)}
              style={{
                borderBottom: `2px solid ${one === step ? "var(--mantine-primary-color-filled)" : "transparent"}`,
                cursor: index > place ? "default" : "pointer",
              }}
            >
              <Text size="sm" fw={one === step ? 600 : 400} c={index > place ? "dimmed" : undefined}>
                {index + 1}. {t(`step.${one}`)}
              </Text>
            </UnstyledButton>
          </li>
        ))}
      </Group>
    </nav>
  );
};
