import { Button, Group, Paper, Stack, Text } from "@mantine/core";
import { type ReactNode, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import {
  type FrameReason,
  FrameSession,
  type FrameSessionOptions,
  type FrameState,
} from "./frame-session.ts";

export interface PluginFrameProps extends Omit<FrameSessionOptions, "changed" | "heightChanged"> {
  /** Changes whenever the plugin's settings did. */
  readonly settingsVersion?: unknown;
  /** CSS height of the frame; as high as its content, up to `maxHeight`, unless given. */
  readonly height?: string;
  /** What people read instead of a view that does not run. */
  readonly words: {
    /** Such as "Weather is not available". */
    failed(pluginName: string): string;
    readonly retry: string;
    /** The cause in the person's language; the session's own words unless given. */
    cause?(reason: FrameReason, cause: string): string;
  };
  stateChanged?(state: FrameState): void;
}

/** A view of a plugin in its frame; in its place, when it fails or hangs, who failed, why, and a way to try again. */
export const PluginFrame = (props: PluginFrameProps): ReactNode => {
  const { view, theme, settingsVersion, height, words } = props;
  const { container, session, state, contentHeight } = useFrameSession(props);
  useEffect(() => session.current?.setTheme(theme), [session, theme]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the version is what says that there is something to tell
  useEffect(() => session.current?.settingsChanged(), [session, settingsVersion]);
  const isGone = state.kind === "failed" || state.kind === "hung";
  return (
    <>
      <div
        ref={container}
        hidden={isGone}
        style={{ height: height ?? `${contentHeight}px` }}
        aria-busy={state.kind === "loading"}
        data-frame={view.pluginId}
        data-state={state.kind}
      />
      {isGone && (
        <Paper withBorder p="md" role="alert">
          <Stack gap="xs">
            <Text fw={600}>{words.failed(view.manifest.name)}</Text>
            <Text size="sm" c="dimmed" style={{ overflowWrap: "anywhere" }}>
              {(words.cause?.(state.reason, state.cause) ?? state.cause).slice(0, MAX_CAUSE_LENGTH)}
            </Text>
            <Group>
              <Button size="xs" variant="default" onClick={() => session.current?.retry()}>
                {words.retry}
              </Button>
            </Group>
          </Stack>
        </Paper>
      )}
    </>
  );
};

/** What a plugin says of its error may be long; the whole is in its log. */
const MAX_CAUSE_LENGTH = 300;
/** Before a view has said how high it is. */
const FIRST_HEIGHT = 80;

/** A session as long as the component shows the same view. What it tells always reaches the newest properties. */
const useFrameSession = (props: PluginFrameProps) => {
  const container = useRef<HTMLDivElement>(null);
  const session = useRef<FrameSession | null>(null);
  const latest = useRef(props);
  const [state, setState] = useState<FrameState>({ kind: "loading" });
  const [contentHeight, setContentHeight] = useState(FIRST_HEIGHT);
  useLayoutEffect(() => {
    latest.current = props;
  });
  const open = useCallback((element: HTMLElement): FrameSession => {
    const { view, theme, locale, maxHeight } = latest.current;
    return new FrameSession(element, {
      view,
      theme,
      locale,
      ...(maxHeight !== undefined && { maxHeight }),
      call: (call) => latest.current.call(call),
      changed: (next) => {
        setState(next);
        latest.current.stateChanged?.(next);
      },
      heightChanged: setContentHeight,
      escaped: () => latest.current.escaped?.(),
      faulted: (fault) => latest.current.faulted?.(fault),
    });
  }, []);
  const { pluginId, uiDigest, name, place } = props.view;
  // A layout effect, since its end comes before the element goes: a frame outside the document is no more.
  // biome-ignore lint/correctness/useExhaustiveDependencies: another view is another session
  useLayoutEffect(() => {
    if (container.current === null) return;
    const opened = open(container.current);
    session.current = opened;
    return () => {
      session.current = null;
      void opened.close();
    };
  }, [open, pluginId, uiDigest, name, place]);
  return { container, session, state, contentHeight };
};
