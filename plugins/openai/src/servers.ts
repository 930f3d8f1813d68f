/** A server that speaks OpenAI's format, as the settings name it. */
export interface Server {
  readonly title: string;
  /** The header that its key goes into, with what stands before the key. */
  readonly keyIn: { readonly header: string; readonly prefix: string };
  /** Whether it answers without a key. */
  readonly isOpen: boolean;
}

const BEARER = { header: "authorization", prefix: "Bearer " };

/** By the provider's name, which is that of the group of settings too. */
export const SERVERS: Readonly<Record<string, Server>> = {
  openai: { title: "OpenAI", keyIn: BEARER, isOpen: false },
  azure: { title: "Azure OpenAI", keyIn: { header: "api-key", prefix: "" }, isOpen: false },
  openrouter: { title: "OpenRouter", keyIn: BEARER, isOpen: false },
  ollama: { title: "Ollama", keyIn: BEARER, isOpen: true },
  lmstudio: { title: "LM Studio", keyIn: BEARER, isOpen: true },
  vllm: { title: "vLLM", keyIn: BEARER, isOpen: true },
  backendai: { title: "Backend.AI", keyIn: BEARER, isOpen: true },
  other: { title: "Another server", keyIn: BEARER, isOpen: true },
};
