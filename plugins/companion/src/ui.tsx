import { type Conversation, useTheme, useView, type ViewProps } from "@patchbay/sdk/ui";
import { type ReactNode, useId, useState } from "react";
import { Chat } from "./chat.tsx";
import { ConversationList } from "./conversation-list.tsx";
import { PersonaEditor } from "./persona-editor.tsx";
import { COMPANION } from "./personas.ts";
import style from "./style.css";
import { useConversations } from "./use-conversations.ts";
import { type Models, useModels } from "./use-models.ts";
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
  const [search, setSearch] = useState("");
  const list = useConversations(search);
  const [opened, setOpened] = useState<Opened>({ key: 0, conversation: null });
  const [chosen, setChosen] = useState({ persona: COMPANION.id, model: "" });
  const [isEditing, setIsEditing] = useState(false);
  const ids = { persona: useId(), model: useId() };
  const persona = personas.all.find(({ id }) => id === chosen.persona) ?? personas.all[0] ?? COMPANION;
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
        <div className="bar">
          <label htmlFor={ids.persona}>{words.persona}</label>
          <select
            id={ids.persona}
            value={persona.id}
            onChange={({ target }) => setChosen({ ...chosen, persona: target.value })}
          >
            {personas.all.map(({ id, name, avatar }) => (
              <option key={id} value={id}>
                {avatar} {name}
              </option>
            ))}
          </select>
          {personas.areKept && (
            <button type="button" aria-expanded={isEditing} onClick={() => setIsEditing(!isEditing)}>
              {words.personas}
            </button>
          )}
          <span className="grow" />
          <label htmlFor={ids.model}>{words.model}</label>
          <select
            id={ids.model}
            value={chosen.model}
            onChange={({ target }) => setChosen({ ...chosen, model: target.value })}
          >
            <option value="">{words.active(nameOf(models?.active))}</option>
            {models?.all.map((model) => (
              <option key={model.id} value={model.id}>
                {nameOf(model)}
              </option>
            ))}
          </select>
        </div>
        {isEditing && <PersonaEditor words={words} personas={personas} onClose={() => setIsEditing(false)} />}
        <ModelNote words={words} models={models} chosen={chosen.model} />
        <Chat
          key={opened.key}
          conversation={opened.conversation}
          persona={persona}
          model={chosen.model || undefined}
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

const nameOf = (model: Models["active"] | undefined): string => model?.title ?? model?.id ?? "–";

/** Says where answers come from that are none, and what to do about it. */
const ModelNote = ({
  words,
  models,
  chosen,
}: {
  readonly words: Words;
  readonly models: Models | undefined;
  readonly chosen: string;
}): ReactNode => {
  if (models === undefined) return null;
  const model = models.all.find(({ id }) => id === chosen) ?? models.active;
  if (model !== null && model.plugin !== ECHO) return null;
  return (
    <p role="note" className="note">
      <b>{model === null ? words.noModel : words.echo}</b> {model === null ? words.noModelHow : words.echoHow}
    </p>
  );
};
