import type { Static, TSchema } from "typebox";
import type { GrantablePermission } from "../permissions.ts";

/** One call that a plugin can make into the platform. */
export interface HostMethod {
  /** What has to be granted for it; null where nothing has. */
  readonly permission: GrantablePermission | null;
  /** The form of the parameters. The gate refuses others before the domain sees them. */
  readonly params: TSchema;
  readonly answer: Answer<unknown>;
  /** Of a method that answers with a stream: what its values are. They follow the answer. */
  readonly values?: Answer<unknown>;
  /** Ends what another method began: never refused for how often it is called. */
  readonly isUncounted?: true;
}

/** The methods of a domain by their full names, which begin with the domain's. */
export type HostDomain = Readonly<Record<string, HostMethod>>;

/** The type of what a method answers. Nothing of it is left at run time: the host is trusted by what asks it. */
export interface Answer<T> {
  readonly type?: T;
}

export const answers = <T>(): Answer<T> => ({});

export type ParamsOf<Method extends HostMethod> = Static<Method["params"]>;
export type AnswerOf<Method extends HostMethod> = Method["answer"] extends Answer<infer T> ? T : never;

export type ValueOf<Method extends HostMethod> = Method extends { readonly values: Answer<infer T> }
  ? T
  : never;

export const strict = { additionalProperties: false } as const;
