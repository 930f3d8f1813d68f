import { Group, Kbd, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Dialog } from "../../components/dialog.tsx";

const KEYS = [
  ["Ctrl K", "palette"],
  ["/", "search"],
  ["g p", "plugins"],
  ["g m", "marketplace"],
  ["g t", "tools"],
  ["g a", "activity"],
  ["g s", "settings"],
  ["?", "help"],
] as const;

/** Lists the keys. */
const ShortcutHelp = ({ onClose }: { onClose: () => void }) => {
  const { t } = useTranslation();
  return (
    <Dialog title={t("header.help")} onClose={onClose} size="sm">
      <Stack component="dl" gap="xs" m={0}>
        {KEYS.map(([keys, what]) => (
          <Group key={keys} justify="space-between" wrap="nowrap">
            <Text component="dt">{t(`shortcuts.${what}`)}</Text>
            <Group component="dd" gap={4} m={0} wrap="nowrap">
              {keys.split(" ").map((key) => (
                <Kbd key={key}>{key}</Kbd>
              ))}
            </Group>
          </Group>
        ))}
      </Stack>
    </Dialog>
  );
};

export default ShortcutHelp;
