import { type RefObject, useEffect, useLayoutEffect, useRef } from "react";

/** So near to the end, in CSS pixels, somebody reads along. */
const NEAR = 48;

/**
 * Keeps the end of what was said in sight while somebody reads there, and leaves it where it is while they read further up. `turn` names
 * what they have said last: then they are at the end again.
 */
export const useFollow = (said: RefObject<HTMLElement | null>, turn: string | undefined): void => {
  const isFollowing = useRef(true);
  useEffect(() => {
    const element = said.current;
    if (element === null) return;
    const look = () => {
      const { scrollHeight, scrollTop, clientHeight } = scrolledOf(element);
      isFollowing.current = scrollHeight - scrollTop - clientHeight < NEAR;
    };
    const targets = [element, document];
    for (const target of targets) target.addEventListener("scroll", look, { passive: true });
    return () => {
      for (const target of targets) target.removeEventListener("scroll", look);
    };
  }, [said]);
  const seen = useRef(turn);
  // After each rendering: whatever has come is at the end.
  useLayoutEffect(() => {
    const element = said.current;
    if (element === null || turn === undefined) return;
    if (seen.current !== turn) isFollowing.current = true;
    seen.current = turn;
    if (!isFollowing.current) return;
    const scrolled = scrolledOf(element);
    scrolled.scrollTop = scrolled.scrollHeight;
  });
};

/** On a phone all of the page scrolls, since there is no room for more. */
const scrolledOf = (element: HTMLElement): Element =>
  getComputedStyle(element).overflowY === "visible" ? document.documentElement : element;
