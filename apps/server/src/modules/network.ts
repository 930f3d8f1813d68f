import { createEgress, HttpClient } from "@patchbay/egress";
import type { Configuration } from "../config/configuration.ts";
import type { Module } from "./module.ts";

type Egress = ReturnType<typeof createEgress>;

/** The one way to other servers. */
export interface Network extends Module {
  /** For plugins, each with its bounds. */
  readonly egress: Egress;
  /** For Patchbay itself. */
  readonly client: HttpClient;
}

export const openNetwork = ({ egressAllowPrivate: allowPrivate, proxies }: Configuration): Network => {
  const egress = createEgress({ allowPrivate, proxies });
  const client = new HttpClient({ allowPrivate, proxies });
  return {
    egress,
    client,
    close: async () => {
      try {
        await client.close();
      } finally {
        await egress.close();
      }
    },
  };
};
