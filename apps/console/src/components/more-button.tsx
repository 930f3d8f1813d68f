import { Button } from "@mantine/core";

interface MoreButtonProps {
  /** A list that is read page by page. */
  readonly of: {
    readonly hasNextPage: boolean;
    readonly isFetchingNextPage: boolean;
    fetchNextPage(): Promise<unknown>;
  };
  /** What comes: more of them, older ones. */
  readonly label: string;
  readonly size?: "xs" | "sm";
}

/** Reads the next page of a list, where there is one. */
export const MoreButton = ({ of: list, label, size = "sm" }: MoreButtonProps) =>
  list.hasNextPage && (
    <Button
      variant="default"
      size={size}
      w="fit-content"
      loading={list.isFetchingNextPage}
      onClick={() => void list.fetchNextPage()}
    >
      {label}
    </Button>
  );
