import { Button, Group, Paper, Text } from "@mantine/core";
import { type InstallationDto, PatchbayError } from "@patchbay/protocol";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { tellDone, tellProblem } from "../../components/tell.ts";
import { switchPlugin } from "./plugin-steps.ts";
import { isOn } from "./running.ts";

/** Plugins that are switched at the same time: each start takes a processor for a moment. */
const AT_ONCE = 4;

export interface BulkBarProps {
  readonly org: string;
  readonly selected: readonly InstallationDto[];
  /** How many could be selected in all. */
  readonly selectable: number;
  readonly onSelectAll: () => void;
  readonly onClear: () => void;
}

/** What can be done with all plugins that are selected. */
export const BulkBar = ({ org, selected, selectable, onSelectAll, onClear }: BulkBarProps) => {
  const { t } = useTranslation("plugins");
  const [progress, setProgress] = useState<{ done: number; of: number } | null>(null);
  const run = async (on: boolean) => {
    const due = selected.filter((one) => one.state !== "blocked" && isOn(one) !== on);
    setProgress({ done: 0, of: due.length });
    const failed = await switchAll(org, due, on, (done) => setProgress({ done, of: due.length }));
    setProgress(null);
    const count = due.length - failed.length;
    if (count > 0 || failed.length === 0) tellDone(t(on ? "bulk.enabled" : "bulk.disabled", { count }));
    for (const { plugin, error } of failed)
      tellProblem(t(on ? "failed.enable" : "failed.disable", { name: plugin.name }), error);
    onClear();
  };
  const isBusy = progress !== null;
  return (
    <Paper
      withBorder
      p="xs"
      role="region"
      aria-label={t("bulk.label")}
      pos="sticky"
      top="calc(var(--app-shell-header-height, 0px) + 8px)"
      style={{ zIndex: 2 }}
    >
      <Group gap="xs">
        <Text role="status" flex="1 1 120px">
          {progress === null ? t("bulk.selected", { count: selected.length }) : t("bulk.progress", progress)}
        </Text>
        <Button size="xs" loading={isBusy} onClick={() => void run(true)}>
          {t("menu.enable")}
        </Button>
        <Button size="xs" variant="default" disabled={isBusy} onClick={() => void run(false)}>
          {t("menu.disable")}
        </Button>
        <Button size="xs" variant="subtle" disabled={isBusy} onClick={onSelectAll}>
          {t("bulk.all", { count: selectable })}
        </Button>
        <Button size="xs" variant="subtle" color="gray" disabled={isBusy} onClick={onClear}>
          {t("bulk.clear")}
        </Button>
      </Group>
    </Paper>
  );
};

interface Failure {
  readonly plugin: InstallationDto;
  readonly error: unknown;
}

/** What passes once others of the selection are switched. */
const PASSING: readonly string[] = ["dependency_in_use", "plugin_busy"];

/**
 * Switches them a few at a time; comes back with those that could not be. One that waits for others of the selection, since
 * they need it, is tried again as long as that leads further.
 */
const switchAll = async (
  org: string,
  plugins: readonly InstallationDto[],
  on: boolean,
  onDone: (done: number) => void,
): Promise<Failure[]> => {
  const failed: Failure[] = [];
  let due = plugins;
  let done = 0;
  while (due.length > 0) {
    const round = await switchOnce(org, due, on, () => {
      done += 1;
      onDone(done);
    });
    const waiting = round.filter(
      ({ error }) => error instanceof PatchbayError && PASSING.includes(error.code),
    );
    const isStuck = waiting.length === due.length;
    failed.push(...round.filter((one) => isStuck || !waiting.includes(one)));
    due = isStuck ? [] : waiting.map(({ plugin }) => plugin);
  }
  return failed;
};

const switchOnce = async (
  org: string,
  plugins: readonly InstallationDto[],
  on: boolean,
  onSwitched: () => void,
): Promise<Failure[]> => {
  const failed: Failure[] = [];
  const due = plugins.values();
  const worker = async () => {
    for (const plugin of due)
      await switchPlugin(org, { plugin, on }).then(onSwitched, (error: unknown) => {
        failed.push({ plugin, error });
      });
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return failed;
};
