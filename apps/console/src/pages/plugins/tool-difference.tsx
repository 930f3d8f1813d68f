import { Code, List, Stack, Text, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Candidate } from "./candidate.ts";
import { type ChangedTool, TOOL_PARTS, type Tool, toolChanges } from "./tool-changes.ts";

export interface ToolDifferenceProps {
  readonly current: Candidate | undefined;
  readonly target: Candidate | undefined;
}

/** What another version changes of the tools: they are what models and people go by when they call them. */
export const ToolDifference = ({ current, target }: ToolDifferenceProps) => {
  const { t } = useTranslation("plugins");
  const { added, removed, changed } = toolChanges(current?.manifest, target?.manifest);
  if (target === undefined || added.length + removed.length + changed.length === 0) return null;
  return (
    <section>
      <Title order={3}>{t("update.tools")}</Title>
      <Stack gap="sm" mt={4}>
        {changed.length > 0 && (
          <div>
            <Text fw={500}>{t("update.toolsChanged")}</Text>
            <List size="sm">
              {changed.map((one) => (
                <List.Item key={one.after.name}>
                  <Changed tool={one} />
                </List.Item>
              ))}
            </List>
          </div>
        )}
        {added.length > 0 && (
          <div>
            <Text fw={500}>{t("update.toolsAdded")}</Text>
            <List size="sm">
              {added.map((tool) => (
                <List.Item key={tool.name}>
                  <Added tool={tool} />
                </List.Item>
              ))}
            </List>
          </div>
        )}
        {removed.length > 0 && (
          <div>
            <Text fw={500}>{t("update.toolsRemoved")}</Text>
            <List size="sm">
              {removed.map(({ name }) => (
                <List.Item key={name}>
                  <Code component="del">{name}</Code>
                </List.Item>
              ))}
            </List>
          </div>
        )}
      </Stack>
    </section>
  );
};

/** Its words, and what else is told of it folded away: models read the descriptions in its schemas as well. */
const Added = ({ tool }: { readonly tool: Tool }) => {
  const { t } = useTranslation("plugins");
  const parts = TOOL_PARTS.filter((part) => part !== "description" && tool[part] !== undefined);
  return (
    <>
      <Code>{tool.name}</Code>
      <Passage text={tool.description} />
      {parts.length > 0 && (
        <details>
          <summary>{t("update.toolDetails", { name: tool.name })}</summary>
          {parts.map((part) => (
            <div key={part}>
              <Text size="sm" c="dimmed">
                {t(`update.toolPart.${part}`)}
              </Text>
              <Passage text={textOf(tool[part])} />
            </div>
          ))}
        </details>
      )}
    </>
  );
};

const Changed = ({ tool: { before, after, parts } }: { readonly tool: ChangedTool }) => {
  const { t } = useTranslation("plugins");
  return (
    <>
      <Code>{after.name}</Code>
      {parts.map((part) => (
        <div key={part}>
          <Text size="sm" c="dimmed">
            {t(`update.toolPart.${part}`)}
          </Text>
          <Passage text={textOf(before[part])} isGone />
          <Passage text={textOf(after[part])} />
        </div>
      ))}
    </>
  );
};

const textOf = (part: unknown): string => {
  if (part === undefined) return "—";
  return typeof part === "string" ? part : JSON.stringify(part, null, 1);
};

/** As it was written, with its lines. */
const Passage = ({ text, isGone = false }: { readonly text: string; readonly isGone?: boolean }) => (
  <Text
    size="sm"
    component={isGone ? "del" : "p"}
    m={0}
    {...(isGone && { td: "line-through", c: "dimmed" })}
    display="block"
    style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere", maxHeight: 240, overflowY: "auto" }}
  >
    {text}
  </Text>
);
