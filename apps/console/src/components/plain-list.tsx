import type { ReactNode } from "react";
import styles from "./plain-list.module.css";

/** A list without marks. */
export const PlainList = ({ children }: { readonly children: ReactNode }) => (
  <ul className={styles.list}>{children}</ul>
);

/** One of its entries with a line below, what can be done with it at the other end. */
export const PlainListEntry = ({ children }: { readonly children: ReactNode }) => (
  <li className={styles.entry}>{children}</li>
);
