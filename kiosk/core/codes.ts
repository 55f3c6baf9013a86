import { arrived } from "./arrival.ts";
import { claimIn, errandIn, isBusy } from "./claim.ts";
import type { Step } from "./event.ts";
import { trustAt } from "./ground.ts";
import { invited, returned, visitByBadge } from "./guests/invited.ts";
import type { Visit } from "./guests/types.ts";
import type { Memory } from "./memory.ts";
import { type PassSeen, readPass, withPass } from "./pass.ts";
import type { Policy } from "./policy.ts";
import { claimOf, proofBy, together } from "./proof.ts";
import { answered, refused } from "./punch.ts";
import { askedIn, unsaid } from "./questions.ts";
import { areEyesUp } from "./surroundings.ts";
import type { Stamp } from "./time.ts";
import type { RefusedWhy } from "./view.ts";

/** Codes before the camera. A genuine pass is somebody; anything else is nothing at all, and leaves no trace. */

/** A code that was answered lies before the camera for a while; it is answered anew once it was gone for so long. */
const goneMs = 3_000;

const words: Readonly<Record<Exclude<PassSeen["is"], "nothing" | "employee">, RefusedWhy>> = {
  late: "pass-late",
  used: "pass-used",
  elsewhere: "pass-elsewhere",
  visitor: "pass-visitor",
};

/** Whether codes are worth reading at this moment. */
export function wantsCodes(memory: Memory, policy: Policy): boolean {
  const { state } = memory;
  const isWay = policy.ways.includes("qr") && policy.passKeys.length > 0;
  if (!(isWay || policy.visitors !== null) || !areEyesUp(memory)) return false;
  return !isBusy(state) && state.at !== "enrol" && state.at !== "enrolled";
}

/** @returns null where no code says anything: the sight is then about faces alone. */
export function onCodes(memory: Memory, texts: readonly string[], now: Stamp, policy: Policy): Step | null {
  if (texts.length === 0 || !wantsCodes(memory, policy)) return null;
  const { tenant, site, passKeys: keys } = policy;
  const trust = trustAt(memory, now);
  for (const text of texts) {
    const known = memory.answeredCode;
    if (known?.text === text && now.monoMs - known.seenMs < goneMs) {
      return [{ ...memory, answeredCode: { text, seenMs: now.monoMs } }, []];
    }
    const badge = policy.visitors === null ? null : visitByBadge(memory, text);
    const pass = readPass(text, { tenant, site, keys }, memory.passes, now, trust.reach === "minutes");
    if (badge === null && (pass.is === "nothing" || !isWanted(pass, policy))) continue;
    const noted: Memory = { ...memory, answeredCode: { text, seenMs: now.monoMs } };
    if (pass.is === "employee") return shown(noted, pass, now, policy);
    const [free, effects] = askedIn(memory.state) === null ? ([noted, []] as const) : unsaid(noted, now, policy);
    // Somebody was asked something, and their punch goes to the disk first: this one is told when it is shown again.
    if (isBusy(free.state)) return [free, effects];
    const [next, more] = asVisitor(free, badge, pass, now, policy) ?? [null, []];
    if (next !== null) return [next, [...effects, ...more]];
    if (pass.is === "nothing") continue;
    return [refused(answered(free, now), words[pass.is], now, now, policy), effects];
  }
  return null;
}

/** An employee's pass is worth nothing where nobody comes in by one; visitors' codes are read there all the same. */
const isWanted = (pass: PassSeen, { ways, visitors }: Policy): boolean =>
  ways.includes("qr") || (pass.is === "visitor" && visitors !== null);

/** Null where it is no visitor's, or none are received here. */
function asVisitor(memory: Memory, badge: Visit | null, pass: PassSeen, now: Stamp, policy: Policy): Step | null {
  const { state } = memory;
  const isVisitors = badge !== null || (pass.is === "visitor" && policy.visitors !== null);
  // What a visitor said goes to the disk first.
  if (isVisitors && state.at === "guests" && state.now.step === "busy") return [memory, []];
  if (badge !== null) return returned(memory, badge, now, policy);
  if (pass.is !== "visitor" || policy.visitors === null) return null;
  const { v, host, fromUtcMs, untilUtcMs } = pass;
  const known = memory.guests.invites.get(v);
  return invited(memory, known ?? { v, host, fromUtcMs, untilUtcMs, code: null }, now, policy);
}

function shown(memory: Memory, pass: Extract<PassSeen, { is: "employee" }>, now: Stamp, policy: Policy): Step {
  const { person } = pass;
  if (!memory.people.has(person)) return [refused(answered(memory, now), "pass-elsewhere", now, now, policy), []];
  const { state } = memory;
  const asked = askedIn(state);
  if (asked !== null && (asked.person !== person || !asked.wantsMore || asked.ways.includes("qr"))) {
    const [free, effects] = unsaid(memory, now, policy);
    // The same one does not wait. Somebody else's pass was not taken yet, and is read again when the disk is free.
    return [asked.person === person ? free : { ...free, answeredCode: null }, effects];
  }
  const proof = proofBy("qr", person, pass.isClockWeak ? ["clock-weak"] : []);
  const claim = asked === null ? null : claimIn(state);
  const whole =
    claim === null ? claimOf(proof, now, errandIn(state)) : { ...claim, proof: together(claim.proof, proof) };
  return arrived({ ...memory, passes: withPass(memory.passes, pass, now) }, whole, now, policy);
}
