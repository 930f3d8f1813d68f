/** What the console bears from the frame of a plugin. Sizes and rates of messages are in the protocol package. */

/** How often a frame is asked whether it is there. */
export const HEARTBEAT_MS = 1_000;
/** Beats in a row that may stay without an answer. Counted, not timed: a laptop that slept is no hung plugin. */
export const MISSED_BEATS = 3;
/** From the making of the element until the plugin's component is on the screen, in beats. */
export const START_BEATS = 30;
/** `onDeactivate` may take this long before the frame is taken away. */
export const STOP_MS = 1_000;
/** A frame's content may ask for this height, in CSS pixels, when its place says nothing. */
export const MAX_FRAME_HEIGHT = 4_000;
/** A focus that comes within this time of a Tab is that of whoever pressed it. */
export const TAB_REACH_MS = 500;
/** Faults that one frame may have reported. */
export const MAX_REPORTED_FAULTS = 20;
/** A frame has a process of its own: that a pointer came over it may be known here only after its click was. */
export const POINTER_REACH_MS = 200;
