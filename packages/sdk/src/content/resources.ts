import type { ToolContext } from "../tool-context.ts";
import type { Complete, ResourcePart } from "./content.ts";

/** What is read: a text, bytes, or several things that stand there. */
export type ResourceAnswer = string | Uint8Array | ResourcePart | readonly ResourcePart[];

export interface ResourceContext extends ToolContext {
  /** The address that is read. */
  readonly uri: string;
}

/** Something to read at an address, or at all addresses of a template. */
export interface ResourceDefinition {
  /** A short title for people. */
  readonly title?: string;
  readonly description?: string;
  /** Such as `docs://guide`, or `docs://pages/{page}`, where `{page}` is what stands up to the next slash. Here or in the manifest. */
  readonly uri?: string;
  readonly mediaType?: string;
  /** What a variable of the address could be. */
  readonly complete?: Readonly<Record<string, Complete>>;
  /** `variables` are what stands in the place of those of the address, decoded. */
  read(
    variables: Readonly<Record<string, string>>,
    context: ResourceContext,
  ): ResourceAnswer | Promise<ResourceAnswer>;
}
