import { useEffect, useRef, useState } from "react";

/** Text that is typed here and told after `delayMs`, and that follows when it changes elsewhere, such as by the way back. */
export const useTypedText = (told: string, tell: (text: string) => void, delayMs: number) => {
  const [typed, setTyped] = useState(told);
  const lastTold = useRef(told);
  const latestTell = useRef(tell);
  latestTell.current = tell;
  useEffect(() => {
    if (told === lastTold.current) return;
    lastTold.current = told;
    setTyped(told);
  }, [told]);
  useEffect(() => {
    if (typed === lastTold.current) return;
    const timer = setTimeout(() => {
      lastTold.current = typed;
      latestTell.current(typed);
    }, delayMs);
    return () => clearTimeout(timer);
  }, [typed, delayMs]);
  return [typed, setTyped] as const;
};
