import { alarmed } from "./alarmed.ts";
import { dimmed, lit } from "./beacon.ts";
import { posted, takenDown } from "./bulletin.ts";
import { isBusy, nextTaps, onTap } from "./claim.ts";
import { onCodes } from "./codes.ts";
import { newsAfterThanks } from "./consent/news.ts";
import { counterAnswered, counterEnded, counterFailed, isAtCounter, noteSaved, noteUnsaved } from "./counters.ts";
import { ended, lingered, onEnrolBegin, onEnrolEnd, onEnrolSeen } from "./enrolling.ts";
import type { Event, Step } from "./event.ts";
import { trustAt } from "./ground.ts";
import { guestChores } from "./guests/chores.ts";
import { type Memory, recalled, type State, withPeople } from "./memory.ts";
import { stillMissed, withMissed } from "./missed.ts";
import { diagnosed } from "./outage.ts";
import { onPinChecked, unchecked } from "./pin-check.ts";
import type { Policy } from "./policy.ts";
import { refused } from "./punch.ts";
import { unsaid } from "./questions.ts";
import { rested } from "./rest.ts";
import { onRoom } from "./room.ts";
import { onSaved, onSaveFailed } from "./saved.ts";
import { withNews } from "./surroundings.ts";
import { withTail } from "./tail.ts";
import type { Stamp } from "./time.ts";
import { onTouch } from "./touch.ts";
import { noticed, onVisitor, waited } from "./visit.ts";

export type { Effect, Event, Step } from "./event.ts";

/**
 * The punch decision. `step` is pure and total: the same memory, event and policy give the same answer; it never throws,
 * waits or looks at a clock. Whatever it wants done comes back as data, and the result re-enters as an event.
 *
 * Here only who answers which event. Read on in visit.ts (faces), claim.ts (badges), pad.ts (PINs), codes.ts (passes),
 * challenge.ts (movements), look.ts (how it ends), arrival.ts (whether that is enough, and what for) and punch.ts.
 */
export function step(memory: Memory, event: Event, policy: Policy): Step {
  const [told, effects] = answerTo(memory, event, policy);
  const answer: Step = [surrounded(told, memory, event.at), effects];
  // The disk is free again, or nobody uses the screen: whoever waited is next.
  const isFree = event.kind === "saved" || event.kind === "save-failed" || answer[0].state.at === "idle";
  const isChecked = memory.state.at === "pin" && memory.state.ticket !== null && !isBusy(answer[0].state);
  const [after, more] = isFree || isChecked ? nextTaps(answer, event.at, policy) : answer;
  return alarmed([withTail(after, memory, event.at), more], memory, event.at, policy);
}

/** Whoever touches the wall in the middle of a look goes another way. */
const leavingLook = (memory: Memory, at: Stamp, policy: Policy): Memory =>
  memory.state.at === "look" && memory.state.claim === null ? withMissed(memory, memory.state, at, policy) : memory;

/** When the loop should send a tick, in monotonic milliseconds; null while nothing is waited for. */
export function deadlineOf(memory: Memory, policy: Policy): number | null {
  const deadlines = [
    stateDeadlineOf(memory.state, policy),
    memory.rest?.untilMs ?? null,
    memory.beacon?.untilMs ?? null,
    memory.tail?.untilMs ?? null,
    memory.guests.nextMs,
    ...memory.bulletins.map(({ untilMs }) => untilMs),
  ].filter((deadlineMs) => deadlineMs !== null);
  return deadlines.length === 0 ? null : Math.min(...deadlines);
}

/** What stands on the wall beside the punching and ends by itself. */
function surrounded(told: Memory, before: Memory, at: Stamp): Memory {
  const memory = stillMissed(withTrusted(told, at), at);
  const bulletins = takenDown(memory.bulletins, at);
  const beheld = dimmed(memory, before, at);
  return bulletins === memory.bulletins ? beheld : { ...beheld, bulletins };
}

/** Both clocks are noted while the wall clock is trusted: a jump is seen by how the two part. */
function withTrusted(memory: Memory, at: Stamp): Memory {
  const { trusted } = memory;
  const isNew = trusted !== null && at.monoMs - trusted.monoMs < noteEveryMs && at.monoMs >= trusted.monoMs;
  if (memory.state.at === "starting" || isNew) return memory;
  return trustAt(memory, at).reach !== "minutes" ? memory : { ...memory, trusted: at };
}

