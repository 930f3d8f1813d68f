export { Budgets, type BudgetView } from "./accounts/budgets.ts";
export { PriceLists } from "./accounts/price-lists.ts";
export { type ModelUse, type Reservation, UsageAccounts } from "./accounts/usage-accounts.ts";
export { usageCsv } from "./accounts/usage-csv.ts";
export { UsageReports } from "./accounts/usage-reports.ts";
export { type EventBatches, gatherBatches } from "./events-of.ts";
export { writeCount } from "./formats/anthropic-messages/count-tokens.ts";
export { writeAnthropicModel, writeAnthropicModels } from "./formats/anthropic-messages/models-list.ts";
export type {
  AnswerHead,
  ClientError,
  EventReader,
  EventWriter,
  Format,
  JsonObject,
} from "./formats/format.ts";
export { FORMATS } from "./formats/formats.ts";
export {
  readEmbeddingsAnswer,
  readEmbeddingsRequest,
  writeEmbeddingsAnswer,
  writeEmbeddingsRequest,
} from "./formats/openai/embeddings.ts";
export { writeOpenAiModel, writeOpenAiModels } from "./formats/openai/models-list.ts";
export { toClientError } from "./formats/shared/client-errors.ts";
export { type ListedModel, readModelNames } from "./formats/shared/listed-models.ts";
export { MessageHooks } from "./hooks/message-hooks.ts";
export { decisionOf, type HookView, OrganizationHooks } from "./hooks/organization-hooks.ts";
export { chatDomain } from "./host/chat-domain.ts";
export { changeDto, entryDto, memoryDomain } from "./host/memory-domain.ts";
export { type InputItemsPage, KeptResponses, type Turn } from "./kept/kept-responses.ts";
export { DEFAULT_MAX_OUTPUT_TOKENS, UPSTREAM_PATIENCE } from "./limits.ts";
export type { LocalClient } from "./local-servers/ask-local.ts";
export { LocalModels } from "./local-servers/local-models.ts";
export { LocalServers } from "./local-servers/local-servers.ts";
export { Embedder } from "./memory/embedder.ts";
export { type EndedExtraction, Extractions } from "./memory/extraction/extractions.ts";
export { Memories, memoryRevision } from "./memory/memories.ts";
export { MemorySearch } from "./memory/memory-search.ts";
export { MemoryUpkeep } from "./memory/memory-upkeep.ts";
export { fullName } from "./memory/names.ts";
export { OwnedMemories } from "./memory/owned-memories.ts";
export { VectorCache } from "./memory/vector-cache.ts";
export { ModelFailure } from "./model-failure.ts";
export type { MemberCaller, ModelCaller } from "./providers/ask-provider.ts";
export { modelId } from "./providers/model-names.ts";
export {
  type AvailableModel,
  type ChatCall,
  type ManagedModel,
  Models,
} from "./providers/models.ts";
export type { AskedModel } from "./providers/provider-directory.ts";
export { modelErrorOf } from "./providers/provider-failures.ts";
export { Upstreams } from "./providers/upstreams.ts";
export { OrganizationRules } from "./routing/organization-rules.ts";
export { type Patience, UpstreamClient } from "./upstreams/upstream-client.ts";
