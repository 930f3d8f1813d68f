import "i18next";
import type { en } from "./en/index.ts";
import type { playground } from "./en/playground.ts";

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "common";
    resources: typeof en & { playground: typeof playground };
  }
}
