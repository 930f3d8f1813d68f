import { ActionIcon, Tooltip } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import { useNavigate } from "@tanstack/react-router";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { IconSearch } from "../../components/icons.tsx";
import { usePlaces } from "../../pages/use-places.ts";
import { useOrganization } from "../../session/organization.ts";
import { useShortcuts } from "./shortcuts.ts";

const CommandPalette = lazy(() => import("./palette.tsx"));
const ShortcutHelp = lazy(() => import("./shortcut-help.tsx"));

/** The command palette and the keys that lead somewhere, with the button for those who do not know the key. */
export const Commands = () => {
  const { t } = useTranslation();
  const { org } = useOrganization();
  const navigate = useNavigate();
  const [open, setOpen] = useState<"palette" | "help" | null>(null);
  const close = () => setOpen(null);
  useHotkeys([["mod+K", () => setOpen("palette")]], []);
  const { places } = usePlaces();
  const ways = places.flatMap((place) =>
    "keys" in place ? [[place.keys, () => void navigate({ to: place.to, params: { org } })] as const] : [],
  );
  useShortcuts({ ...Object.fromEntries(ways), "?": () => setOpen("help") });
  return (
    <>
      <Tooltip label={`${t("header.palette")} (Ctrl K)`}>
        <ActionIcon
          variant="subtle"
          color="gray"
          size="lg"
          aria-label={t("header.palette")}
          onClick={() => setOpen("palette")}
        >
          <IconSearch size={18} aria-hidden />
        </ActionIcon>
      </Tooltip>
      <Suspense>
        {open === "palette" && <CommandPalette onClose={close} />}
        {open === "help" && <ShortcutHelp onClose={close} />}
      </Suspense>
    </>
  );
};
