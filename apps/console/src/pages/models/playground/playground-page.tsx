import { Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { RetryProblem } from "../../../components/retry-problem.tsx";
import styles from "../../../components/try-tool/try-tool.module.css";
import { useOrganization } from "../../../session/organization.ts";
import { Answer } from "./answer.tsx";
import type { Asker } from "./ask-gateway.ts";
import { chatModelsQuery } from "./chat-models.ts";
import { bodyOf, type Question } from "./question.ts";
import { QuestionCode } from "./question-code.tsx";
import { QuestionForm } from "./question-form.tsx";
import { useQuestion } from "./use-question.ts";

const EMPTY: Question = {
  model: "",
  system: "",
  turns: [{ id: 0, role: "user", content: "" }],
  temperature: undefined,
  maxTokens: undefined,
  schema: "",
  stream: true,
};

/** A question to a chat model beside its answer, and the same question as code. */
export const PlaygroundPage = () => {
  const { org, project } = useOrganization();
  // What was asked in one of them is of no interest in another.
  return <Playground key={`${org} ${project ?? ""}`} org={org} project={project} />;
};

const Playground = ({ org, project }: Asker) => {
  const { t } = useTranslation("playground");
  const models = useQuery(chatModelsQuery({ org, project }));
  const [draft, setDraft] = useState(EMPTY);
  const { state, ask, stop } = useQuestion();
  const known = models.data ?? [];
  const question = { ...draft, model: known.includes(draft.model) ? draft.model : (known[0] ?? "") };
  const body = bodyOf(question);
  const goOn = () => {
    const next = Math.max(...draft.turns.map(({ id }) => id)) + 1;
    setDraft({
      ...draft,
      turns: [
        ...draft.turns,
        { id: next, role: "assistant", content: state.said.text },
        { id: next + 1, role: "user", content: "" },
      ],
    });
  };
  if (models.isLoadingError)
    return <RetryProblem error={models.error} onRetry={() => void models.refetch()} />;
  return (
    <Stack gap="lg">
      <Text maw={640}>{t("text")}</Text>
      <div className={styles.panel}>
        <div className={styles.columns}>
          <QuestionForm
            models={models.data}
            question={question}
            onChange={setDraft}
            isRunning={state.phase === "running"}
            onSend={body === undefined ? undefined : () => void ask(body, question.stream)}
            onStop={stop}
          />
          <Answer state={state} onGoOn={goOn} />
        </div>
      </div>
      {body !== undefined && <QuestionCode body={body} stream={question.stream} />}
    </Stack>
  );
};
