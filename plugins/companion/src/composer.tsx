import { type KeyboardEvent, type ReactNode, useId, useRef, useState } from "react";
import { type Attachment, attach, MAX_ATTACHED_BYTES } from "./attachments.ts";
import type { Message } from "./parts.ts";
import type { Words } from "./words.ts";

interface ComposerProps {
  readonly words: Words;
  readonly locale: string;
  /** Whether the model writes: then it can be stopped, and nothing can be sent. */
  readonly isAnswering: boolean;
  readonly isDisabled: boolean;
  /** Throws when the message was not kept: it stays in the field then. */
  readonly onSend: (message: Message, onKept: () => void) => Promise<void>;
  readonly onStop: () => void;
}

/** Where a message is written, with files beside it. */
export const Composer = ({
  words,
  locale,
  isAnswering,
  isDisabled,
  onSend,
  onStop,
}: ComposerProps): ReactNode => {
  const [text, setText] = useState("");
  const [files, setFiles] = useState<readonly Attachment[]>([]);
  const [fault, setFault] = useState<string>();
  const picker = useRef<HTMLInputElement>(null);
  /** Whether a message is on its way already, which is before the model writes. */
  const isSending = useRef(false);
  const id = useId();
  const isEmpty = text.trim() === "" && files.length === 0;

  const add = async (chosen: readonly File[]): Promise<void> => {
    const all = [...files, ...(await Promise.all(chosen.map(attach)))];
    const isTooLarge = all.reduce((sum, { bytes }) => sum + bytes, 0) > MAX_ATTACHED_BYTES;
    setFault(isTooLarge ? words.tooLarge(bytesIn(locale)) : undefined);
    if (!isTooLarge) setFiles(all);
  };
  const send = async (): Promise<void> => {
    if (isEmpty || isAnswering || isDisabled || isSending.current) return;
    const said = text.trim();
    const parts = [
      ...(said === "" ? [] : [{ type: "text" as const, text: said }]),
      ...files.map(({ part }) => part),
    ];
    setFault(undefined);
    isSending.current = true;
    try {
      await onSend({ role: "user", parts }, () => {
        setText("");
        setFiles([]);
      });
    } catch (error) {
      setFault(`${words.notSent}: ${error instanceof Error ? error.message : String(error)}`);
    } finally {
      isSending.current = false;
    }
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    void send();
  };
  return (
    <section
      className="composer"
      aria-label={words.message}
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        void add([...event.dataTransfer.files]);
      }}
    >
      {fault !== undefined && (
        <p role="alert" className="fault">
          {fault}
        </p>
      )}
      <label htmlFor={id}>{words.message}</label>
      <textarea
        id={id}
        rows={3}
        value={text}
        placeholder={words.placeholder}
        onChange={({ target }) => setText(target.value)}
        onKeyDown={onKeyDown}
      />
      <div className="bar">
        <input
          ref={picker}
          type="file"
          multiple
          hidden
          onChange={({ target }) => {
            void add([...(target.files ?? [])]);
            target.value = "";
          }}
        />
        <button type="button" onClick={() => picker.current?.click()}>
          {words.attach}
        </button>
        {files.map((file) => (
          <span key={file.name} className="file">
            {file.name}
            <button
              type="button"
              className="quiet"
              aria-label={words.detach(file.name)}
              onClick={() => setFiles(files.filter((one) => one !== file))}
            >
              ×
            </button>
          </span>
        ))}
        <span className="grow" />
        {isAnswering ? (
          <button type="button" className="main" onClick={onStop}>
            {words.stop}
          </button>
        ) : (
          <button type="button" className="main" disabled={isEmpty || isDisabled} onClick={() => void send()}>
            {words.send}
          </button>
        )}
      </div>
    </section>
  );
};

const bytesIn = (locale: string): string =>
  new Intl.NumberFormat(locale, { style: "unit", unit: "kilobyte" }).format(MAX_ATTACHED_BYTES / 1_000);
