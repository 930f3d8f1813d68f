import { Group, Kbd, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Dialog } from "../../components/dialog.tsx";
import { usePlaces } from "../../pages/use-places.ts";

/** Lists the keys. */
const ShortcutHelp = ({ onClose }: { onClose: () => void }) => {
  const { t } = useTranslation();
  const { places } = usePlaces();
  const keys = [
    ["Ctrl K", t("shortcuts.palette")],
    ["/", t("shortcuts.search")],
    ...places.flatMap((place) =>
      "keys" in place ? [[place.keys, t("shortcuts.goTo", { place: t(place.label) })]] : [],
    ),
    ["?", t("shortcuts.help")],
  ];
  return (
    <Dialog title={t("header.help")} onClose={onClose} size="sm">
      <Stack component="dl" gap="xs" m={0}>
        {keys.map(([sequence = "", what]) => (
          <Group key={sequence} justify="space-between" wrap="nowrap">
            <Text component="dt">{what}</Text>
            <Group component="dd" gap={4} m={0} wrap="nowrap">
              {sequence.split(" ").map((key) => (
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
