import { ActionIcon, Box, Button, Fieldset, Group, Input, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { IconPlus, IconTrash } from "../icons.tsx";
import { type ControlProps, Field } from "./field.tsx";
import { useFormContext } from "./form-context.ts";
import { resolveSchema, startValue } from "./json-schema.ts";

/** Values of one schema, one below the other. */
export const ListField = ({ control, schema, pointer, value, onChange }: ControlProps) => {
  const { t } = useTranslation("forms");
  const { root } = useFormContext();
  const items = resolveSchema(schema.items, root);
  const members = Array.isArray(value) ? value : [];
  const isFull = schema.maxItems !== undefined && members.length >= schema.maxItems;
  return (
    <Fieldset legend={control.label} disabled={control.disabled}>
      <Stack gap="xs">
        {control.description !== undefined && (
          <Text size="xs" c="dimmed" component="div">
            {control.description}
          </Text>
        )}
        {members.map((member, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: members have nothing else by which they could be told apart
          <Group key={index} align="flex-end" gap="xs" wrap="nowrap">
            <Box flex={1}>
              <Field
                name={t("item", { number: index + 1 })}
                schema={items}
                pointer={`${pointer}/${index}`}
                value={member}
                isRequired={false}
                isMember
                onChange={(next) => onChange(members.with(index, next ?? null))}
              />
            </Box>
            <ActionIcon
              variant="subtle"
              color="gray"
              size="lg"
              aria-label={t("removeItem", { number: index + 1, list: control.label })}
              onClick={() => onChange(members.toSpliced(index, 1))}
            >
              <IconTrash size={16} aria-hidden />
            </ActionIcon>
          </Group>
        ))}
        {control.error !== undefined && <Input.Error>{control.error}</Input.Error>}
        <Button
          variant="default"
          size="xs"
          w="fit-content"
          leftSection={<IconPlus size={14} aria-hidden />}
          disabled={isFull}
          onClick={() => onChange([...members, startValue(items, root) ?? null])}
        >
          {t("addItem")}
        </Button>
      </Stack>
    </Fieldset>
  );
};
