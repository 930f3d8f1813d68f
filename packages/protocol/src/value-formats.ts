/** Formats of texts in settings: whether a text has it, and what to write instead, with an example. */
export interface ValueFormat {
  readonly fits: (text: string) => boolean;
  /** Goes on after "It must be". */
  readonly wanted: string;
}

/** A secret, before encryption. Tokens and certificates fit. */
const MAX_SECRET_CHARACTERS = 16_384;
/** An address of mail (RFC 5321), and a name of a host. */
const MAX_EMAIL_CHARACTERS = 254;
const MAX_HOSTNAME_CHARACTERS = 253;

const DATE = /^(\d{4})-(\d\d)-(\d\d)$/;
const TIME = /^(\d\d):(\d\d)(?::(\d\d)(?:\.\d{1,9})?)?(Z|z|([+-])(\d\d):(\d\d))?$/;
const LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?";
const HOSTNAME = new RegExp(`^${LABEL}(?:\\.${LABEL})*$`, "i");
const LOCAL_PART = /^[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*$/;
const BYTE = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
const IPV4 = new RegExp(`^${BYTE}(?:\\.${BYTE}){3}$`);
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const URI = /^[a-z][a-z0-9+.-]*:(?:[\w.~:/?#@!$&'()*+,;=-]|%[0-9a-f]{2})*$/i;

/** An IPv6 address as the host of an address; brackets stand nowhere else. */
const IN_BRACKETS = /^([a-z][a-z0-9+.-]*:\/\/(?:[^/?#@[\]]*@)?)\[[0-9a-f:.]+\](?=[:/?#]|$)/i;

const isDate = (text: string): boolean => {
  const [, year, month, day] = (DATE.exec(text) ?? []).map(Number);
  if (year === undefined || month === undefined || day === undefined) return false;
  // Day 0 of the next month is the last one of this.
  const date = new Date(0);
  date.setUTCFullYear(year, month, 0);
  return month >= 1 && month <= 12 && day >= 1 && day <= date.getUTCDate();
};

const MINUTES_A_DAY = 24 * 60;

const isTime = (text: string): boolean => {
  const found = TIME.exec(text);
  if (found === null) return false;
  const [hour, minute, second, zoneHour, zoneMinute] = [1, 2, 3, 6, 7].map((at) =>
    Number(found[at] ?? 0),
  ) as [number, number, number, number, number];
  if (hour > 23 || minute > 59 || second > 60 || zoneHour > 23 || zoneMinute > 59) return false;
  if (second < 60) return true;
  // Leap seconds are the last ones of a day in UTC.
  const ahead = (found[5] === "-" ? -1 : 1) * (zoneHour * 60 + zoneMinute);
  return (hour * 60 + minute - ahead + MINUTES_A_DAY) % MINUTES_A_DAY === MINUTES_A_DAY - 1;
};

const isDateTime = (text: string): boolean =>
  /^[Tt ]$/.test(text.charAt(10)) && isDate(text.slice(0, 10)) && isTime(text.slice(11));

const isHostname = (text: string): boolean => text.length <= MAX_HOSTNAME_CHARACTERS && HOSTNAME.test(text);

const isEmail = (text: string): boolean => {
  const at = text.lastIndexOf("@");
  return (
    text.length <= MAX_EMAIL_CHARACTERS &&
    LOCAL_PART.test(text.slice(0, Math.max(at, 0))) &&
    isHostname(text.slice(at + 1))
  );
};

const isUri = (text: string): boolean =>
  URI.test(text.replace(IN_BRACKETS, "$1address")) &&
  (!/^(?:https?|wss?|ftp):/i.test(text) || URL.canParse(text));

const format = (fits: ValueFormat["fits"], wanted: string): ValueFormat => ({ fits, wanted });

const FORMATS: Readonly<Record<string, ValueFormat>> = {
  secret: format(
    (text) => text.length <= MAX_SECRET_CHARACTERS,
    `at most ${MAX_SECRET_CHARACTERS} characters`,
  ),
  email: format(isEmail, "an e-mail address such as ada@example.com"),
  uri: format(isUri, "an address such as https://example.com/path"),
  date: format(isDate, "a date such as 2026-03-01"),
  "date-time": format(
    isDateTime,
    "a date and time such as 2026-03-01 12:30, or with seconds and zone 2026-03-01T12:30:00+01:00",
  ),
  time: format(isTime, "a time such as 12:30, or with seconds and zone 12:30:00+01:00"),
  ipv4: format((text) => IPV4.test(text), "an IPv4 address such as 192.0.2.1"),
  ipv6: format(
    (text) => /^[0-9a-f:.]+$/i.test(text) && URL.canParse(`http://[${text}]/`),
    "an IPv6 address such as 2001:db8::1",
  ),
  uuid: format((text) => UUID.test(text), "a UUID such as 123e4567-e89b-12d3-a456-426614174000"),
  hostname: format(isHostname, "a name of a host such as api.example.com"),
};

export const VALUE_FORMATS: readonly string[] = Object.keys(FORMATS);

/** The format of that name, or undefined where a name is not known. */
export const valueFormat = (name: unknown): ValueFormat | undefined =>
  typeof name === "string" && Object.hasOwn(FORMATS, name) ? FORMATS[name] : undefined;
