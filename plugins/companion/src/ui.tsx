import { type Conversation, useTheme, useView, type ViewProps } from "@patchbay/sdk/ui";
import { type ReactNode, useState } from "react";
import { Chat } from "./chat.tsx";
import { ChatBar, type Panel } from "./chat-bar.tsx";
import { ConversationList } from "./conversation-list.tsx";
import { MemoryPanel } from "./memory/memory-panel.tsx";
import { useMemory } from "./memory/use-memory.ts";
import { PersonaEditor } from "./persona-editor.tsx";
import { COMPANION } from "./personas.ts";
import style from "./style.css";
import { ToolPanel } from "./tools/tool-panel.tsx";
import { useTools } from "./tools/use-tools.ts";
import { useConversations } from "./use-conversations.ts";
import { useModels } from "./use-models.ts";
import { usePersonas } from "./use-personas.ts";
import { type Words, wordsOf } from "./words.ts";

/** The plugin whose models repeat what they are told. */
const ECHO = "patchbay.echo";

/** The conversation that is open. `key` tells apart what is opened, and stays while a new one gets its name. */
interface Opened {
  readonly key: number;
  readonly conversation: Conversation | null;
}

/** The person's conversations on one side, the one that is open on the other. */
export default function Companion(_props: ViewProps): ReactNode {
  const { locale } = useView();
  const { mode } = useTheme();
  const words = wordsOf(locale);
  const models = useModels();
  const personas = usePersonas();
  const memory = useMemory();
  const tools = useTools();
  const [search, setSearch] = useState("");
  const list = useConversations(search);
  const [opened, setOpened] = useState<Opened>({ key: 0, conversation: null });
  const [chosen, setChosen] = useState({ persona: COMPANION.id, model: "" });
  const [panel, setPanel] = useState<Panel | null>(null);
  const persona = personas.all.find(({ id }) => id === chosen.persona) ?? personas.all[0] ?? COMPANION;
  const model = models?.all.find(({ id }) => id === chosen.model) ?? models?.active ?? null;
  const isEcho = model?.plugin === ECHO;
  const open = (conversation: Conversation | null) => {
    const { persona: told } = conversation?.metadata ?? {};
    if (typeof told === "string") setChosen({ ...chosen, persona: told });
    setOpened({ key: opened.key + 1, conversation });
  };
  return (
    <main className={mode} aria-label={words.title}>
      <style>{style}</style>
      <ConversationList
        words={words}
        search={search}
        onSearch={setSearch}
        list={list}
        opened={opened.conversation?.id}
        onOpen={open}
      />
      <section className="chat" aria-label={opened.conversation?.title ?? words.newChat}>
        <ChatBar
          words={words}
          personas={personas}
          persona={persona.id}
          onPersona={(id) => setChosen({ ...chosen, persona: id })}
          models={models}
          model={chosen.model}
          onModel={(id) => setChosen({ ...chosen, model: id })}
          hasMemory={memory.state === "on" || memory.state === "off"}
          hasTools={tools.all !== undefined}
          panel={panel}
          onPanel={setPanel}
        />
        {panel === "personas" && (
          <PersonaEditor words={words} personas={personas} onClose={() => setPanel(null)} />
        )}
        {panel === "tools" && <ToolPanel words={words} tools={tools} />}
        {panel === "memory" && <MemoryPanel words={words} memory={memory} isEcho={isEcho} />}
        {models !== undefined && (model === null || isEcho) && <ModelNote words={words} hasModel={isEcho} />}
        <Chat
          key={opened.key}
          conversation={opened.conversation}
          persona={persona}
          model={chosen.model || undefined}
          memory={memory}
          learns={!isEcho}
          tools={tools.chosen}
          allTools={tools.all ?? []}
          onLookIntoMemory={() => setPanel("memory")}
          isDisabled={models?.active === null && chosen.model === ""}
          onChange={(begun) => {
            if (begun !== null) setOpened((before) => ({ ...before, conversation: begun }));
            list.refresh();
          }}
          onBranched={(branch) => {
            list.refresh();
            open(branch);
          }}
        />
      </section>
    </main>
  );
}

/** Says where answers come from that are none, and what to do about it. */
const ModelNote = ({ words, hasModel }: { readonly words: Words; readonly hasModel: boolean }): ReactNode => (
  <p role="note" className="note">
    <b>{hasModel ? words.echo : words.noModel}</b> {hasModel ? words.echoHow : words.noModelHow}
  </p>
);
