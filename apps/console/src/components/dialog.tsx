import { Alert, Button, Group, Modal, type ModalProps } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useBlocker } from "@tanstack/react-router";
import { createContext, type ReactNode, use, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import styles from "./dialog.module.css";

export interface DialogProps {
  readonly title: ReactNode;
  readonly children: ReactNode;
  /** Called when the dialog is to go; it is shown for as long as it is mounted. */
  readonly onClose: () => void;
  /** Whether closing it, or leaving the page, would lose what somebody has entered: then it asks first. */
  readonly isDirty?: boolean;
  /** Keeps it open by accident, while something is under way. */
  readonly isBusy?: boolean;
  readonly size?: ModalProps["size"];
}

interface DialogControls {
  /** False where the same form stands on a page. */
  readonly isDialog: boolean;
  /** Closes, and asks first when something would be lost. */
  close(): void;
  /** Closes at once: what was entered is saved. */
  leave(): void;
}

const Controls = createContext<DialogControls>({
  isDialog: false,
  close: () => undefined,
  leave: () => undefined,
});

/** For what stands in a `Dialog`. */
export const useDialog = (): DialogControls => use(Controls);

/** For a form of dialogs that stands on a page: what would close the dialog calls `onClose`. */
export const InsteadOfDialog = ({ onClose, children }: Pick<DialogProps, "onClose" | "children">) => {
  const controls = useMemo<DialogControls>(
    () => ({ isDialog: false, close: onClose, leave: () => undefined }),
    [onClose],
  );
  return <Controls value={controls}>{children}</Controls>;
};

/** A dialog over the page, which fills a phone. Focus stays within, and returns to where it was. */
export const Dialog = ({
  title,
  children,
  onClose,
  isDirty = false,
  isBusy = false,
  size = "lg",
}: DialogProps) => {
  const { t } = useTranslation();
  const isPhone = useMediaQuery("(max-width: 48em)");
  const [isAsking, setIsAsking] = useState(false);
  const isLeaving = useRef(false);
  useReturnedFocus();
  const blocker = useBlocker({
    shouldBlockFn: () => isDirty && !isLeaving.current,
    enableBeforeUnload: () => isDirty && !isLeaving.current,
    withResolver: true,
  });
  const controls = useMemo<DialogControls>(() => {
    const leave = () => {
      isLeaving.current = true;
      onClose();
    };
    return { isDialog: true, leave, close: () => (isDirty ? setIsAsking(true) : leave()) };
  }, [isDirty, onClose]);
  const isBlocked = blocker.status === "blocked";
  const stay = () => {
    setIsAsking(false);
    if (isBlocked) blocker.reset();
  };
  return (
    <Modal
      opened
      onClose={isBusy ? () => undefined : controls.close}
      title={title}
      size={size}
      fullScreen={isPhone === true}
      returnFocus={false}
      closeButtonProps={{ "aria-label": t("close"), disabled: isBusy }}
      transitionProps={{ duration: 0 }}
      classNames={{ title: styles.title ?? "" }}
    >
      <Controls value={controls}>{children}</Controls>
      {(isAsking || isBlocked) && (
        <Alert color="orange" mt="md" role="alertdialog" aria-label={t("notSaved")} title={t("notSaved")}>
          <Group gap="xs">
            <Button
              size="xs"
              color="red"
              autoFocus
              onClick={isBlocked ? () => blocker.proceed() : controls.leave}
            >
              {t("discard")}
            </Button>
            <Button size="xs" variant="default" onClick={stay}>
              {t("stay")}
            </Button>
          </Group>
        </Alert>
      )}
    </Modal>
  );
};

/** Focus goes back to what opened the dialog; of a menu's item, which is gone by then, to the menu's button. */
const useReturnedFocus = (): void => {
  const [opener] = useState(() => {
    const active = document.activeElement;
    const menu = active?.closest("[role=menu]")?.getAttribute("aria-labelledby");
    return (menu !== null && menu !== undefined ? document.getElementById(menu) : null) ?? active;
  });
  useEffect(
    () => () => {
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus({ preventScroll: true });
    },
    [opener],
  );
};

export interface DialogActionsProps {
  /** What stands apart, at the other side: such as the way back. */
  readonly aside?: ReactNode;
  readonly children: ReactNode;
}

/** The buttons at the foot of a dialog, or of its form on a page, always in sight: the way out, then what it is for. */
export const DialogActions = ({ aside, children }: DialogActionsProps) => {
  const { isDialog } = useDialog();
  return (
    <Group justify="flex-end" gap="xs" className={isDialog ? styles.actions : styles.pageActions}>
      {aside !== undefined && <div style={{ marginRight: "auto" }}>{aside}</div>}
      {children}
    </Group>
  );
};
