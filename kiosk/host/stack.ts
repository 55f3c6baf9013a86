/**
 * Where a bug happened, for the log: files and lines and never the message, because a message may quote what somebody is
 * called. Whatever else stands in a stack (a cause, an aggregate, what a library put there) is left out too.
 */
export function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return "not an Error";
  const frames = (error.stack ?? "")
    .split("\n")
    .filter((line) => /^ {4}at .*(:\d+:\d+\)?|<anonymous>\)?|native\)?)$/.test(line));
  return [`${error.constructor.name} (message withheld)`, ...frames].join("\n");
}
