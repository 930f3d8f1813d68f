import { Title } from "@mantine/core";
import { type ReactNode, useId } from "react";

export interface ChartFigureProps {
  readonly title: string;
  /** What the picture says, for those who do not see it. */
  readonly summary: string;
  readonly children: ReactNode;
}

/** A chart below its heading. */
export const ChartFigure = ({ title, summary, children }: ChartFigureProps) => {
  const heading = useId();
  return (
    <section aria-labelledby={heading} style={{ minWidth: 0 }}>
      <Title order={2} id={heading} size="h3" mb="xs">
        {title}
      </Title>
      <div role="img" aria-label={`${title}: ${summary}`}>
        {children}
      </div>
    </section>
  );
};
