import type { Assurance, Method, PunchData } from "../record.ts";

/** How well a punch says who it was. A weak one is paid like any other: a person should look at it. */
export interface Evidence {
  readonly level: "strong" | "ordinary" | "weak";
  /** Why it is not ordinary: codes for lists. */
  readonly reasons: readonly string[];
}

/** What a person should look at, because it says or may say that it was not whom it names, or not of their own will. */
const doubts: ReadonlySet<string> = new Set([
  // Was also wanted and was not shown, or not so that it could be told.
  ...["face-unverified", "face-unavailable", "too-dark", "badge-missing", "pin-missing", "qr-missing", "other-way"],
  // Looked wrong, or was forced.
  ...["pad-suspect", "duress"],
  // Nobody here is expected to come, or somebody else spoke for them.
  ...["not-rostered", "override"],
]);

/** Ways that say who it is by something the person has, knows or is. */
const ownWays: readonly Method[] = ["face", "card", "pin", "qr", "finger"];

export function evidenceOf(punch: Pick<PunchData, "method" | "assure" | "why">): Evidence {
  const { method, assure, why = [] } = punch;
  const weaknesses = why.filter((code) => doubts.has(code));
  if (method.includes("supervisor")) weaknesses.push("by-supervisor");
  if (method.includes("manual")) weaknesses.push("by-hand");
  if (method.includes("face") && assure.match === "low") weaknesses.push("low-likeness");
  if (assure.live === "fail" && !why.includes("pad-suspect")) weaknesses.push("pad-suspect");
  const shown = ownWays.filter((way) => method.includes(way));
  if (weaknesses.length > 0) return { level: "weak", reasons: weaknesses };
  if (shown.length === 0) return { level: "weak", reasons: ["nothing-shown"] };
  const strengths = strengthsOf(shown, assure);
  return { level: strengths.length > 0 ? "strong" : "ordinary", reasons: strengths };
}

/** Two ways are strong. One is strong where it can be neither lent nor copied: a face that is very like and alive. */
function strengthsOf(shown: readonly Method[], { match, live }: Assurance): readonly string[] {
  if (shown.length > 1) return ["two-ways"];
  return shown[0] === "face" && match === "high" && live === "pass" ? ["face-alive"] : [];
}
