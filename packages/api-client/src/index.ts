export type { ActivityApi, AuditFilter } from "./activity.ts";
export type { AuthApi } from "./auth.ts";
export type { CallFilter, CallsApi } from "./calls.ts";
export type { CatalogApi, CatalogFilter } from "./catalog.ts";
export { PatchbayClient } from "./client.ts";
export type { ServerEvent } from "./events.ts";
export { asError } from "./failure.ts";
export type { FollowOptions } from "./follow.ts";
export type { ReadPart } from "./form-reader.ts";
export type { MarketplaceApi } from "./marketplace.ts";
export type { ModelsApi } from "./models.ts";
export type { NotificationsApi } from "./notifications.ts";
export type { OrganizationsApi } from "./organizations.ts";
export type { GrantInput, InstallOptions, LogFilter, PluginsApi, ScopeInput } from "./plugins.ts";
export type { PolicyApi } from "./policy.ts";
export type { RegistryApi, RegistryFilter } from "./registry.ts";
export type { RequestsApi } from "./requests.ts";
export type { SchedulesApi } from "./schedules.ts";
export {
  ACCEPT_FILES,
  type CallFile,
  type FilesAnswer,
  type FilesCall,
  formOfCall,
  readFilesAnswer,
  type ToolCall,
  type ToolsApi,
} from "./tools.ts";
export type { ClientOptions, Page, PageQuery, Revised } from "./transport.ts";
export type { ViewsApi } from "./views.ts";
