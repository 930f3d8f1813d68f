import { Skeleton, Stack } from "@mantine/core";
import { useTranslation } from "react-i18next";

/** In place of a page that is on its way. */
export const PageSkeleton = () => {
  const { t } = useTranslation();
  return (
    <Stack gap="md" aria-busy="true">
      <span className="visually-hidden" role="status">
        {t("loading")}
      </span>
      <Skeleton height={28} width={200} />
      <Skeleton height={72} />
      <Skeleton height={72} />
      <Skeleton height={72} />
    </Stack>
  );
};
