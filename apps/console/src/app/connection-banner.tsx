import { Alert } from "@mantine/core";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Connection } from "../api/live.ts";
import { useSession } from "../api/session.ts";
import { IconPlugConnectedX } from "../components/icons.tsx";
import styles from "./connection-banner.module.css";

/** A connection that is back sooner, in milliseconds, is nobody's concern. */
const PATIENCE_MS = 1_500;

/** Across the page for as long as the server does not answer. */
export const ConnectionBanner = ({ connection }: { connection: Connection }) => {
  const { t } = useTranslation();
  const { isOver } = useSession();
  const isLost = connection === "lost" && !isOver;
  const [isShown, setIsShown] = useState(false);
  useEffect(() => {
    if (!isLost) return setIsShown(false);
    const timer = setTimeout(() => setIsShown(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [isLost]);
  if (!isShown) return null;
  return (
    <Alert
      className={styles.banner}
      color="orange"
      variant="filled"
      autoContrast
      role="alert"
      icon={<IconPlugConnectedX aria-hidden />}
      title={t("status.lostTitle")}
    >
      {t("status.lostText")}
    </Alert>
  );
};
