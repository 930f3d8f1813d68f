/** Whose a kept answer is: who asked, in which organization and for which project. Nobody else finds it, and nobody elsewhere. */
export interface ResponseOwner {
  readonly organizationId: string;
  readonly userId: string;
  /** Slug; null for what was asked for no project. */
  readonly project: string | null;
}

type JsonObject = Readonly<Record<string, unknown>>;

/** What it takes to go on from an answer: what was asked anew for it, and what was answered. */
export interface KeptTurn {
  /** The answer's. */
  readonly id: string;
  readonly input: readonly JsonObject[];
  readonly output: readonly JsonObject[];
}

/** What a turn takes to read. */
export interface TurnSize extends Pick<KeptTurn, "id"> {
  /** Of input and output, as JSON. */
  readonly bytes: number;
}

/** A turn with all that is told of its answer. */
export interface KeptResponse extends KeptTurn {
  /** The answer that it goes on from. */
  readonly previousId: string | null;
  /** As `provider/model`. */
  readonly model: string;
  /** The answer as the client has it, without its output. */
  readonly response: JsonObject;
  readonly createdAt: Date;
}

export interface ConversationBounds {
  readonly turns: number;
  /** Of the input and output of all turns, as JSON. */
  readonly bytes: number;
}

/** What is kept at the most. */
export interface KeepingBounds {
  /** Of one response, as JSON. */
  readonly bytes: number;
  /** Of one person in one organization. */
  readonly ownerBytes: number;
  readonly ownerResponses: number;
}

/** Answers of models that clients go on from. */
export interface KeptResponseStore {
  /**
   * Keeps it. Beyond what one person may keep, those go that were not used for the longest. Throws `payload_too_large` for one that is
   * too large, `project_not_found`, and `organization_not_found` when its owner has left.
   */
  add(owner: ResponseOwner, response: KeptResponse, bounds: KeepingBounds): Promise<void>;
  find(owner: ResponseOwner, id: string): Promise<KeptResponse | null>;
  /**
   * The answer and those that it goes on from, the first one first. Null when it is not there, or one of those is not any more. Throws
   * `payload_too_large` beyond the bounds.
   */
  conversation(
    owner: ResponseOwner,
    id: string,
    bounds: ConversationBounds,
  ): Promise<readonly TurnSize[] | null>;
  /** Those of these answers that are there, in no order. */
  sizes(owner: ResponseOwner, ids: readonly string[]): Promise<readonly TurnSize[]>;
  /** The same with all that they take to be gone on from. That they are used is noted, once a day. */
  turns(owner: ResponseOwner, ids: readonly string[]): Promise<readonly KeptTurn[]>;
  /** Whether it was there. */
  remove(owner: ResponseOwner, id: string): Promise<boolean>;
  /** Takes away what nobody has used since. */
  removeUnused(before: Date): Promise<void>;
}
