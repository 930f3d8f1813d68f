import { Image, ThemeIcon } from "@mantine/core";
import { BASE_PATH } from "../base-path.ts";
import { IconPuzzle } from "./icons.tsx";

export interface PluginIconProps {
  /** Path of the picture on the server, when there is one. */
  readonly icon: string | undefined;
  readonly size?: number;
}

/** The picture of a plugin, which its name always stands beside. */
export const PluginIcon = ({ icon, size = 32 }: PluginIconProps) =>
  icon === undefined ? (
    <ThemeIcon variant="default" size={size} aria-hidden>
      <IconPuzzle size={size * 0.6} aria-hidden />
    </ThemeIcon>
  ) : (
    <Image
      src={`${BASE_PATH}${icon}`}
      alt=""
      w={size}
      h={size}
      fit="contain"
      radius="sm"
      loading="lazy"
      flex="none"
    />
  );
