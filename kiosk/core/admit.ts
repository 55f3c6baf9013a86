import type { Need } from "./duties.ts";
import { Fault } from "./fault.ts";
import { type Actor, type Role, roles } from "./roles.ts";

/** May they? Decided from what they showed alone. */

export interface Shown {
  /** Whose sessions go on; at most two. */
  readonly sessions: readonly Actor[];
  /** True where they can read the clock's state folder. */
  readonly isOwner: boolean;
  /** True on a demo's clock that has no operators. */
  readonly isDemo: boolean;
  /** Roles of those operators who have brought their key. */
  readonly held: readonly Role[];
}

export type Admitted =
  /** All who act: two where two are needed. */
  { readonly is: "yes"; readonly actors: readonly [Actor, ...Actor[]] } | { readonly is: "no"; readonly fault: Fault };

const demo: Actor = { by: "demo", role: "demo", reason: null, ticket: null };
const owner: Actor = { by: "owner", role: "owner", reason: null, ticket: null };
const desk: Actor = { by: "desk", role: null, reason: null, ticket: null };

export function admit(need: Need, isManaging: boolean, { sessions, isOwner, isDemo, held }: Shown): Admitted {
  const of = (role: Role): Actor | undefined => sessions.find((session) => session.role === role);
  switch (need.who) {
    case "anybody":
      return yes(sessions[0] ?? desk);
    case "owner": {
      if (!isOwner)
        return no(
          "only whoever keeps the clock's state folder says who may act here",
          "Be the user it runs as, or root.",
        );
      if (!isManaging || !held.includes("privacy-officer")) return yes(owner);
      // Whoever keeps the machine must not make themselves anything they like.
      const officer = of("privacy-officer");
      return officer === undefined ? wanting(["privacy-officer"], sessions) : yes(owner, officer);
    }
    case "one": {
      if (isDemo) return yes(demo);
      const actor = need.of.map(of).find((one) => one !== undefined);
      return actor === undefined ? wanting(need.of, sessions) : yes(actor);
    }
    case "two": {
      if (isDemo) return yes(demo);
      const [first, second] = need.of.map(of);
      if (first === undefined || second === undefined) return wanting(need.of, sessions, " together");
      return yes(first, second);
    }
  }
}

const yes = (...actors: readonly [Actor, ...Actor[]]): Admitted => ({ is: "yes", actors });

const no = (message: string, remedy: string): Admitted => ({
  is: "no",
  fault: new Fault("role-refused", message, remedy),
});

function wanting(of: readonly Role[], sessions: readonly Actor[], how = ""): Admitted {
  const wanted = roles.filter((role) => of.includes(role)).join(how === "" ? " or " : " and ");
  if (sessions.length === 0) {
    const message = `this is work of a ${wanted}${how}, and no session of theirs goes on`;
    const remedy =
      "Begin one: `lintel session begin --key FILE --reason CODE`; the first operators are made with `lintel operator add`.";
    return { is: "no", fault: new Fault("session-needed", message, remedy) };
  }
  return no(`this is work of a ${wanted}${how}`, "Ask one; nobody has the rights of another role here.");
}
