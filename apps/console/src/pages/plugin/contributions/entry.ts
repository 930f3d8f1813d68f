import type { Contribution, KindName } from "@patchbay/protocol";
import type { FunctionComponent } from "react";

/** Shows one entry of a manifest. */
export type Entry<K extends KindName> = FunctionComponent<{
  readonly plugin: string;
  readonly entry: Contribution<K>;
}>;
