import { Alert, Button, Group, NativeSelect, SegmentedControl, Stack, Text, Title } from "@mantine/core";
import { PatchbayError, type ToolDto } from "@patchbay/protocol";
import { useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { useRouterState } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { meQuery, projectsQuery } from "../../api/queries.ts";
import { BASE_PATH } from "../../base-path.ts";
import { useOrganization } from "../../session/organization.ts";
import { CopyButton } from "../copy-button.tsx";
import { titleAt } from "../schema-form/field-at.ts";
import { JsonArea } from "../schema-form/json-area.tsx";
import { SchemaForm } from "../schema-form/schema-form.tsx";
import { CopyLink } from "./copy-link.tsx";
import { keepInput, lastInputs } from "./last-inputs.ts";
import { LastInputs } from "./last-inputs-select.tsx";
import { PastRuns } from "./past-runs.tsx";
import { inputOfHash, tellable } from "./shared-input.ts";
import { curlOf, typeScriptOf } from "./tool-code.ts";
import { type ToolInput, useToolInput } from "./tool-input.ts";
import { ToolResult } from "./tool-result.tsx";
import styles from "./try-tool.module.css";
import { useToolCall } from "./use-tool-call.ts";

export interface TryToolProps {
  /** Give every tool a `key` of its own: what was entered belongs to one. */
  readonly tool: ToolDto;
}

/** A tool with a form to call it and the answer beside it. */
export const TryTool = ({ tool }: TryToolProps) => {
  const { org, may } = useOrganization();
  const { data: me } = useSuspenseQuery(meQuery());
  const { plugin, tool: name, title, description } = tool;
  const keptOf = { person: me.user.id, org, tool: `${plugin}/${name}` };
  const [inputs, setInputs] = useState(() => lastInputs(keptOf));
  const { state, run, cancel } = useToolCall();
  return (
    <div className={styles.panel}>
      <Stack gap="md">
        <div>
          <Title order={2}>{title ?? name}</Title>
          <Text size="xs" c="dimmed" ff="monospace">
            {plugin}/{name}
          </Text>
          <Text mt={4}>{description}</Text>
        </div>
        <div className={styles.columns}>
          <CallForm
            tool={tool}
            isRunning={state.phase === "running"}
            error={state.error}
            onRun={(input, project) => {
              setInputs(keepInput(keptOf, tellable(input, tool.input)));
              void run({ tool, input, project });
            }}
            inputs={inputs}
            onCancel={cancel}
          />
          <ToolResult
            org={org}
            plugin={plugin}
            call={state}
            fieldOf={(pointer) => titleAt(tool.input, pointer)}
          />
        </div>
        {may("org.plugins.use") && <PastRuns tool={tool} phase={state.phase} />}
      </Stack>
    </div>
  );
};

interface CallFormProps {
  readonly tool: ToolDto;
  readonly isRunning: boolean;
  readonly error: unknown;
  readonly onRun: (input: unknown, project: string | undefined) => void;
  readonly onCancel: () => void;
  /** Of before, as JSON. */
  readonly inputs: readonly string[];
}

const CallForm = ({ tool, isRunning, error, onRun, onCancel, inputs }: CallFormProps) => {
  const { t } = useTranslation(["tools", "common"]);
  const { org, may } = useOrganization();
  const hash = useRouterState({ select: ({ location: { hash: shown } }) => shown });
  // What a link brings is shown, and never run by itself.
  const [linked] = useState(() => inputOfHash(hash));
  const input = useToolInput(tool.input, linked);
  const { read } = input;
  const [project, setProject] = useProjectChoice(tool);
  const mayUse = may("org.plugins.use");
  const call = { url: `${location.origin}${BASE_PATH}`, org, plugin: tool.plugin, tool: tool.tool, project };
  return (
    <form
      aria-label={t("input")}
      onSubmit={(event) => {
        event.preventDefault();
        if (input.read.fault === null && !isRunning) onRun(input.read.value, project);
      }}
    >
      <Stack gap="md">
        <Group justify="space-between" gap="xs">
          <Title order={3}>{t("input")}</Title>
          {input.hasForm && (
            <SegmentedControl
              size="xs"
              aria-label={t("enterAs")}
              value={input.mode}
              onChange={(mode) => input.switchTo(mode as ToolInput["mode"])}
              data={[
                { value: "form", label: t("form") },
                { value: "json", label: t("json") },
              ]}
            />
          )}
        </Group>
        {linked !== undefined && <Alert color="gray">{t("linked")}</Alert>}
        <LastInputs inputs={inputs} onChoose={input.show} />
        <InputFields tool={tool} input={input} error={error} />
        <ProjectSelect tool={tool} value={project} onChange={setProject} />
        {!mayUse && <Text c="dimmed">{t("mayNot")}</Text>}
        <Group gap="xs">
          {isRunning ? (
            <Button
              variant="default"
              onClick={(event) => {
                // By the time of the default action this may be the button that submits.
                event.preventDefault();
                onCancel();
              }}
            >
              {t("common:cancel")}
            </Button>
          ) : (
            <Button type="submit" disabled={!mayUse || read.fault !== null}>
              {t("run")}
            </Button>
          )}
          {read.fault === null && (
            <>
              <CopyButton value={() => curlOf({ ...call, input: read.value })} label={t("copyCurl")}>
                {t("curl")}
              </CopyButton>
              <CopyButton value={() => typeScriptOf({ ...call, input: read.value })} label={t("copyCode")}>
                {t("code")}
              </CopyButton>
              <CopyLink tool={tool} input={read.value} />
            </>
          )}
        </Group>
      </Stack>
    </form>
  );
};

const InputFields = ({ tool, input, error }: { tool: ToolDto; input: ToolInput; error: unknown }) => {
  const { t } = useTranslation(["tools", "forms"]);
  const errors = error instanceof PatchbayError ? error.errors : [];
  if (input.mode === "form")
    return (
      <SchemaForm
        schema={tool.input}
        value={input.values}
        onChange={input.change}
        errors={errors}
        offersDefaults
        maxFileBytes={tool.maxFileBytes}
      />
    );
  return (
    <JsonArea
      label={t("json")}
      {...(tool.input === undefined && { description: t("noSchema") })}
      {...(input.read.fault !== null && {
        error: t(`forms:${input.read.fault}`, { number: input.read.number }),
      })}
      value={input.text}
      onChange={input.write}
      rows={6}
    />
  );
};

/** Starts with the project of the address, or where the plugin wants one, with the first that it applies to. */
const useProjectChoice = ({ scope: { projects } }: ToolDto) => {
  const { project } = useOrganization();
  const [chosen, setChosen] = useState<string | undefined>(undefined);
  const fits = (slug: string | undefined): boolean =>
    slug === undefined ? projects === "all" : projects === "all" || projects.includes(slug);
  const start = fits(project) ? project : projects === "all" ? undefined : projects[0];
  return [chosen === undefined ? start : chosen === "" ? undefined : chosen, setChosen] as const;
};

interface ProjectSelectProps {
  readonly tool: ToolDto;
  readonly value: string | undefined;
  readonly onChange: (project: string) => void;
}

/** For which project the call is made: its settings apply. */
const ProjectSelect = ({ tool: { scope }, value, onChange }: ProjectSelectProps) => {
  const { t } = useTranslation("tools");
  const { org } = useOrganization();
  const { data: projects = [] } = useQuery(projectsQuery(org));
  const offered = projects.filter(({ slug }) => scope.projects === "all" || scope.projects.includes(slug));
  if (offered.length === 0) return null;
  return (
    <NativeSelect
      label={t("project")}
      value={value ?? ""}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
      data={[
        ...(scope.projects === "all" ? [{ value: "", label: t("noProject") }] : []),
        ...offered.map(({ slug, name }) => ({ value: slug, label: name })),
      ]}
      maw={320}
    />
  );
};
