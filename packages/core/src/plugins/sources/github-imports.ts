import { type AuditAction, PatchbayError, versionOfTag } from "@patchbay/protocol";
import { type Authority, authorize, type MemberAuthority } from "../../access/authority.ts";
import { actorOf, type Principal } from "../../access/caller.ts";
import { requireInstallable, requireSource } from "../../access/policy-rules.ts";
import type { PackageVersion } from "../../ports/catalog-store.ts";
import type { CodeHost, CodeRelease } from "../../ports/code-host.ts";
import type { Database } from "../../ports/database.ts";
import type { PackageIntake } from "../catalog/package-intake.ts";
import type { SecretBox } from "../settings/secret-box.ts";
import type { WithFile } from "./package-fetcher.ts";

export interface GithubImport {
  /** `owner/name` */
  readonly repository: string;
  /** As plugin.json has it; the tag may have a `v` before it. */
  readonly version: string;
  /** For this import alone. */
  readonly token?: string;
}

type Admitted = { readonly version: PackageVersion; readonly created: boolean };

/** Brings packages from GitHub into an organization's catalog, and keeps the token that reaches private ones. */
export class GithubImports {
  readonly #database: Database;
  readonly #host: CodeHost;
  readonly #intake: PackageIntake;
  readonly #secrets: SecretBox;
  readonly #withFile: WithFile;

  constructor(parts: {
    database: Database;
    host: CodeHost;
    intake: PackageIntake;
    secrets: SecretBox;
    withFile: WithFile;
  }) {
    this.#database = parts.database;
    this.#host = parts.host;
    this.#intake = parts.intake;
    this.#secrets = parts.secrets;
    this.#withFile = parts.withFile;
  }

  /**
   * Adds a version: the package that is a file of the release, or the tagged tree. Throws `forbidden`, `policy_blocked`,
   * `invalid_request`, `repository_not_found`, `release_not_found`, `version_mismatch`, `github_*`, and what
   * `PackageIntake.admit` throws.
   */
  async import(
    principal: Principal,
    slug: string,
    request: GithubImport,
    signal?: AbortSignal,
  ): Promise<Admitted> {
    const authority = authorize(principal, slug, "org.plugins.write");
    requireInstallable(authority.policy);
    requireSource(authority.policy, "github");
    const version = versionOfTag(request.version);
    if (version === null) throw noVersion(request.version);
    return await this.fetch(authority, { ...request, version }, signal);
  }

  /** The same for whoever may have it; `pluginId` is what it has to be. */
  async fetch(
    authority: Authority,
    { repository, version, token, pluginId }: GithubImport & { readonly pluginId?: string },
    signal?: AbortSignal,
  ): Promise<Admitted> {
    const key = token ?? (await this.tokenOf(authority.organization.id));
    const release = await this.#host.findRelease(repository, version, key);
    return await this.#withFile(async (path) => {
      await this.#host.download(release, path, key, signal);
      const origin = { by: authority, source: "github", badge: "private" } as const;
      const [admitted] = await this.#intake.admitAll(
        [path],
        { ...origin, obtained: obtainedFrom(release) },
        signal,
        ([found]) => requireAsked(release, found, version, pluginId),
      );
      if (admitted === undefined) throw new Error("An admitted package has no version.");
      return admitted;
    });
  }

  /** Keeps a token for imports and updates. It cannot be read again. */
  async putToken(principal: Principal, slug: string, token: string): Promise<void> {
    const authority = this.#authorizeToken(principal, slug);
    const { id } = authority.organization;
    const sealed = this.#secrets.seal(token, contextOf(id));
    await this.#database.transaction(async (stores) => {
      await stores.sourceTokens.put(id, "github", sealed);
      await stores.audit.append(tokenEvent(authority, "source.token_set"));
    });
  }

  /** Throws `not_found` when there is none. */
  async removeToken(principal: Principal, slug: string): Promise<void> {
    const authority = this.#authorizeToken(principal, slug);
    await this.#database.transaction(async (stores) => {
      if (!(await stores.sourceTokens.remove(authority.organization.id, "github")))
        throw new PatchbayError("not_found", "There is no token for GitHub here.");
      await stores.audit.append(tokenEvent(authority, "source.token_removed"));
    });
  }

  async hasToken(principal: Principal, slug: string): Promise<boolean> {
    const { organization } = authorize(principal, slug, "org.plugins.read");
    return (await this.#database.sourceTokens.find(organization.id, "github")) !== null;
  }

  async tokenOf(organizationId: string): Promise<string | null> {
    const sealed = await this.#database.sourceTokens.find(organizationId, "github");
    return sealed === null ? null : this.#secrets.open(sealed, contextOf(organizationId));
  }

  /** It reaches what the organization keeps private elsewhere: a matter of those who run it. */
  #authorizeToken(principal: Principal, slug: string): MemberAuthority {
    const authority = authorize(principal, slug, "org.plugins.write");
    if (authority.administers) return authority;
    throw new PatchbayError("forbidden", "Only an owner or administrator of the organization may do this.");
  }
}

const contextOf = (organizationId: string): string => `source-token:github:${organizationId}`;

const tokenEvent = ({ organization, caller }: MemberAuthority, action: AuditAction) => ({
  organizationId: organization.id,
  actor: actorOf(caller),
  action,
  pluginId: null,
  detail: { source: "github" },
});

const obtainedFrom = ({ repository, tag, asset }: CodeRelease) => ({
  repository,
  tag,
  ...(asset !== null && { asset: asset.name }),
});

const requireAsked = (
  { repository, tag }: CodeRelease,
  found: Pick<PackageVersion, "pluginId" | "version"> | undefined,
  version: string,
  pluginId: string | undefined,
): void => {
  if (found?.version === version && (pluginId === undefined || found.pluginId === pluginId)) return;
  const wanted = `${pluginId === undefined ? "version" : `"${pluginId}"`} ${version}`;
  throw new PatchbayError(
    "version_mismatch",
    `${tag} of ${repository} is "${found?.pluginId}" ${found?.version}, not ${wanted}.`,
  );
};

const noVersion = (text: string): PatchbayError =>
  new PatchbayError("invalid_request", `"${text}" is not a version such as 1.2.0.`, {
    errors: [{ pointer: "/version", message: "This is not a semantic version." }],
  });
