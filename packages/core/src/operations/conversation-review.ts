import {
  type AuditAction,
  type ExportFormat,
  MAX_CONVERSATION_PAGE_BYTES,
  PatchbayError,
} from "@patchbay/protocol";
import { actorOf, type Principal } from "../access/caller.ts";
import { requireReadableConversations } from "../access/policy-rules.ts";
import type { InstallationContext } from "../plugins/installations/installation-context.ts";
import type { User } from "../ports/account-store.ts";
import type { Page } from "../ports/catalog-store.ts";
import type { ConversationSpace, FoundWords, StoredConversation } from "../ports/conversation-store.ts";
import type { Installation } from "../ports/installation-store.ts";
import { EXPORT_TYPES, exportPieces } from "../running/conversations/conversation-export.ts";
import { excerptOf } from "../running/conversations/message-text.ts";

/** Conversations that a search finds at the most. */
const MAX_FOUND = 20;

/** A conversation with whose it is, and where what was searched for stands. */
export interface ReviewedConversation extends StoredConversation {
  readonly person: Pick<User, "id" | "name" | "email"> | null;
  readonly found?: { readonly message: string; readonly role: string; readonly excerpt: string };
}

interface Review {
  readonly installation: Installation;
  readonly space: ConversationSpace;
}

/**
 * Conversations that plugins keep, for owners and administrators where the organization's policy lets them. Whatever is read is written
 * into the audit log before it is told. Every method throws `forbidden`, `organization_not_found`, `plugin_not_installed`, and
 * `policy_blocked` where the policy does not allow it.
 */
export class ConversationReview {
  readonly #context: InstallationContext;

  constructor(context: InstallationContext) {
    this.#context = context;
  }

  /** Those of a plugin, its own and those of people: those that were changed last first, or those that fit best `q`. */
  async list(
    principal: Principal,
    slug: string,
    plugin: string,
    { q, ...page }: { readonly q?: string; readonly limit: number; readonly cursor?: string },
  ): Promise<Page<ReviewedConversation>> {
    const review = await this.#open(principal, slug, plugin);
    const { conversations } = this.#context.database;
    await this.#record(principal, review, "conversations.listed", q === undefined ? {} : { q });
    if (q === undefined) {
      const { items, ...rest } = await conversations.list(review.space, page);
      return { items: await this.#withPeople(items), ...rest };
    }
    const query = { text: q, limit: Math.min(page.limit, MAX_FOUND) };
    const found = await conversations.search(review.space, query);
    const people = await this.#withPeople(found.map(({ conversation }) => conversation));
    return { items: people.map((one, place) => ({ ...one, ...whereFound(found[place], q) })) };
  }

  /** Throws `conversation_not_found`. */
  async find(principal: Principal, slug: string, plugin: string, id: string): Promise<ReviewedConversation> {
    const review = await this.#open(principal, slug, plugin);
    const found = await this.#find(review, id);
    await this.#record(principal, review, "conversation.read", aboutOf(found));
    const [told] = await this.#withPeople([found]);
    return told as ReviewedConversation;
  }

  /** A page of its messages. Throws `conversation_not_found`. */
  async messages(
    principal: Principal,
    slug: string,
    plugin: string,
    id: string,
    page: { readonly limit: number; readonly cursor?: string },
  ) {
    const review = await this.#open(principal, slug, plugin);
    const found = await this.#find(review, id);
    await this.#record(principal, review, "conversation.read", aboutOf(found));
    const query = { ...page, bytes: MAX_CONVERSATION_PAGE_BYTES };
    return await this.#context.database.conversations.messages(review.space, id, query);
  }

  /** The whole as a document. Throws `conversation_not_found`. */
  async export(principal: Principal, slug: string, plugin: string, id: string, format: ExportFormat) {
    const review = await this.#open(principal, slug, plugin);
    const found = await this.#find(review, id);
    await this.#record(principal, review, "conversation.exported", { ...aboutOf(found), format });
    const { conversations } = this.#context.database;
    const { userId: _userId, ...conversation } = found;
    return {
      contentType: EXPORT_TYPES[format],
      pieces: exportPieces(conversations, review.space, conversation, format),
    };
  }

  /** Throws `conversation_not_found`. */
  async remove(principal: Principal, slug: string, plugin: string, id: string): Promise<void> {
    const { installation, space } = await this.#open(principal, slug, plugin);
    await this.#context.database.transaction(async (stores) => {
      const found = await stores.conversations.find(space, id);
      if (found === null || !(await stores.conversations.remove(space, id))) throw notFound();
      const step = {
        actor: actorOf(principal),
        action: "conversation.deleted",
        detail: aboutOf(found),
      } as const;
      await this.#context.record(stores, installation, step);
    });
  }

  async #open(principal: Principal, slug: string, plugin: string): Promise<Review> {
    const { authority, installation } = await this.#context.findWhole(
      principal,
      slug,
      plugin,
      "org.members.write",
    );
    requireReadableConversations(authority.policy);
    const { id: installationId, organizationId } = installation;
    return { installation, space: { installationId, organizationId, people: "all" } };
  }

  async #find({ space }: Review, id: string): Promise<StoredConversation> {
    const found = await this.#context.database.conversations.find(space, id);
    if (found === null) throw notFound();
    return found;
  }

  async #record(
    principal: Principal,
    { installation }: Review,
    action: AuditAction,
    detail: Readonly<Record<string, unknown>>,
  ): Promise<void> {
    await this.#context.record(this.#context.database, installation, {
      actor: actorOf(principal),
      action,
      detail,
    });
  }

  async #withPeople(found: readonly StoredConversation[]): Promise<ReviewedConversation[]> {
    const ids = [...new Set(found.flatMap(({ userId }) => (userId === null ? [] : [userId])))];
    const users = await Promise.all(ids.map((id) => this.#context.database.accounts.findUser(id)));
    return found.map((one) => {
      const user = users.find((somebody) => somebody?.id === one.userId);
      return { ...one, person: user ? { id: user.id, name: user.name, email: user.email } : null };
    });
  }
}

/** What the audit log has of it: not what it says. */
const aboutOf = ({ id, userId }: Pick<StoredConversation, "id" | "userId">) => ({
  conversation: id,
  person: userId,
});

const whereFound = (found: FoundWords | undefined, q: string): Pick<ReviewedConversation, "found"> => {
  if (!found?.found) return {};
  const { id, role, message } = found.found;
  return { found: { message: id, role, excerpt: excerptOf(message, q) } };
};

const notFound = (): PatchbayError =>
  new PatchbayError("conversation_not_found", "The plugin keeps no such conversation.");
