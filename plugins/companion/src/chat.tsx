import { type Conversation, type InvocableTool, useApi, useView } from "@patchbay/sdk/ui";
import { type ReactNode, useRef, useState } from "react";
import { Composer } from "./composer.tsx";
import { Fault } from "./fault.tsx";
import { Learned } from "./memory/learned.tsx";
import type { Memory } from "./memory/use-memory.ts";
import { MessageView } from "./message.tsx";
import { branchTitle } from "./parts.ts";
import { type Persona, promptOf } from "./personas.ts";
import { ToolQuestionView } from "./tools/tool-question.tsx";
import { useChat } from "./use-chat.ts";
import { useFollow } from "./use-follow.ts";
import { wordsOf } from "./words.ts";

interface ChatProps {
  /** null: the first message begins one. */
  readonly conversation: Conversation | null;
  readonly persona: Persona;
  /** `provider/model`; undefined: the one that answers where none is named. */
  readonly model: string | undefined;
  readonly memory: Memory;
  /** Whether the model finds what is worth remembering. */
  readonly learns: boolean;
  /** What the model may ask for. */
  readonly tools: readonly InvocableTool[];
  /** All that can be used here, chosen or not. */
  readonly allTools: readonly InvocableTool[];
  readonly onLookIntoMemory: () => void;
  readonly isDisabled: boolean;
  /** Whether it began, or was added to. */
  readonly onChange: (conversation: Conversation | null) => void;
  readonly onBranched: (conversation: Conversation) => void;
}

/** One conversation, read and written. */
export const Chat = ({
  conversation,
  persona,
  model,
  memory,
  learns,
  tools,
  allTools,
  onLookIntoMemory,
  isDisabled,
  onChange,
  onBranched,
}: ChatProps): ReactNode => {
  const { conversations } = useApi();
  const { locale } = useView();
  const words = wordsOf(locale);
  const id = useRef(conversation?.id);
  const chat = useChat({
    conversation,
    model,
    prompt: promptOf(persona),
    memory,
    learns,
    tools,
    tooManyTools: words.tooManyTools,
    metadata: { persona: persona.id },
    onChange: (begun) => {
      id.current = begun?.id ?? id.current;
      onChange(begun);
    },
  });
  const [notBranched, setNotBranched] = useState<unknown>();
  const log = useRef<HTMLDivElement>(null);
  const { messages, writing, isAnswering, question } = chat;
  useFollow(log, messages?.findLast(({ message }) => message.role === "user")?.id);
  const branch = async (messageId: string): Promise<void> => {
    if (id.current === undefined) return;
    setNotBranched(undefined);
    const title = branchTitle(conversation?.title);
    await conversations
      .branch(id.current, { upTo: messageId, ...(title !== undefined && { title }) })
      .then(onBranched, setNotBranched);
  };
  const last = messages?.at(-1)?.message.role;
  const mayRetry = !isAnswering && last !== undefined;
  return (
    <>
      <div ref={log} className="messages" role="log" aria-label={words.conversations} aria-busy={isAnswering}>
        {messages?.length === 0 && !isAnswering && <p className="muted begin">{words.begin}</p>}
        {messages?.map(({ id: messageId, message }) => (
          <MessageView
            key={messageId}
            message={message}
            persona={persona}
            words={words}
            tools={allTools}
            onBranch={() => void branch(messageId)}
          />
        ))}
        {writing !== null && (
          <>
            <MessageView message={writing} persona={persona} words={words} tools={allTools} />
            <p className="muted">
              {persona.name} {words.writing}
            </p>
          </>
        )}
        {question !== null && <ToolQuestionView key={question.id} words={words} question={question} />}
        {chat.error !== undefined && (
          <Fault title={messages === undefined ? words.notRead : words.failed} error={chat.error} />
        )}
        {notBranched !== undefined && <Fault title={words.notBranched} error={notBranched} />}
        <Learned words={words} memory={memory} onLook={onLookIntoMemory} />
        {mayRetry && (
          <button type="button" onClick={() => void chat.retry()} disabled={isDisabled}>
            {words.retry}
          </button>
        )}
      </div>
      <Composer
        words={words}
        locale={locale}
        isAnswering={isAnswering}
        isDisabled={isDisabled || messages === undefined}
        onSend={chat.send}
        onStop={chat.stop}
      />
    </>
  );
};
