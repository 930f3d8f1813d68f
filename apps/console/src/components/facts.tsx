import { Badge, Group, Text, Title } from "@mantine/core";
import { type ReactNode, useId } from "react";
import styles from "./facts.module.css";

export interface FactsProps {
  readonly title: string;
  /** Each a `Fact`. */
  readonly children: ReactNode;
}

/** What is known about one thing, below a heading. */
export const Facts = ({ title, children }: FactsProps) => {
  const heading = useId();
  return (
    <section aria-labelledby={heading}>
      <Title order={2} id={heading} mb="xs">
        {title}
      </Title>
      <dl className={styles.facts}>{children}</dl>
    </section>
  );
};

export interface FactProps {
  readonly name: string;
  readonly children: ReactNode;
}

export const Fact = ({ name, children }: FactProps) => (
  <div className={styles.fact}>
    <Text component="dt" size="sm" c="dimmed">
      {name}
    </Text>
    <Text component="dd" size="sm" m={0} style={{ overflowWrap: "anywhere" }}>
      {children}
    </Text>
  </div>
);

export interface KeywordsFactProps {
  readonly name: string;
  readonly keywords: readonly string[];
}

/** Nothing where there are no keywords. */
export const KeywordsFact = ({ name, keywords }: KeywordsFactProps) =>
  keywords.length === 0 ? null : (
    <Fact name={name}>
      <Group gap={4}>
        {keywords.map((keyword) => (
          <Badge key={keyword} variant="default" size="sm" tt="none">
            {keyword}
          </Badge>
        ))}
      </Group>
    </Fact>
  );
