import { Fieldset, Group, Stack, Text, UnstyledButton } from "@mantine/core";
import { useId, useState } from "react";
import { flushSync } from "react-dom";
import { IconChevronDown, IconChevronRight } from "../icons.tsx";
import type { FieldProps } from "./field.tsx";
import { useFormContext } from "./form-context.ts";
import { isAnythingSet } from "./group-values.ts";
import { Members } from "./members.tsx";

/** Fields that belong together. In a form of many groups those fold in which nothing is set and nothing is wrong. */
export const GroupField = (props: FieldProps) => {
  const { schema, name, pointer } = props;
  const { folds } = useFormContext();
  const isOutermost = pointer.lastIndexOf("/") === 0;
  if (folds && isOutermost) return <FoldingGroup {...props} />;
  return (
    <Fieldset legend={schema.title ?? name} variant="default">
      <GroupContent {...props} />
    </Fieldset>
  );
};

const FoldingGroup = (props: FieldProps) => {
  const { schema, name, pointer, value } = props;
  const { root, hasErrorIn, isSecretSet, isMarked } = useFormContext();
  const content = useId();
  const isSet = isAnythingSet(
    { schema, pointer, value },
    root,
    (field) => isSecretSet(field) || isMarked(field),
  );
  const [wasSet, setWasSet] = useState(isSet);
  const [isOpen, setIsOpen] = useState(isSet);
  if (isSet !== wasSet) {
    setWasSet(isSet);
    // What was emptied stays in sight of whoever empties it.
    if (isSet) setIsOpen(true);
  }
  const hasError = hasErrorIn(pointer);
  const isShown = isOpen || hasError;
  const Icon = isShown ? IconChevronDown : IconChevronRight;
  return (
    <Fieldset
      variant="default"
      legend={
        <UnstyledButton
          aria-expanded={isShown}
          aria-controls={content}
          aria-disabled={hasError}
          onClick={() => {
            if (!hasError) setIsOpen(!isOpen);
          }}
        >
          <Group gap={4} wrap="nowrap">
            <Icon size={16} aria-hidden />
            {schema.title ?? name}
          </Group>
        </UnstyledButton>
      }
      // The browser leads to what it finds wrong, which it can do only where that is in sight.
      onInvalidCapture={() => flushSync(() => setIsOpen(true))}
    >
      {/* Hidden and not left out: fields keep what was typed into them. */}
      <div id={content} hidden={!isShown}>
        <GroupContent {...props} />
      </div>
    </Fieldset>
  );
};

const GroupContent = ({ schema, pointer, value, onChange }: FieldProps) => (
  <Stack gap="md">
    {schema.description !== undefined && (
      <Text size="xs" c="dimmed">
        {schema.description}
      </Text>
    )}
    <Members schema={schema} pointer={pointer} value={value} onChange={onChange} />
  </Stack>
);
