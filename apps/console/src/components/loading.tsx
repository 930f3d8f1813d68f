import { Stack, type StackProps } from "@mantine/core";
import { useTranslation } from "react-i18next";

export interface LoadingProps extends Pick<StackProps, "gap"> {
  /** Says it to those who do not see it; that something loads unless told. */
  readonly words?: string;
  /** Skeletons in the shape of what comes. */
  readonly children: StackProps["children"];
}

/** In place of what is on its way. */
export const Loading = ({ words, gap = "md", children }: LoadingProps) => {
  const { t } = useTranslation();
  return (
    <Stack gap={gap} aria-busy="true">
      <span className="visually-hidden" role="status">
        {words ?? t("loading")}
      </span>
      {children}
    </Stack>
  );
};
