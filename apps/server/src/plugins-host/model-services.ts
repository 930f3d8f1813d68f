import { type Database, type DomainLog, type FurtherDomains, ofServerCode } from "@patchbay/core";
import {
  chatDomain,
  Models,
  OrganizationRules,
  UPSTREAM_PATIENCE,
  UpstreamClient,
  Upstreams,
} from "@patchbay/models";
import type { PluginServices } from "./plugin-services.ts";

export interface ModelServices {
  readonly models: Models;
  readonly rules: OrganizationRules;
  /** What plugins have of models. */
  readonly domains: FurtherDomains;
}

/** The models of plugins, over what runs these. */
export const createModelServices = (
  { inForce, gateway, gate }: Pick<PluginServices, "inForce" | "gateway" | "gate">,
  database: Pick<Database, "modelRules" | "transaction">,
  log: DomainLog,
): ModelServices => {
  const client = new UpstreamClient((call) => gate.handle(ofServerCode(call)), UPSTREAM_PATIENCE);
  const rules = new OrganizationRules(database);
  const models = new Models({ inForce, gateway, upstreams: new Upstreams(gateway, client), rules, log });
  return { models, rules, domains: { chat: chatDomain(models) } };
};
