import { type DragEvent, type ReactNode, useState } from "react";

export interface DropZoneProps {
  /** Looks as `data-over` says: whether a file is held over it. */
  readonly className: string | undefined;
  readonly isDisabled?: boolean;
  readonly onFile: (file: File) => void;
  /** With a way to choose a file by keyboard. */
  readonly children: ReactNode;
}

/** Takes a file that is dropped on it. */
export const DropZone = ({ className, isDisabled = false, onFile, children }: DropZoneProps) => {
  const [isOver, setIsOver] = useState(false);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setIsOver(false);
    const [file] = event.dataTransfer.files;
    if (file !== undefined && !isDisabled) onFile(file);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is a shortcut for what is inside
    <div
      className={className}
      data-over={isOver}
      data-drop-zone
      onDragOver={(event) => {
        event.preventDefault();
        setIsOver(true);
      }}
      onDragLeave={() => setIsOver(false)}
      onDrop={drop}
    >
      {children}
    </div>
  );
};
