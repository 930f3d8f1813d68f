import type { AutoUpdateRules } from "../model/auto-update-rules.ts";

/** An update that Patchbay tried by itself and that failed. */
export interface FailedUpdate {
  readonly version: string;
  readonly code: string;
  readonly message: string;
  readonly failedAt: Date;
}

/** How organizations keep their plugins current. */
export interface AutoUpdateStore {
  /** null: nothing was decided. */
  findRules(organizationId: string): Promise<AutoUpdateRules | null>;
  putRules(organizationId: string, rules: AutoUpdateRules): Promise<void>;
  /** Organizations that have decided something. */
  listOrganizations(): Promise<string[]>;
  /** The last one of each installation, by installation id. */
  listFailures(organizationId: string): Promise<ReadonlyMap<string, FailedUpdate>>;
  putFailure(installationId: string, failure: FailedUpdate): Promise<void>;
  removeFailure(installationId: string): Promise<void>;
  /**
   * Takes the turn to look after an organization's updates when nobody has since `before`: of several nodes one gets `true`.
   */
  claimTurn(organizationId: string, before: Date, now: Date): Promise<boolean>;
}
