import { Group } from "@mantine/core";
import { MAX_MEMORY_QUERY_LENGTH } from "@patchbay/protocol";
import { useTranslation } from "react-i18next";
import { SearchField } from "../../../components/search-field.tsx";
import { AllMemories, type MemoryListProps } from "./all-memories.tsx";
import { FoundMemories } from "./found-memories.tsx";

/** How long after the last key is searched: each search asks a model. */
const SEARCH_DELAY_MS = 600;

export interface MemoriesProps extends MemoryListProps {
  /** What is searched for. */
  readonly q: string;
  readonly onSearch: (q: string) => void;
}

/** The memories of a namespace: all of them, or those that are found. */
export const Memories = ({ q, onSearch, ...list }: MemoriesProps) => {
  const { t } = useTranslation("memory");
  const words = q.trim();
  return (
    <>
      <Group>
        <SearchField
          label={t("search")}
          text={q}
          onText={onSearch}
          delayMs={SEARCH_DELAY_MS}
          maxLength={MAX_MEMORY_QUERY_LENGTH}
        />
      </Group>
      {words === "" ? <AllMemories {...list} /> : <FoundMemories {...list} q={words} />}
    </>
  );
};
