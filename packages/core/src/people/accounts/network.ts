/** What one customer of a provider is given at the least: counting single addresses of IPv6 would count nothing. */
const IPV6_GROUPS = 4;
const ALL_GROUPS = 8;

/** By what clients are told apart that nothing else is known of: the address, and of IPv6 the first 64 bits. */
export const networkOf = (address: string): string => {
  const plain = address.replace(/%.*$/, "").replace(/^::ffff:(?=\d+\.)/i, "");
  const canonical = plain.includes(":") ? URL.parse(`http://[${plain}]`)?.hostname : undefined;
  if (canonical === undefined) return plain; // of IPv4, or no address at all
  const [head = "", tail] = canonical.slice(1, -1).split("::");
  const first = head === "" ? [] : head.split(":");
  const last = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = Array.from({ length: ALL_GROUPS - first.length - last.length }, () => "0");
  return `${[...first, ...(tail === undefined ? [] : zeros), ...last].slice(0, IPV6_GROUPS).join(":")}::/64`;
};