const noteEveryMs = 60_000;

function answerTo(memory: Memory, event: Event, policy: Policy): Step {
  const { at } = event;
  switch (event.kind) {
    case "ready":
      return [memory.state.at === "starting" ? { ...memory, state: { at: "idle" } } : memory, []];
    case "people":
      return [onPeople(memory, event), []];
    case "sight":
      return onSight(noticed(memory, event.sight), event, policy);
    case "tap":
      return onTap(memory, event.tap, at, policy);
    case "touch":
      return onTouch(leavingLook(memory, at, policy), event.touch, at, policy);
    case "pin-checked":
      return onPinChecked(memory, event, policy);
    case "saved":
      return event.draft.draft === "note"
        ? noteSaved(memory, event.draft, event, policy)
        : [onSaved(memory, event, policy), []];
    case "save-failed":
      return event.draft.draft === "note"
        ? noteUnsaved(memory, event.draft, event, policy)
        : [onSaveFailed(memory, event, policy), []];
    case "counter":
      return counterAnswered(memory, event.answer, at, policy);
    case "counter-failed":
      return counterFailed(memory, event.failure, at, policy);
    case "enrol-begin":
      return onEnrolBegin(memory, event.session, at, policy);
    case "enrol-end":
      return [onEnrolEnd(memory, event.session, event.person, at, policy), []];
    case "uplink":
      return [{ ...withNews(memory, event.news, at), outage: diagnosed(memory.outage, event.news.trouble, at) }, []];
    case "time-fixed":
      return [recalled(memory, [event.fix]), []];
    case "notice":
      return [{ ...memory, notice: event.notice }, []];
    case "bulletin":
      return [{ ...memory, bulletins: posted(memory.bulletins, event.bulletin, at) }, []];
    case "locked":
      return [{ ...memory, locked: event.locked }, []];
    case "identify":
      return [lit(memory, event.forMs, at), []];
    case "volume":
      return [{ ...memory, volume: Math.round(Math.min(100, Math.max(0, event.percent))) }, []];
    case "room":
      return onRoom(memory, event, policy);
    case "tick":
      return guestChores(onTick(rested(memory, at), at, policy), at);
  }
}

/** What was meant for somebody who is not known here, or not any more, is not kept either. */
function onPeople(memory: Memory, { people, enrolled }: Extract<Event, { kind: "people" }>): Memory {
  const known = withPeople(memory, people, enrolled);
  return { ...known, bulletins: memory.bulletins.filter(({ sub }) => sub === null || known.people.has(sub)) };
}

function stateDeadlineOf(state: State, policy: Policy): number | null {
  switch (state.at) {
    case "starting":
    case "idle":
      return null;
    case "look":
      return Math.min(state.untilMs, state.asked?.untilMs ?? state.untilMs, state.seenMs + policy.leaveMs);
    default:
      return state.untilMs;
  }
}

function onSight(memory: Memory, event: Extract<Event, { kind: "sight" }>, policy: Policy): Step {
  const { state } = memory;
  if (state.at === "enrol") return onEnrolSeen(memory, state, event.sight, event.at, policy);
  if (state.at === "enrolled") return [lingered(memory, event.sight), []];
  const coded = onCodes(memory, event.sight.codes, event.at, policy);
  if (coded !== null) return coded;
  return onVisitor(memory, event, policy);
}

function onTick(memory: Memory, at: Stamp, policy: Policy): Step {
  const { state } = memory;
  const deadlineMs = stateDeadlineOf(state, policy);
  if (deadlineMs === null || at.monoMs < deadlineMs) return [memory, []];
  if (isAtCounter(state)) return counterEnded(memory, state, at, policy);
  switch (state.at) {
    case "look":
      return waited(memory, state, at, policy);
    case "saving":
      // The commit may still come: then thanks is shown after all. Until it does, nobody is told that it is safe.
      return [refused(memory, "not-saved", at, at, policy), []];
    case "thanks":
      return newsAfterThanks(memory, at) ?? unsaid(memory, at, policy);
    case "enrol":
      return ended(memory, state, "timed-out", at, policy);
    case "pin":
      return state.ticket === null ? unsaid(memory, at, policy) : [unchecked(memory, state, at, policy), []];
    default:
      return unsaid(memory, at, policy);
  }
}
