import type { InstallationDto } from "@patchbay/protocol";

type Stated = Pick<InstallationDto, "state">;

/** Whether it is meant to run, also when it fails to. What a marketplace has blocked does not run, whatever people want. */
export const isOn = ({ state }: Stated): boolean => state !== "disabled" && state !== "blocked";

/** Whether it can be switched now: no change of it is under way, and its version may run. */
export const isSwitchable = ({ state }: Stated): boolean =>
  state !== "enabling" && state !== "updating" && state !== "blocked";
