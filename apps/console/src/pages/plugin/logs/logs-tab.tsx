import { Button, Group, NativeSelect, Skeleton, Stack, Text, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import type { LogLevel, LogLineDto } from "@patchbay/protocol";
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { IconPlayerPause, IconPlayerPlay, IconPlugConnectedX } from "../../../components/icons.tsx";
import { RetryProblem } from "../../../components/retry-problem.tsx";
import type { PluginLogsSearch } from "../plugin-search.ts";
import { usePlugin } from "../use-plugin.ts";
import { LogList } from "./log-list.tsx";
import { useLogLines } from "./use-log-lines.ts";

const route = getRouteApi("/o/$org/plugins/$plugin/logs");
const TYPING_MS = 300;
const FILTER_LEVELS = ["info", "warn", "error"] as const;

/** The log as it is written. */
export const LogsTab = () => {
  const { t } = useTranslation("plugin");
  const { plugin } = usePlugin();
  const filter = route.useSearch();
  const [round, setRound] = useState(0);
  const { lines, isLost, error } = useLogLines(plugin, filter, round);
  const pause = usePause(lines);
  const isFiltered = filter.q !== undefined || filter.level !== undefined;
  if (error !== null) return <RetryProblem error={error} onRetry={() => setRound((old) => old + 1)} />;
  return (
    <Stack gap="sm">
      <Group gap="sm" align="flex-end">
        <LogFilters filter={filter} />
        <Button
          variant="default"
          leftSection={
            pause.isPaused ? (
              <IconPlayerPlay size={16} aria-hidden />
            ) : (
              <IconPlayerPause size={16} aria-hidden />
            )
          }
          onClick={pause.toggle}
        >
          {t(pause.isPaused ? "logs.resume" : "logs.pause")}
        </Button>
        <LogStatus isLost={isLost} isPaused={pause.isPaused} waiting={pause.waiting} />
      </Group>
      {pause.shown === null ? (
        <Skeleton height={320} />
      ) : pause.shown.length === 0 ? (
        <Text>{t(isFiltered ? "logs.nothingFound" : "logs.none")}</Text>
      ) : (
        <LogList lines={pause.shown} />
      )}
    </Stack>
  );
};

/** Paused, what is shown stays as it was; what comes meanwhile is counted and shown afterwards. */
const usePause = (lines: readonly LogLineDto[] | null) => {
  const [held, setHeld] = useState<readonly LogLineDto[] | null>(null);
  const last = held?.at(-1)?.id;
  const place = lines?.findLastIndex(({ id }) => id === last) ?? -1;
  return {
    isPaused: held !== null,
    shown: held ?? lines,
    waiting: held === null || lines === null ? 0 : lines.length - 1 - place,
    toggle: () => setHeld(held === null ? (lines ?? []) : null),
  };
};

const LogFilters = ({ filter }: { filter: PluginLogsSearch }) => {
  const { t } = useTranslation(["plugin", "common"]);
  const navigate = route.useNavigate();
  const [q, setQ] = useState(filter.q ?? "");
  const set = (change: PluginLogsSearch) =>
    void navigate({ search: (old) => ({ ...old, ...change }), replace: true, resetScroll: false });
  const setSoon = useDebouncedCallback((value: string) => set({ q: value || undefined }), TYPING_MS);
  return (
    <>
      <NativeSelect
        label={t("logs.level")}
        value={filter.level ?? ""}
        onChange={({ currentTarget: { value } }) => set({ level: (value as LogLevel) || undefined })}
        data={[
          { value: "", label: t("common:all") },
          ...FILTER_LEVELS.map((level) => ({ value: level, label: t(`logs.from.${level}`) })),
        ]}
      />
      <TextInput
        type="search"
        label={t("common:search")}
        value={q}
        maxLength={200}
        flex="1 1 180px"
        maw={360}
        onChange={({ currentTarget: { value } }) => {
          setQ(value);
          setSoon(value);
        }}
      />
    </>
  );
};

interface LogStatusProps {
  readonly isLost: boolean;
  readonly isPaused: boolean;
  readonly waiting: number;
}

const LogStatus = ({ isLost, isPaused, waiting }: LogStatusProps) => {
  const { t } = useTranslation(["plugin", "common"]);
  return (
    <Group gap={6} role="status" mih={36} wrap="nowrap">
      {isLost && <IconPlugConnectedX size={16} color="var(--pb-warning)" aria-hidden />}
      <Text size="sm" c={isLost ? undefined : "dimmed"}>
        {isLost ? t("common:status.lost") : isPaused ? t("logs.waiting", { count: waiting }) : t("logs.live")}
      </Text>
    </Group>
  );
};
