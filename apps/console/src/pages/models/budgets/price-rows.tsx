import { ActionIcon, Autocomplete, Button, Group, SimpleGrid, Stack } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { IconTrash } from "../../../components/icons.tsx";
import { NumberInput } from "../../../components/number-input.tsx";
import { NO_PRICE, type Price } from "./prices-draft.ts";

interface PriceRowsProps {
  readonly prices: readonly Price[];
  /** Models that there are. */
  readonly names: readonly string[];
  readonly disabled: boolean;
  readonly onChange: (prices: readonly Price[]) => void;
}

/** Prices of models for a million tokens, one after the other. */
export const PriceRows = ({ prices, names, disabled, onChange }: PriceRowsProps) => {
  const { t } = useTranslation("budgets");
  return (
    <Stack gap="md">
      {prices.map((price, place) => (
        <PriceRow
          // biome-ignore lint/suspicious/noArrayIndexKey: a name that is being typed is no key, and they keep their order
          key={place}
          place={place}
          price={price}
          names={names}
          disabled={disabled}
          onChange={(next) => onChange(prices.with(place, next))}
          onRemove={() => onChange(prices.toSpliced(place, 1))}
        />
      ))}
      {!disabled && (
        <Button variant="default" w="fit-content" onClick={() => onChange([...prices, NO_PRICE])}>
          {t("prices.add")}
        </Button>
      )}
    </Stack>
  );
};

interface PriceRowProps extends Pick<PriceRowsProps, "names" | "disabled"> {
  readonly place: number;
  readonly price: Price;
  readonly onChange: (price: Price) => void;
  readonly onRemove: () => void;
}

const PriceRow = ({ place, price, names, disabled, onChange, onRemove }: PriceRowProps) => {
  const { t } = useTranslation("budgets");
  const name = price.model || t("prices.unnamed", { number: place + 1 });
  return (
    <Group align="flex-start" gap="sm" wrap="nowrap" role="group" aria-label={name}>
      <SimpleGrid cols={{ base: 1, xs: 2, md: 4 }} spacing="sm" verticalSpacing="xs" flex={1}>
        <Autocomplete
          label={t("prices.model")}
          value={price.model}
          onChange={(model) => onChange({ ...price, model })}
          data={[...names]}
          maxLength={256}
          required
          disabled={disabled}
        />
        {(["input", "cachedInput", "output"] as const).map((part) => (
          <NumberInput
            key={part}
            label={t(`prices.${part}`)}
            value={price[part]}
            onChange={(value) => onChange({ ...price, [part]: value })}
            minimum={0}
            maximum={10_000}
            required={part !== "cachedInput"}
            example={part === "cachedInput" ? price.input : undefined}
            disabled={disabled}
          />
        ))}
      </SimpleGrid>
      {!disabled && (
        <ActionIcon
          variant="subtle"
          color="gray"
          size="lg"
          mt={24}
          aria-label={t("prices.remove", { name })}
          onClick={onRemove}
        >
          <IconTrash size={18} aria-hidden />
        </ActionIcon>
      )}
    </Group>
  );
};
