import { Group, SegmentedControl, Stack, Text, Title } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { BASE_PATH } from "../../../base-path.ts";
import { CopyButton } from "../../../components/copy-button.tsx";
import { BoundedText } from "../../../components/try-tool/bounded-text.tsx";
import styles from "../../../components/try-tool/try-tool.module.css";
import { useOrganization } from "../../../session/organization.ts";
import { CLIENTS, type CodeClient, codeOf } from "./client-code.ts";
import type { QuestionBody } from "./question.ts";

export interface QuestionCodeProps {
  readonly body: QuestionBody;
  readonly stream: boolean;
}

/** The question as somebody would ask it from elsewhere, to be copied. */
export const QuestionCode = ({ body, stream }: QuestionCodeProps) => {
  const { t } = useTranslation("playground");
  const { project } = useOrganization();
  const [client, setClient] = useState<CodeClient>("curl");
  const code = codeOf(client, { url: `${location.origin}${BASE_PATH}`, body, stream, project });
  return (
    <Stack component="section" gap="xs" aria-label={t("code")} miw={0}>
      <Title order={2} size="h3">
        {t("code")}
      </Title>
      <Text size="sm" c="dimmed">
        {t("codeHelp")}
      </Text>
      <Group gap="xs">
        <SegmentedControl
          size="xs"
          aria-label={t("code")}
          value={client}
          onChange={(next) => setClient(next as CodeClient)}
          data={[...CLIENTS]}
        />
        <CopyButton value={code} label={t("copyCode", { client })} />
      </Group>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: long code is scrolled by keyboard as well */}
      <section className={styles.result} tabIndex={0} aria-label={client}>
        <pre className={styles.raw}>
          <BoundedText text={code} />
        </pre>
      </section>
    </Stack>
  );
};
