import { InvalidInputError } from "@patchbay/sdk";
import ICAL from "ical.js";

export interface CalendarEvent {
  readonly title: string;
  /** RFC 3339; a date alone for events of whole days. */
  readonly start: string;
  readonly end: string;
  readonly location: string | null;
  readonly description: string | null;
}

/** Occurrences of one recurring event that are looked at; a rule without end stops here. */
const MAX_OCCURRENCES = 10_000;
const MAX_EVENTS = 1_000;

/** The events of a calendar that touch the window, by start. Throws `InvalidInputError` for a text that is no calendar. */
export const eventsOf = (
  text: string,
  from: Date,
  to: Date,
): { readonly name: string | null; readonly events: readonly CalendarEvent[] } => {
  const calendar = parse(text);
  for (const zone of calendar.getAllSubcomponents("vtimezone")) ICAL.TimezoneService.register(zone);
  const events = calendar
    .getAllSubcomponents("vevent")
    .map((component) => new ICAL.Event(component))
    .filter((event) => !event.isRecurrenceException())
    .flatMap((event) => occurrencesOf(event, from, to));
  const name = calendar.getFirstPropertyValue("x-wr-calname");
  return {
    name: typeof name === "string" ? name : null,
    events: events.sort((a, b) => (a.start < b.start ? -1 : 1)).slice(0, MAX_EVENTS),
  };
};

const parse = (text: string): ICAL.Component => {
  try {
    const calendar = new ICAL.Component(ICAL.parse(text) as unknown as string);
    if (calendar.name === "vcalendar") return calendar;
  } catch (error) {
    throw notACalendar(error instanceof Error ? error.message : String(error));
  }
  throw notACalendar("it does not begin with VCALENDAR");
};

const notACalendar = (why: string): InvalidInputError =>
  new InvalidInputError(`There is no calendar at this address: ${why}`, {
    errors: [{ pointer: "/url", message: "Name the address of an iCalendar file." }],
  });

const occurrencesOf = (event: ICAL.Event, from: Date, to: Date): CalendarEvent[] => {
  if (!event.isRecurring())
    return within(event.startDate, event.endDate, from, to)
      ? [describe(event, event.startDate, event.endDate)]
      : [];
  const found: CalendarEvent[] = [];
  const iterator = event.iterator();
  for (let count = 0; count < MAX_OCCURRENCES; count += 1) {
    const next = iterator.next();
    if (!next || next.toJSDate() > to) break;
    const { item, startDate, endDate } = event.getOccurrenceDetails(next);
    if (within(startDate, endDate, from, to)) found.push(describe(item, startDate, endDate));
  }
  return found;
};

const within = (start: ICAL.Time, end: ICAL.Time, from: Date, to: Date): boolean =>
  start.toJSDate() <= to && end.toJSDate() >= from;

const describe = (event: ICAL.Event, start: ICAL.Time, end: ICAL.Time): CalendarEvent => ({
  title: event.summary ?? "",
  start: timeOf(start),
  end: timeOf(end),
  location: event.location || null,
  description: event.description || null,
});

const timeOf = (time: ICAL.Time): string => (time.isDate ? time.toString() : time.toJSDate().toISOString());
