import type { InstallationDto } from "@patchbay/protocol";
import type { DialogKind } from "./plugins-search.ts";

/** What somebody can do with the plugin of a card. */
export interface CardActions {
  readonly open: (dialog: DialogKind, plugin: string) => void;
  readonly toggle: (plugin: InstallationDto, on: boolean) => void;
  readonly select: (plugin: string, isSelected: boolean) => void;
}
