import { Fault } from "../../core/fault.ts";

/** What PostgreSQL, its client or the socket says, in our words. Never a password: the URL is not repeated. */
export function postgresFault(cause: unknown, doing: "opening" | "reading" | "writing"): unknown {
  if (cause instanceof Fault || !(cause instanceof Error)) return cause;
  const code = "code" in cause && typeof cause.code === "string" ? cause.code : "";
  const told = `PostgreSQL (${doing}): ${cause.message || code}`;
  const remedy = remedies.find(([pattern]) => pattern.test(code))?.[1];
  if (remedy !== undefined) return new Fault("sink-unusable", told, remedy, cause);
  if (/^fsync is off/.test(cause.message)) {
    return new Fault("sink-unusable", told, "Set fsync = on in postgresql.conf: receipts are promises.", cause);
  }
  if (/another version of lintel/.test(cause.message)) {
    return new Fault("sink-unusable", told, "Use the lintel that made these tables, or another database.", cause);
  }
  const isAway =
    /^(ECONN|ENOTFOUND|EAI_|ENOENT|EPIPE|ETIMEDOUT|EHOSTUNREACH|08|57P|53|40|55P03)/.test(code) ||
    /terminated|timeout|timed out|closed|not queryable|rolled back/i.test(cause.message);
  if (!isAway) return cause;
  return new Fault(
    doing === "opening" ? "sink-unreachable" : "sink-lost",
    told,
    "Check that the database runs and can be reached; whatever was not receipted comes again by itself.",
    cause,
  );
}

const remedies: readonly (readonly [RegExp, string])[] = [
  [/^28/, "Check user and password, and pg_hba.conf on the server."],
  [/^3D000$/, "That database does not exist: make it with createdb, or correct the name."],
  [/^42501$/, "Give this user the right to make tables in the database (GRANT CREATE ON SCHEMA public)."],
  [/^42P01$/, "The tables are gone: start `lintel receive` once to make them."],
  [/^(42|22|23)/, "The tables are not as lintel made them: use a database of its own."],
  [/^25006$/, "This server only reads: name the primary."],
];
