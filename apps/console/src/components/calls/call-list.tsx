import { Badge, Group, Stack, Text } from "@mantine/core";
import type { CallDto } from "@patchbay/protocol";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { callsQuery } from "../../api/call-queries.ts";
import { useFormats } from "../formats.ts";
import { MoreButton } from "../more-button.tsx";
import { PageSkeleton } from "../page-skeleton.tsx";
import { RetryProblem } from "../retry-problem.tsx";
import { CallTime } from "./call-time.tsx";
import styles from "./calls.module.css";
import { isFault } from "./is-fault.ts";
import { useCallWords } from "./use-call-words.ts";

export interface CallListProps {
  readonly query: ReturnType<typeof callsQuery>;
  readonly onOpen: (call: CallDto) => void;
}

/** Calls, newest first: what was called, by whom, how long it took and how it ended. */
export const CallList = ({ query, onOpen }: CallListProps) => {
  const { t } = useTranslation("calls");
  const found = useInfiniteQuery(query);
  if (found.isLoadingError) return <RetryProblem error={found.error} onRetry={() => void found.refetch()} />;
  if (found.data === undefined) return <PageSkeleton />;
  const calls = found.data.pages.flatMap(({ items }) => items);
  if (calls.length === 0) return <Text>{t("none")}</Text>;
  const longest = Math.max(...calls.map(({ durationMs }) => durationMs));
  return (
    <Stack gap="sm">
      <ol className={styles.list}>
        {calls.map((call) => (
          <Entry key={call.id} call={call} longest={longest} onOpen={onOpen} />
        ))}
      </ol>
      <MoreButton of={found} label={t("older")} />
    </Stack>
  );
};

interface EntryProps {
  readonly call: CallDto;
  readonly longest: number;
  readonly onOpen: (call: CallDto) => void;
}

const Entry = ({ call, longest, onOpen }: EntryProps) => {
  const { t } = useTranslation("calls");
  const formats = useFormats();
  const { endOf, callerOf } = useCallWords();
  const { at, plugin, name, kind, project, code } = call;
  return (
    <li className={styles.call}>
      <Group gap="xs">
        <button type="button" className={styles.name} onClick={() => onOpen(call)}>
          {plugin}/{name}
        </button>
        {kind !== "tools" && (
          <Badge size="xs" variant="default" tt="none">
            {t(`kinds.${kind}`, kind)}
          </Badge>
        )}
        {code !== undefined && (
          <Badge size="xs" variant="light" color={isFault(code) ? "red" : "gray"} tt="none">
            {endOf(call)}
          </Badge>
        )}
      </Group>
      <Text size="xs" c="dimmed" style={{ overflowWrap: "anywhere" }}>
        <time dateTime={at} title={formats.dateTime(at)}>
          {formats.ago(at)}
        </time>
        {[callerOf(call), project].filter((one) => one !== undefined).map((one) => ` · ${one}`)}
      </Text>
      <CallTime call={call} ofMs={longest} />
    </li>
  );
};
