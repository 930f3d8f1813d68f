import { Button, Menu, Text } from "@mantine/core";
import { IconCheck, IconChevronDown } from "../components/icons.tsx";

export interface SwitcherProps {
  /** What is chosen from: "Organization". */
  readonly label: string;
  /** The name of the chosen one. */
  readonly chosen: string;
  readonly choices: readonly { readonly key: string; readonly name: string; readonly isChosen: boolean }[];
  readonly onChoose: (key: string) => void;
}

/** Shows where one is, and leads to the others. */
export const Switcher = ({ label, chosen, choices, onChoose }: SwitcherProps) => (
  <Menu position="bottom-start">
    <Menu.Target>
      <Button
        variant="subtle"
        color="gray"
        size="compact-md"
        miw={0}
        rightSection={<IconChevronDown size={14} aria-hidden />}
        aria-label={`${label}: ${chosen}`}
      >
        <Text span inherit truncate>
          {chosen}
        </Text>
      </Button>
    </Menu.Target>
    <Menu.Dropdown mah="70vh" style={{ overflowY: "auto" }}>
      <Menu.Label>{label}</Menu.Label>
      {choices.map(({ key, name, isChosen }) => (
        <Menu.Item
          key={key}
          rightSection={isChosen && <IconCheck size={14} aria-hidden />}
          aria-current={isChosen}
          onClick={() => onChoose(key)}
        >
          {name}
        </Menu.Item>
      ))}
    </Menu.Dropdown>
  </Menu>
);
