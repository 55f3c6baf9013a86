/** Versions of releases: three numbers, `1.4.2`. What is tried out has numbers too, or could not be ordered. */
export const versionPattern = /^\d{1,5}\.\d{1,5}\.\d{1,5}$/;

export const isVersion = (text: string): boolean => versionPattern.test(text);

/** Both must be versions. */
export function isNewer(one: string, other: string): boolean {
  const theirs = other.split(".").map(Number);
  const ours = one.split(".").map(Number);
  const at = ours.findIndex((number, index) => number !== theirs[index]);
  return at !== -1 && (ours[at] ?? 0) > (theirs[at] ?? 0);
}
