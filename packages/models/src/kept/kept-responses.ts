import {
  authorize,
  type DomainLog,
  type KeptResponse,
  type KeptResponseStore,
  type KeptTurn,
  type ResponseOwner,
  requireProject,
  type TurnSize,
} from "@patchbay/core";
import { type ChatRequest, isJsonObject, PatchbayError } from "@patchbay/protocol";
import type { JsonObject } from "../formats/format.ts";
import { OPENAI_RESPONSES } from "../formats/openai-responses/openai-responses.ts";
import {
  answerIdOfItem,
  listedItem,
  type ResponseState,
  readState,
  resolveState,
} from "../formats/openai-responses/state.ts";
import { listAt, textAt } from "../formats/shared/upstream-values.ts";
import { CONVERSATION_BOUNDS, KEEPING_BOUNDS } from "../limits.ts";
import type { MemberCaller } from "../providers/ask-provider.ts";
import { itemsById } from "./items-by-id.ts";

/** A request of `/v1/responses` with all that it goes on from. */
export interface Turn {
  readonly request: ChatRequest;
  /** The answer that it goes on from, by its id without the prefix. */
  readonly previousId?: string;
  /** Keeps the answer, as the client gets it. Whether it is kept; never throws. Null where the client wants none kept. */
  readonly keep: ((answer: JsonObject) => Promise<boolean>) | null;
}

export interface InputItemsPage {
  readonly limit: number;
  readonly order: "asc" | "desc";
  /** The id of the last item of the page before. */
  readonly after?: string;
}

/**
 * Answers that clients of `/v1/responses` go on from, by their ids with or without the prefix. They are found by who asked, in the same
 * organization and for the same project; each method throws `forbidden`, `organization_not_found` or `project_not_found` for who may not
 * ask models there any more.
 */
export class KeptResponses {
  readonly #store: KeptResponseStore;
  readonly #log: Pick<DomainLog, "warn">;

  /** `log` hears of answers that could not be kept. */
  constructor(store: KeptResponseStore, log: Pick<DomainLog, "warn">) {
    this.#store = store;
    this.#log = log;
  }

  /**
   * Reads a request. `hold` is told how many bytes of earlier answers will be read for it, before they are, and may throw. Throws what
   * that throws, `invalid_request`, `previous_response_not_found`, `response_item_not_found`, and `payload_too_large` for a
   * conversation that is too long.
   */
  async read(caller: MemberCaller, body: unknown, hold: (bytes: number) => void): Promise<Turn> {
    const { previousId, referenced, store } = readState(body);
    const isAlone = previousId === undefined && referenced.length === 0;
    if (!isJsonObject(body) || (isAlone && !store))
      return { request: OPENAI_RESPONSES.readRequest(body), keep: null };
    const owner = ownerOf(caller);
    const earlier = isAlone ? NOTHING : await this.#readEarlier(owner, { previousId, referenced }, hold);
    const own = resolveState(body, [], (id) => earlier.items.get(id));
    const request = isAlone ? OPENAI_RESPONSES.readRequest(body) : readWhole(own, earlier.before);
    const input = listAt(own, "input").filter(isJsonObject);
    return {
      request,
      ...(previousId !== undefined && { previousId }),
      keep: store ? (answer) => this.#keep(owner, { input, previousId }, answer) : null,
    };
  }

  /** The answer as its client got it. Throws `response_not_found`. */
  async find(caller: MemberCaller, id: string): Promise<JsonObject> {
    const { response, output } = await this.#find(caller, id);
    return { ...response, output };
  }

  /** What was asked anew for the answer, as a list of the format. Throws `response_not_found`, and `invalid_request` for an unknown `after`. */
  async listInput(caller: MemberCaller, id: string, page: InputItemsPage): Promise<JsonObject> {
    const kept = await this.#find(caller, id);
    const items = kept.input.map((item, index) => listedItem(kept.id, item, index));
    const ordered = page.order === "asc" ? items : items.toReversed();
    const at = ordered.findIndex((item) => item.id === page.after);
    if (page.after !== undefined && at < 0)
      throw new PatchbayError(
        "invalid_request",
        "after: Give the id of an item of the page before; there is none such.",
      );
    const data = ordered.slice(at + 1, at + 1 + page.limit);
    return {
      object: "list",
      data,
      first_id: data[0]?.id ?? null,
      last_id: data.at(-1)?.id ?? null,
      has_more: at + 1 + page.limit < ordered.length,
    };
  }

