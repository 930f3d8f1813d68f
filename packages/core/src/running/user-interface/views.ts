import { type Manifest, PatchbayError, type ThemeDto, type ViewDto } from "@patchbay/protocol";
import {
  type Access,
  authorize,
  isProjectVisible,
  isScopeVisible,
  type Principal,
} from "../../access/access.ts";
import type { PackageTrust } from "../../plugins/trust/package-trust.ts";
import type { PackageVersion } from "../../ports/catalog-store.ts";
import type { Database } from "../../ports/database.ts";
import type { Installation } from "../../ports/installation-store.ts";

/** What enabled plugins add to the console, as far as it was granted and the caller may see it. */
export class Views {
  readonly #database: Database;
  readonly #trust: PackageTrust;

  constructor(database: Database, trust: PackageTrust) {
    this.#database = database;
    this.#trust = trust;
  }

  /** Those that apply to a project when one is named. Throws `forbidden`, `organization_not_found`, `project_not_found`. */
  async list(principal: Principal, slug: string, project?: string): Promise<ViewDto[]> {
    const access = authorize(principal, slug, "org.plugins.read");
    if (project !== undefined && !isProjectVisible(access, project))
      throw new PatchbayError("project_not_found", `There is no project "${project}".`);
    const serving = await this.#serving(access);
    return serving
      .filter(({ installation: { scope } }) => appliesTo(scope, project))
      .flatMap(({ installation, running }) => viewsOf(installation, running));
  }

  /** The themes that the caller can choose from. Throws `forbidden`, `organization_not_found`. */
  async themes(principal: Principal, slug: string): Promise<ThemeDto[]> {
    const serving = await this.#serving(authorize(principal, slug, "org.plugins.read"));
    return serving.flatMap(({ installation, running }) => themesOf(installation, running.manifest));
  }

  async #serving(access: Access) {
    const { id } = access.organization;
    const [installations, packages] = await Promise.all([
      this.#database.installations.list(id),
      this.#database.catalog.listInstalled(id),
    ]);
    const serving = installations.flatMap((installation) => {
      const running = packages
        .get(installation.pluginId)
        ?.find(({ version }) => version === installation.version);
      if (running === undefined || !isServing(installation) || !isScopeVisible(access, installation.scope))
        return [];
      return [{ installation, running }];
    });
    const areGood = await Promise.all(serving.map(({ running }) => this.#isGood(running)));
    return serving.filter((_, index) => areGood[index]);
  }

  /** A view is code that runs each time when somebody opens it. */
  async #isGood(version: PackageVersion): Promise<boolean> {
    const { state } = await this.#trust.judge(version);
    return state === "signed" || state === "unsigned";
  }
}

const viewsOf = (
  { pluginId, grants }: Installation,
  { manifest, version, uiDigest }: PackageVersion,
): ViewDto[] =>
  uiDigest === null
    ? []
    : (manifest.contributes?.views ?? [])
        .filter(({ place }) => grants.some(({ name }) => name === `ui.${place}`))
        .map((view) => ({
          plugin: pluginId,
          pluginName: manifest.name,
          version,
          uiDigest,
          ...view,
          manifest,
        }));

const themesOf = ({ pluginId, grants }: Installation, manifest: Manifest): ThemeDto[] =>
  grants.some(({ name }) => name === "ui.theme")
    ? (manifest.contributes?.themes ?? []).map(({ tokens, ...theme }) => ({
        plugin: pluginId,
        pluginName: manifest.name,
        ...theme,
        tokens: { ...(tokens as Record<string, string>) },
      }))
    : [];

const isServing = ({ state, transition }: Installation): boolean =>
  state === "enabled" || (state === "updating" && transition?.wasEnabled === true);

const appliesTo = ({ projects }: Installation["scope"], project: string | undefined): boolean =>
  project === undefined || projects === "all" || projects.includes(project);
