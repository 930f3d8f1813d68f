import { Skeleton } from "@mantine/core";
import { Loading } from "./loading.tsx";

/** In place of a page that is on its way. */
export const PageSkeleton = () => (
  <Loading>
    <Skeleton height={28} width={200} />
    <Skeleton height={72} />
    <Skeleton height={72} />
    <Skeleton height={72} />
  </Loading>
);
