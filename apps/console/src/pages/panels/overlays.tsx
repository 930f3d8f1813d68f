import { ActionIcon, Box, CloseButton, Group, Menu, Paper, Portal, Text } from "@mantine/core";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { IconBoxMultiple } from "../../components/icons.tsx";
import { Panel } from "./panel.tsx";
import { useViews, viewKey } from "./use-views.ts";

const WIDTH_PX = 360;
const HEIGHT_PX = 420;

/** Opens one of the overlays that plugins bring: a box in the corner, never more, with its own way to close it. */
export const Overlays = () => {
  const { t } = useTranslation("panels");
  const views = useViews("overlay");
  const [open, setOpen] = useState<string | null>(null);
  const button = useRef<HTMLButtonElement>(null);
  const view = views.find((one) => viewKey(one) === open);
  const close = () => {
    setOpen(null);
    button.current?.focus();
  };
  if (views.length === 0) return null;
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon
            ref={button}
            variant="subtle"
            color="gray"
            size="lg"
            visibleFrom="sm"
            aria-label={t("overlays")}
          >
            <IconBoxMultiple size={18} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {views.map((one) => (
            <Menu.Item key={viewKey(one)} onClick={() => setOpen(viewKey(one))}>
              {one.title}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      {view !== undefined && (
        <Portal>
          <Paper
            component="section"
            aria-label={view.title}
            withBorder
            shadow="md"
            pos="fixed"
            right={12}
            bottom={40}
            w={WIDTH_PX}
            maw="calc(100vw - 24px)"
            style={{ zIndex: 150, overflow: "hidden" }}
          >
            <Group justify="space-between" wrap="nowrap" px="xs" py={4}>
              <Text size="sm" fw={600} truncate>
                {view.title}
              </Text>
              <CloseButton size="sm" aria-label={t("closeOverlay", { title: view.title })} onClick={close} />
            </Group>
            <Box mah={`min(${HEIGHT_PX}px, 100dvh - 140px)`} style={{ overflow: "auto" }}>
              <Panel key={viewKey(view)} view={view} maxHeight={HEIGHT_PX} onEscape={close} />
            </Box>
          </Paper>
        </Portal>
      )}
    </>
  );
};
