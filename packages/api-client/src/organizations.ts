import type {
  AddedMemberDto,
  ApiKeyBody,
  ApiKeyDto,
  HandedLinkDto,
  MemberBody,
  MemberDto,
  NewApiKeyDto,
  OrganizationBody,
  OrganizationDto,
  ProjectBody,
  ProjectDto,
  ProjectMemberBody,
  ProjectMemberDto,
} from "@patchbay/protocol";
import type { Transport } from "./transport.ts";

/** Organizations, and the people, projects and API keys of this client's one. */
export class OrganizationsApi {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  list(): Promise<OrganizationDto[]> {
    return this.#transport.items("/api/orgs");
  }

  create(body: OrganizationBody): Promise<OrganizationDto> {
    return this.#transport.json("POST", "/api/orgs", { body });
  }

  /** Gives this client's organization another name; its slug stays. */
  rename(name: string): Promise<OrganizationDto> {
    return this.#transport.json("PUT", this.#transport.organization, { body: { name } });
  }

  members(): Promise<MemberDto[]> {
    return this.#transport.items(`${this.#transport.organization}/members`);
  }

  /** Adds somebody or changes a role; with a name the account is made too, and `passwordLink` is for its person. */
  setMember(body: MemberBody): Promise<AddedMemberDto> {
    return this.#transport.json("POST", `${this.#transport.organization}/members`, { body });
  }

  /** A link with which a member sets another password; earlier ones end. Throws `forbidden` or `user_not_found`. */
  createPasswordLink(userId: string): Promise<HandedLinkDto> {
    const member = `${this.#transport.organization}/members/${encodeURIComponent(userId)}`;
    return this.#transport.json("POST", `${member}/password-link`);
  }

  removeMember(userId: string): Promise<void> {
    return this.#transport.nothing(
      "DELETE",
      `${this.#transport.organization}/members/${encodeURIComponent(userId)}`,
    );
  }

  projects(): Promise<ProjectDto[]> {
    return this.#transport.items(`${this.#transport.organization}/projects`);
  }

  createProject(body: ProjectBody): Promise<ProjectDto> {
    return this.#transport.json("POST", `${this.#transport.organization}/projects`, { body });
  }

  /** Gives the project another name; its slug stays. */
  renameProject(project: string, name: string): Promise<ProjectDto> {
    return this.#transport.json("PUT", this.#project(project), { body: { name } });
  }

  /** With memberships and overridden settings. Throws `project_in_use` with `plugins` that apply to no other project. */
  deleteProject(project: string): Promise<void> {
    return this.#transport.nothing("DELETE", this.#project(project));
  }

  projectMembers(project: string): Promise<ProjectMemberDto[]> {
    return this.#transport.items(`${this.#project(project)}/members`);
  }

  setProjectMember(project: string, body: ProjectMemberBody): Promise<ProjectMemberDto> {
    return this.#transport.json("POST", `${this.#project(project)}/members`, { body });
  }

  removeProjectMember(project: string, userId: string): Promise<void> {
    return this.#transport.nothing(
      "DELETE",
      `${this.#project(project)}/members/${encodeURIComponent(userId)}`,
    );
  }

  apiKeys(): Promise<ApiKeyDto[]> {
    return this.#transport.items("/api/api-keys", { organization: this.#slug });
  }

  /** The answer holds the key itself, this once. */
  createApiKey(key: Omit<ApiKeyBody, "organization">): Promise<NewApiKeyDto> {
    return this.#transport.json("POST", "/api/api-keys", { body: { ...key, organization: this.#slug } });
  }

  deleteApiKey(id: string): Promise<void> {
    return this.#transport.nothing("DELETE", `/api/api-keys/${encodeURIComponent(id)}`, {
      query: { organization: this.#slug },
    });
  }

  get #slug(): string {
    return this.#transport.options.organization ?? "default";
  }

  #project(slug: string): string {
    return `${this.#transport.organization}/projects/${encodeURIComponent(slug)}`;
  }
}
