import type { HostAnswerValue, HostDomainName, HostMethodOf, HostParams } from "@patchbay/protocol";
import type { AskOptions } from "../../host/ask.ts";

/** What stands in for a domain of the platform: what its methods answer, from memory. */
export type StandIn<Domain extends HostDomainName> = {
  readonly [Method in HostMethodOf<Domain>]: (
    params: HostParams<Method>,
    options: AskOptions,
  ) => StandInAnswer<HostAnswerValue<Method>> | Promise<StandInAnswer<HostAnswerValue<Method>>>;
};

export interface StandInAnswer<Value = unknown> {
  readonly value: Value;
  readonly body?: Uint8Array<ArrayBuffer>;
  readonly values?: AsyncIterable<unknown>;
}
