import { CHAT } from "./chat.ts";
import { CONVERSATIONS } from "./conversations.ts";
import type { AnswerOf, HostDomain, HostMethod, ParamsOf, ValueOf } from "./domain.ts";
import { FETCH } from "./fetch.ts";
import { MEMORY } from "./memory.ts";
import { METRICS } from "./metrics.ts";
import { STORAGE } from "./storage.ts";
import { TOOLS } from "./tools.ts";
import { UI } from "./ui.ts";

/**
 * All that plugins can ask of the platform, by domain. The gate, what checks packages, and what stands in for the platform in
 * tests read this table, and each of them is held by its types to serve every method.
 */
export const HOST_DOMAINS = {
  fetch: FETCH,
  storage: STORAGE,
  conversations: CONVERSATIONS,
  chat: CHAT,
  memory: MEMORY,
  tools: TOOLS,
  metrics: METRICS,
  ui: UI,
} as const satisfies Readonly<Record<string, HostDomain>>;

type Domains = typeof HOST_DOMAINS;
export type HostDomainName = keyof Domains;

export type HostMethodName = { [Domain in HostDomainName]: keyof Domains[Domain] }[HostDomainName];
export type HostMethodOf<Domain extends HostDomainName> = Extract<keyof Domains[Domain], HostMethodName>;

type Methods = { readonly [Name in HostMethodName]: MethodIn<Domains[HostDomainName], Name> };
type MethodIn<Domain, Name> = Domain extends unknown
  ? Name extends keyof Domain
    ? Domain[Name] & HostMethod
    : never
  : never;

export type HostParams<Name extends HostMethodName> = ParamsOf<Methods[Name]>;
export type HostAnswerValue<Name extends HostMethodName> = AnswerOf<Methods[Name]>;
/** What the values of a method's stream are; never where it has none. */
export type HostStreamValue<Name extends HostMethodName> = ValueOf<Methods[Name]>;

/** The methods of all domains by their full names. */
export const HOST_METHODS: Methods = Object.assign({}, ...Object.values(HOST_DOMAINS));

export const isHostMethodName = (value: unknown): value is HostMethodName =>
  typeof value === "string" && Object.hasOwn(HOST_METHODS, value);
