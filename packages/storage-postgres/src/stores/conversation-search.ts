import type { ConversationQuery, ConversationSpace, FoundWords } from "@patchbay/core";
import type { ChatMessage } from "@patchbay/protocol";
import { type Kysely, sql } from "kysely";
import { MAX_EXCERPTED_BYTES, MAX_RANKED_MATCHES } from "../limits.ts";
import type { Row, Tables } from "../tables.ts";
import { isSeen, toConversation } from "./conversation-rows.ts";

interface FoundRow extends Row<"conversations"> {
  readonly number: number | null;
  readonly role: ChatMessage["role"];
  readonly message: ChatMessage | null;
  readonly messageAt: Date;
}

/**
 * Words as they are written, whatever the language (configuration `simple`): all of them in one message, or in the title, which counts
 * twice. Of many messages that have them, the newest are ranked.
 */
export const findWords = async (
  db: Kysely<Tables>,
  space: ConversationSpace,
  { text, scope, limit }: Omit<ConversationQuery, "cursor"> & { readonly text: string },
): Promise<readonly FoundWords[]> => {
  const inScope = scope === undefined ? sql`true` : sql`(user_id is null) = ${scope === "plugin"}`;
  const { rows } = await sql<FoundRow>`
    with asked as materialized (select plainto_tsquery('simple', ${text}) as words),
    matches as (
      select conversation_id, number, ts_rank(words, (select words from asked)) as rank from (
        select messages.conversation_id, messages.number, messages.words
        from conversation_messages as messages join conversations on conversations.id = messages.conversation_id
        where ${isSeen(space)} and ${inScope} and messages.words @@ (select words from asked)
        order by messages.created_at desc limit ${MAX_RANKED_MATCHES}
      ) as newest
    ),
    best as (
      select distinct on (conversation_id) conversation_id, number, rank from matches
      order by conversation_id, rank desc, number desc
    ),
    titled as (
      select id, ts_rank(to_tsvector('simple', coalesce(title, '')), (select words from asked)) as rank
      from conversations
      where ${isSeen(space)} and ${inScope}
        and to_tsvector('simple', coalesce(title, '')) @@ (select words from asked)
      order by updated_at desc limit ${MAX_RANKED_MATCHES}
    ),
    found as (
      select coalesce(best.conversation_id, titled.id) as id, best.number,
        coalesce(best.rank, 0) + 2 * coalesce(titled.rank, 0) as rank
      from best full join titled on titled.id = best.conversation_id
    )
    select conversations.*, found.number, messages.created_at as message_at, messages.role,
      case when messages.bytes <= ${MAX_EXCERPTED_BYTES} then messages.message end as message
    from found join conversations on conversations.id = found.id
      left join conversation_messages as messages
        on messages.conversation_id = found.id and messages.number = found.number
    order by found.rank desc, conversations.updated_at desc, conversations.id limit ${limit}`.execute(db);
  return rows.map(({ number, role, message, messageAt, ...row }) => ({
    conversation: toConversation(row),
    found: number === null ? null : { id: String(number), createdAt: messageAt.toISOString(), role, message },
  }));
};
