import { type ReactNode, useId, useState } from "react";
import { Fault } from "./fault.tsx";
import type { Persona } from "./personas.ts";
import type { Personas } from "./use-personas.ts";
import type { Words } from "./words.ts";

interface PersonaEditorProps {
  readonly words: Words;
  readonly personas: Personas;
  readonly onClose: () => void;
}

/** All personas as a form, kept together. */
export const PersonaEditor = ({ words, personas, onClose }: PersonaEditorProps): ReactNode => {
  const [draft, setDraft] = useState(personas.all);
  const [error, setError] = useState<unknown>();
  const change = (changed: Persona) =>
    setDraft(draft.map((persona) => (persona.id === changed.id ? changed : persona)));
  const save = async (): Promise<void> => {
    try {
      await personas.keep(
        draft.map((persona) => ({ ...persona, name: persona.name.trim() || words.untitled })),
      );
      onClose();
    } catch (fault) {
      setError(fault);
    }
  };
  const add = () => setDraft([...draft, { id: newId(), name: "", avatar: "●", tone: "", instructions: "" }]);
  return (
    <section className="personas" aria-label={words.personas}>
      <p className="muted">{words.personasText}</p>
      {draft.map((persona) => (
        <PersonaFields
          key={persona.id}
          words={words}
          persona={persona}
          onChange={change}
          {...(draft.length > 1 && { onRemove: () => setDraft(draft.filter((one) => one !== persona)) })}
        />
      ))}
      {error !== undefined && <Fault title={words.save} error={error} />}
      <div className="bar">
        <button type="button" onClick={add}>
          {words.addPersona}
        </button>
        <span className="grow" />
        <button type="button" onClick={onClose}>
          {words.cancel}
        </button>
        <button type="button" className="main" onClick={() => void save()}>
          {words.save}
        </button>
      </div>
    </section>
  );
};

interface PersonaFieldsProps {
  readonly words: Words;
  readonly persona: Persona;
  readonly onChange: (persona: Persona) => void;
  readonly onRemove?: () => void;
}

const PersonaFields = ({ words, persona, onChange, onRemove }: PersonaFieldsProps): ReactNode => {
  const id = useId();
  return (
    <fieldset>
      <legend>{persona.name || words.untitled}</legend>
      <div className="fields">
        <label htmlFor={`${id}-avatar`}>{words.avatar}</label>
        <input
          id={`${id}-avatar`}
          value={persona.avatar}
          maxLength={8}
          onChange={({ target }) => onChange({ ...persona, avatar: target.value })}
        />
        <label htmlFor={`${id}-name`}>{words.name}</label>
        <input
          id={`${id}-name`}
          value={persona.name}
          maxLength={80}
          onChange={({ target }) => onChange({ ...persona, name: target.value })}
        />
        <label htmlFor={`${id}-tone`}>{words.tone}</label>
        <input
          id={`${id}-tone`}
          value={persona.tone}
          maxLength={200}
          placeholder={words.toneHint}
          onChange={({ target }) => onChange({ ...persona, tone: target.value })}
        />
        <label htmlFor={`${id}-instructions`}>{words.instructions}</label>
        <textarea
          id={`${id}-instructions`}
          rows={4}
          value={persona.instructions}
          maxLength={20_000}
          onChange={({ target }) => onChange({ ...persona, instructions: target.value })}
        />
      </div>
      {onRemove !== undefined && (
        <button type="button" onClick={onRemove}>
          {words.removePersona}
        </button>
      )}
    </fieldset>
  );
};

/** Frames have no `crypto.randomUUID` where the console is not served over https. */
const newId = (): string =>
  [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
