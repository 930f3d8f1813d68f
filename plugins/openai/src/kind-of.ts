import type { ModelKind } from "@patchbay/sdk";

/** What models of these names are. Servers list names and nothing more; what matches none is thought to chat. */
const NAMES: readonly (readonly [ModelKind, RegExp])[] = [
  ["rerank", /rerank/],
  ["embeddings", /embed|(?:^|[/-])(?:bge|e5|gte|minilm|nomic|mxbai)(?:[-:]|$)/],
  ["speech", /whisper|(?:^|[/-])tts(?:-|$)|transcribe/],
  ["images", /dall-e|gpt-image|stable-diffusion|(?:^|[/-])flux/],
];

export const kindOf = (model: string): ModelKind =>
  NAMES.find(([, name]) => name.test(model.toLowerCase()))?.[0] ?? "chat";
