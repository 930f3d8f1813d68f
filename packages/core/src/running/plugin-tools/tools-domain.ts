import { type InvocableTool, PatchbayError } from "@patchbay/protocol";
import { allowsId } from "../../access/grants.ts";
import { Places } from "../../places.ts";
import type { PluginAnswer } from "../../ports/plugin-runtime.ts";
import type { InForce } from "../contributions/in-force.ts";
import type { ContributionInForce } from "../contributions/rules.ts";
import { askerOf } from "../gate/asker-of.ts";
import type { HostHandlers, PermittedCall } from "../gate/domain.ts";
import { callOwnerOf } from "../gate/within-slots.ts";
import { discardFiles } from "../invocation/bounded-files.ts";
import { inlined } from "../invocation/inlined-files.ts";
import type { InvocationGateway } from "../invocation/invocation-gateway.ts";
import { heldBytes } from "./held-bytes.ts";

/** Of one installation, or of one person's views of it. They are not waited for: plugins that wait for each other would wait for ever. */
const MAX_INVOCATIONS_AT_ONCE = 64;
/** Of an answer that is held as a whole until it has left: in memory, and of its files in base64. */
const MAX_ANSWER_BYTES = 8 * 1024 * 1024;
const RECHECK_EVERY_MS = 1_000;

type InvokeCall = PermittedCall<"tools.invoke" | "tools.stream">;

/**
 * `tools`: those of other plugins, for server code in its plugin's name, for a view in that of whoever looks at it. The call is for the
 * project of the call that it is made for and for no other, it ends with that, and what it costs is on the account of who began it.
 */
export const toolsDomain = (
  gateway: Pick<InvocationGateway, "call" | "requireReach">,
  inForce: Pick<InForce, "listUsable">,
): HostHandlers<"tools"> => {
  const places = new Places(
    MAX_INVOCATIONS_AT_ONCE,
    (taken) => `The plugin invokes ${taken} tools at once. Wait until one of them has answered.`,
  );
  const invoke = async (call: InvokeCall): Promise<Invoked> => {
    const { plugin, name } = addressOf(call);
    const leave = places.take(callOwnerOf(call));
    const { params, path, project, startedBy, link, callEnded } = call;
    const { onBehalfOf } = call.by.caller;
    const signal = callEnded === undefined ? call.signal : AbortSignal.any([call.signal, callEnded]);
    try {
      const answer = await gateway.call(askerOf(call), {
        kind: "tools",
        plugin,
        name,
        input: params.input ?? {},
        signal,
        ...(path !== undefined && { path }),
        ...(project !== undefined && { project }),
        startedBy,
        from: link,
        ...(onBehalfOf !== null && { surface: "view", view: call.spec.pluginId }),
      });
      return { answer, leave };
    } catch (error) {
      leave();
      throw error;
    }
  };
  /** A stream that goes on after what allowed it was withdrawn is ended with its next value. */
  const whileAllowed = async function* (call: InvokeCall, values: AsyncIterable<unknown>) {
    const { plugin } = addressOf(call);
    let lookedAt = performance.now();
    for await (const value of values) {
      if (performance.now() - lookedAt > RECHECK_EVERY_MS) {
        addressOf({ ...call, grant: await call.requirePermitted() });
        await gateway.requireReach(askerOf(call), plugin, call.project);
        lookedAt = performance.now();
      }
      yield value;
    }
  };
  return {
    "tools.list": async (call) => {
      const all = await inForce.listUsable("tools", askerOf(call), call.project);
      return { value: all.map(toInvocable).filter(({ id }) => mayInvoke(call, id)) };
    },
    "tools.invoke": async (call) => {
      const { answer, leave } = await invoke(call);
      try {
        return { value: await gathered(answer, (values) => whileAllowed(call, values)), release: leave };
      } catch (error) {
        leave();
        throw error;
      }
    },
    "tools.stream": async (call) => {
      const { answer, leave } = await invoke(call);
      const values = answer.kind === "stream" ? answer.values : single(answer);
      return { value: null, values: whileAllowed(call, values), release: leave };
    },
  };
};

interface Invoked {
  readonly answer: PluginAnswer;
  /** To be called when the answer has left. */
  readonly leave: () => void;
}

/** Throws `permission_denied` for what the grant does not reach, and for the plugin itself. */
const addressOf = (call: InvokeCall): { readonly plugin: string; readonly name: string } => {
  const { tool } = call.params;
  if (!mayInvoke(call, tool)) {
    const { ids } = call.grant ?? {};
    const why = isOwn(call, tool)
      ? "is its own tool, which it can call without the platform"
      : `is none of what tools.invoke was granted for: ${ids?.join(", ") || "nothing"}`;
    throw new PatchbayError(
      "permission_denied",
      `"${call.spec.pluginId}" may not invoke "${tool.slice(0, 128)}": it ${why}.`,
      { facts: { permission: "tools.invoke" } },
    );
  }
  const [plugin = "", name = ""] = tool.split("/");
  return { plugin, name };
};

const isOwn = ({ spec }: Pick<PermittedCall, "spec">, id: string): boolean =>
  id.startsWith(`${spec.pluginId}/`);

const mayInvoke = (call: Pick<PermittedCall, "spec" | "grant">, id: string): boolean =>
  !isOwn(call, id) && allowsId(call.grant, id);

/** Throws `answer_too_large`; the tool is ended then. */
const gathered = async (
  answer: PluginAnswer,
  allowed: (values: AsyncIterable<unknown>) => AsyncIterable<unknown>,
): Promise<unknown> => {
  switch (answer.kind) {
    case "value":
      requireFitting(answer.value);
      return answer.value;
    case "files":
      try {
        requireFitting(answer.value);
      } catch (error) {
        discardFiles(answer.files);
        throw error;
      }
      return await inlined(answer, {
        maxBytes: MAX_ANSWER_BYTES,
        advice: "Have the tool answer with less, or in parts.",
      });
    case "stream": {
      const values: unknown[] = [];
      let bytes = 0;
      for await (const value of allowed(answer.values)) {
        bytes += heldBytes(value, MAX_ANSWER_BYTES);
        if (bytes > MAX_ANSWER_BYTES) throw tooLarge("stream", "Read it with api.tools.stream.");
        values.push(value);
      }
      return values;
    }
    default:
      return answer satisfies never;
  }
};

const requireFitting = (value: unknown): void => {
  if (heldBytes(value, MAX_ANSWER_BYTES) > MAX_ANSWER_BYTES)
    throw tooLarge("answer", "Have the tool answer with less, or with a stream.");
};

const tooLarge = (what: string, advice: string): PatchbayError =>
  new PatchbayError(
    "answer_too_large",
    `The ${what} takes more than ${MAX_ANSWER_BYTES} bytes, of which each list, object and value has some. ${advice}`,
  );

const single = async function* (answer: Exclude<PluginAnswer, { kind: "stream" }>): AsyncGenerator<unknown> {
  yield await gathered(answer, (values) => values);
};

const toInvocable = ({
  installation,
  entry: { name, title, description, input, output },
}: ContributionInForce<"tools">): InvocableTool => ({
  id: `${installation.pluginId}/${name}`,
  ...(title !== undefined && { title }),
  description,
  ...(input !== undefined && { input }),
  ...(output !== undefined && { output }),
});