  /** Forgets the answer. Who has gone on from it can do so no more. Throws `response_not_found`. */
  async remove(caller: MemberCaller, id: string): Promise<JsonObject> {
    const known = idOf(id);
    if (known === undefined || !(await this.#store.remove(ownerOf(caller), known))) throw notFound(id);
    return { id: `resp_${known}`, object: "response", deleted: true };
  }

  async #find(caller: MemberCaller, id: string): Promise<KeptResponse> {
    const owner = ownerOf(caller);
    const known = idOf(id);
    const found = known === undefined ? null : await this.#store.find(owner, known);
    if (found === null) throw notFound(id);
    return found;
  }

  /** The items that stand before the request's own, and those that it refers to. */
  async #readEarlier(
    owner: ResponseOwner,
    { previousId, referenced }: Pick<ResponseState, "previousId" | "referenced">,
    hold: (bytes: number) => void,
  ): Promise<Earlier> {
    const before = previousId === undefined ? [] : await this.#conversation(owner, previousId);
    const named = await this.#answersOf(owner, referenced);
    const sizes = new Map([...before, ...named].map(({ id, bytes }) => [id, bytes]));
    const bytes = [...sizes.values()].reduce((sum, one) => sum + one, 0);
    if (bytes > CONVERSATION_BOUNDS.bytes) throw tooLong();
    hold(bytes);
    const turns = new Map((await this.#store.turns(owner, [...sizes.keys()])).map((turn) => [turn.id, turn]));
    const turnsBefore = before.map(({ id }) => turns.get(id) ?? refusePrevious(previousId));
    return {
      before: turnsBefore.flatMap(({ input, output }) => [...input, ...output]),
      items: requireItems([...turns.values()], referenced),
    };
  }

  async #conversation(owner: ResponseOwner, id: string): Promise<readonly TurnSize[]> {
    const known = idOf(id);
    const found =
      known === undefined ? null : await this.#store.conversation(owner, known, CONVERSATION_BOUNDS);
    return found ?? refusePrevious(id);
  }

  /** The answers whose items are referred to, as far as they are there. */
  async #answersOf(owner: ResponseOwner, items: readonly string[]): Promise<readonly TurnSize[]> {
    const answers = new Set(items.flatMap((id) => idOf(answerIdOfItem(id) ?? "") ?? []));
    if (answers.size > CONVERSATION_BOUNDS.turns) throw tooLong();
    return answers.size === 0 ? [] : await this.#store.sizes(owner, [...answers]);
  }

  async #keep(
    owner: ResponseOwner,
    { input, previousId }: { readonly input: readonly JsonObject[]; readonly previousId: string | undefined },
    answer: JsonObject,
  ): Promise<boolean> {
    if (!hasEnded(answer)) return false;
    const { output, ...response } = answer;
    const id = idOf(String(answer.id)) ?? "";
    try {
      const kept: KeptResponse = {
        id,
        previousId: previousId === undefined ? null : (idOf(previousId) ?? null),
        model: textAt(answer, "model") ?? "",
        response: { ...response, store: true },
        input,
        output: listAt(answer, "output").filter(isJsonObject),
        createdAt: new Date(Number(answer.created_at) * 1_000),
      };
      await this.#store.add(owner, kept, KEEPING_BOUNDS);
      return true;
    } catch (error) {
      this.#log.warn({ response: id, organization: owner.organizationId, err: error }, NOT_KEPT);
      return false;
    }
  }
}

/** Of earlier answers, what a request goes on from. */
interface Earlier {
  readonly before: readonly JsonObject[];
  readonly items: ReadonlyMap<string, JsonObject>;
}
const NOTHING: Earlier = { before: [], items: new Map() };

const NOT_KEPT = "An answer of a model could not be kept; its client was told so, and cannot go on from it.";

const ownerOf = ({ by: { principal, organization: slug }, project }: MemberCaller): ResponseOwner => {
  const authority = authorize(principal, slug, "org.plugins.use");
  if (project !== undefined) requireProject(authority, project);
  return {
    organizationId: authority.organization.id,
    userId: principal.user.id,
    project: project ?? null,
  };
};

/** The id without its prefix; undefined for what was never one of an answer. */
const idOf = (id: string): string | undefined => /^(?:resp_)?([0-9a-f]{32})$/.exec(id)?.[1];

const notFound = (id: string): PatchbayError =>
  new PatchbayError(
    "response_not_found",
    `No answer is kept here for you under the id "${id.slice(0, 64)}".`,
  );

const refusePrevious = (id = ""): never => {
  const message = `Nothing can be gone on from under the id "resp_${id.slice(0, 64)}": it is not kept here for you, or one before it is not any more. Send the conversation in input.`;
  throw new PatchbayError("previous_response_not_found", message, {
    errors: [{ pointer: "/previous_response_id", message }],
  });
};

const tooLong = (): PatchbayError =>
  new PatchbayError(
    "payload_too_large",
    `The request goes on from too much: at most ${CONVERSATION_BOUNDS.turns} answers with ${CONVERSATION_BOUNDS.bytes} bytes. Begin anew, with what matters of it in the input.`,
  );

/** The items of these answers by their ids. Throws `response_item_not_found` unless all of `wanted` are among them. */
const requireItems = (
  answers: readonly KeptTurn[],
  wanted: readonly string[],
): ReadonlyMap<string, JsonObject> => {
  const items = itemsById(answers);
  const missing = wanted.find((id) => !items.has(id));
  if (missing === undefined) return items;
  throw new PatchbayError(
    "response_item_not_found",
    `No item is kept here for you under the id "${missing.slice(0, 64)}". Send the item itself (clients do with store: false).`,
  );
};

/** Whole, or as long as it was to become. What a filter took away is not gone on from. */
const hasEnded = ({ status, incomplete_details: details }: JsonObject): boolean =>
  status === "completed" || (status === "incomplete" && textAt(details, "reason") === "max_output_tokens");

/** Faults of what was sent are told by their places there, and not behind what went before. */
const readWhole = (own: JsonObject, before: readonly JsonObject[]): ChatRequest => {
  if (before.length === 0) return OPENAI_RESPONSES.readRequest(own);
  try {
    return OPENAI_RESPONSES.readRequest({ ...own, input: [...before, ...listAt(own, "input")] });
  } catch (error) {
    OPENAI_RESPONSES.readRequest(own);
    throw error;
  }
};
