import { Stack, Text, Title } from "@mantine/core";
import type { CallContent, CallDetailDto } from "@patchbay/protocol";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { callQuery } from "../../api/call-queries.ts";
import { useOrganization } from "../../session/organization.ts";
import { Dialog } from "../dialog.tsx";
import { Fact, Facts } from "../facts.tsx";
import { useFormats } from "../formats.ts";
import { PageSkeleton } from "../page-skeleton.tsx";
import { RetryProblem } from "../retry-problem.tsx";
import { readJson, writeJson } from "../schema-form/json-text.ts";
import { CallTime } from "./call-time.tsx";
import styles from "./calls.module.css";
import { chainTree } from "./chain-tree.ts";
import { isFault } from "./is-fault.ts";
import { useCallWords } from "./use-call-words.ts";

export interface CallDialogProps {
  readonly id: string;
  readonly onOpen: (id: string) => void;
  readonly onClose: () => void;
}

/** One call: what is known of it, the chain that it belongs to, and what went in and out where that is kept. */
export const CallDialog = ({ id, onOpen, onClose }: CallDialogProps) => {
  const { t } = useTranslation("calls");
  const { org } = useOrganization();
  const found = useQuery(callQuery(org, id));
  return (
    <Dialog title={t("one")} onClose={onClose} size="xl">
      {found.isLoadingError ? (
        <RetryProblem error={found.error} onRetry={() => void found.refetch()} />
      ) : found.data === undefined ? (
        <PageSkeleton />
      ) : (
        <Stack gap="lg">
          <CallFacts call={found.data} />
          <Chain call={found.data} onOpen={onOpen} />
          <Content title={t("input")} content={found.data.input} />
          <Content title={t("output")} content={found.data.output} />
          {found.data.input === undefined && found.data.output === undefined && (
            <Text size="sm" c="dimmed">
              {t("noContent")}
            </Text>
          )}
        </Stack>
      )}
    </Dialog>
  );
};

const CallFacts = ({ call }: { readonly call: CallDetailDto }) => {
  const { t } = useTranslation("calls");
  const formats = useFormats();
  const { endOf, callerOf } = useCallWords();
  const { at, plugin, version, kind, name, project, person, surface, path, trace, durationMs } = call;
  const { inputBytes, outputBytes } = call;
  const caller = callerOf(call);
  return (
    <Facts title={`${plugin}/${name}`}>
      <Fact name={t("ended")}>{endOf(call)}</Fact>
      <Fact name={t("began")}>{formats.dateTime(at)}</Fact>
      <Fact name={t("took")}>{formats.duration(durationMs)}</Fact>
      <Fact name={t("kind")}>{`${t(`kinds.${kind}`, kind)} · ${version}`}</Fact>
      {caller !== undefined && <Fact name={t("caller")}>{caller}</Fact>}
      {call.caller !== undefined && person !== undefined && (
        <Fact name={t("starter")}>{person.name ?? t("gone")}</Fact>
      )}
      {surface !== undefined && <Fact name={t("through")}>{t(`surfaces.${surface}`)}</Fact>}
      {project !== undefined && <Fact name={t("project")}>{project}</Fact>}
      {inputBytes !== undefined && <Fact name={t("in")}>{formats.bytes(inputBytes)}</Fact>}
      {outputBytes !== undefined && <Fact name={t("out")}>{formats.bytes(outputBytes)}</Fact>}
      {path !== undefined && path.length > 1 && <Fact name={t("way")}>{path.join(" → ")}</Fact>}
      {trace !== undefined && <Fact name={t("trace")}>{trace}</Fact>}
    </Facts>
  );
};

const STEP_PX = 16;

/** The calls of the chain, each below the one that made it, with when it was under way. */
const Chain = ({ call, onOpen }: { readonly call: CallDetailDto; readonly onOpen: (id: string) => void }) => {
  const { t } = useTranslation("calls");
  const { endOf } = useCallWords();
  const { calls, ms } = chainTree(call.calls);
  if (calls.length < 2) return null;
  return (
    <section>
      <Title order={3} mb="xs">
        {t("chain")}
      </Title>
      <ol className={styles.chain}>
        {calls.map(({ call: one, depth, afterMs }) => (
          <li key={one.id} className={styles.link} data-chosen={one.id === call.id}>
            <div style={{ paddingInlineStart: depth * STEP_PX, minWidth: 0 }}>
              <button
                type="button"
                className={styles.name}
                aria-current={one.id === call.id}
                onClick={() => onOpen(one.id)}
              >
                {one.plugin}/{one.name}
              </button>
              <Text size="xs" c={isFault(one.code) ? "red" : "dimmed"}>
                {endOf(one)}
              </Text>
            </div>
            <CallTime call={one} ofMs={ms} afterMs={afterMs} />
          </li>
        ))}
      </ol>
    </section>
  );
};

const Content = ({
  title,
  content,
}: {
  readonly title: string;
  readonly content: CallContent | undefined;
}) => {
  const { t } = useTranslation("calls");
  if (content === undefined) return null;
  return (
    <section>
      <Title order={3} mb="xs">
        {title}
      </Title>
      {content.isCut && (
        <Text size="xs" c="dimmed" mb={4}>
          {t("cut")}
        </Text>
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a long value is scrolled by keyboard as well */}
      <pre className={styles.json} tabIndex={0}>
        {laidOut(content)}
      </pre>
    </section>
  );
};

/** What is cut is no JSON any more. */
const laidOut = ({ json, isCut }: CallContent): string => {
  const read = readJson(json);
  return isCut || read.fault !== null ? json : writeJson(read.value);
};
