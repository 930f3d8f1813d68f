import { type RefObject, useEffect, useLayoutEffect, useRef } from "react";

/** So near to the end, in CSS pixels, somebody reads along. */
const NEAR = 48;

/**
 * Keeps the end of what scrolls in sight while somebody reads there, and leaves it where it is while they read further up. `turn` names
 * what they have said last: then they are at the end again.
 */
export const useFollow = (scrolled: RefObject<HTMLElement | null>, turn: string | undefined): void => {
  const isFollowing = useRef(true);
  useEffect(() => {
    const element = scrolled.current;
    if (element === null) return;
    const look = () => {
      isFollowing.current = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR;
    };
    element.addEventListener("scroll", look, { passive: true });
    return () => element.removeEventListener("scroll", look);
  }, [scrolled]);
  const seen = useRef(turn);
  // After each rendering: whatever has come is at the end.
  useLayoutEffect(() => {
    const element = scrolled.current;
    if (element === null) return;
    if (seen.current !== turn) isFollowing.current = true;
    seen.current = turn;
    if (isFollowing.current) element.scrollTop = element.scrollHeight;
  });
};
