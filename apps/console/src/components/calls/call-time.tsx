import { Text } from "@mantine/core";
import type { CallDto } from "@patchbay/protocol";
import { useFormats } from "../formats.ts";
import styles from "./calls.module.css";
import { isFault } from "./is-fault.ts";

interface CallTimeProps {
  readonly call: Pick<CallDto, "durationMs" | "code">;
  /** Of what the bar is a part, in milliseconds. */
  readonly ofMs: number;
  /** When it began within that. */
  readonly afterMs?: number;
}

/** How long a call took, with a bar that compares it. */
export const CallTime = ({ call: { durationMs, code }, ofMs, afterMs = 0 }: CallTimeProps) => {
  const formats = useFormats();
  const share = (ms: number) => `${Math.min(100, Math.max(0, (100 * ms) / Math.max(ofMs, 1)))}%`;
  return (
    <div className={styles.time}>
      <div className={styles.track} aria-hidden>
        <div
          className={styles.bar}
          data-failed={isFault(code)}
          style={{ insetInlineStart: share(afterMs), width: share(durationMs) }}
        />
      </div>
      <Text size="xs" ta="end">
        {formats.duration(durationMs)}
      </Text>
    </div>
  );
};
