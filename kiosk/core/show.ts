import { bulletinsFor } from "./bulletin.ts";
import { wantsCodes } from "./codes.ts";
import { counterView } from "./counters.ts";
import { changesFor, followersOf } from "./directions.ts";
import type { RoomState } from "./health.ts";
import { canTransfer, labelOf } from "./hours.ts";
import type { Asked, Look, Memory, State, Tail } from "./memory.ts";
import { nameOn } from "./naming.ts";
import type { Outage } from "./outage.ts";
import type { PersonId } from "./person.ts";
import type { Policy } from "./policy.ts";
import { longReceiptCode } from "./receipt.ts";
import { visitView } from "./show-visit.ts";
import type { Attention, ChallengeSeen, Effort } from "./sight.ts";
import { localText } from "./time.ts";
import type { OutageView, Strip, View } from "./view.ts";
import type { TailView } from "./visit-view.ts";
import { errandsOf, waysNow } from "./ways.ts";

/**
 * What the wall shows and how hard the camera is looked at are projections of the memory, never commands: nothing can be
 * shown that is not known, and nothing has to be taken back.
 */

/** An idle clock glances and stays cool; it embeds a face only while a person stands there to be recognised. */
export function attentionOf(memory: Memory, policy: Policy): Attention {
  const { state } = memory;
  const asking = state.at === "look" ? state : null;
  return {
    effort: effortOf(memory),
    claim: asking?.claim?.person ?? null,
    challenge: asking?.asked?.challenge ?? null,
    codes: wantsCodes(memory, policy),
  };
}

/** The language of whom the view is about; null where it is nobody's, or nobody said which. */
export function langOf({ state, people, rights }: Memory): string | null {
  const person = personIn(state);
  return person === null ? null : (rights.choices.get(person)?.lang ?? people.get(person)?.lang ?? null);
}

function personIn(state: State): PersonId | null {
  switch (state.at) {
    case "thanks":
    case "enrolled":
    case "request":
    case "consent":
    case "rights":
    case "guests":
    case "absence":
    case "alert":
      return state.person;
    case "saving":
      return state.draft.person;
    case "told":
      // "That was not me": whoever stands there is not the one who was named.
      return state.what === "asked" ? state.person : null;
    case "duplicate":
    case "choose":
    case "open-shift":
    case "hours":
    case "job":
      return state.proof.person;
    case "look":
    case "pin":
    case "also":
      return state.claim?.person ?? null;
    case "override":
      return state.sup;
    default:
      return null;
  }
}

function effortOf({ state, health, settled, present, rest }: Memory): Effort {
  if (state.at === "starting" || health.camera.is === "down" || health.engine.is !== "up") return "off";
  if (state.at === "enrol") return "enrol";
  if (rest !== null) return "glance";
  const isLingering = settled !== null && settled.thanked !== null && present?.track === settled.track;
  return state.at === "look" || (state.at === "idle" && isLingering) ? "look" : "glance";
}

export function viewOf(memory: Memory, policy: Policy): View {
  const { state, health } = memory;
  const nameOf = (person: PersonId): string => nameOn(memory, person, policy);
  const local = (utcMs: number): string => localText(utcMs, policy.timeZone);
  switch (state.at) {
    case "starting":
      return { at: "starting", step: startingStep(memory) };
    case "idle":
      if (memory.beacon !== null) return { at: "identify", device: memory.source.split(":").at(-1) ?? "" };
      return health.journal.is === "down"
        ? { at: "out-of-order", code: health.journal.code, remedy: health.journal.remedy }
        : {
            at: "idle",
            faceRestsUntil: memory.rest === null ? null : local(memory.rest.untilUtcMs),
            bulletins: bulletinsFor(memory.bulletins, null),
            ways: waysNow(memory, policy),
            errands: errandsOf(policy),
            visitors: policy.visitors !== null,
            alert: policy.alert,
          };
    case "look":
      return { ...lookView(state), ways: waysNow(memory, policy, state.errand).filter((way) => way !== "face") };
    case "enrol": {
      const { seen, isKeeping } = state;
      const { pose = "straight", accepted = 0, needed = 1, problem = "nobody", box = null } = seen ?? {};
      return { at: "enrol", pose, accepted, needed, problem, box, isKeeping };
    }
    case "enrolled":
      return { at: "enrolled", name: state.person === null ? "" : nameOf(state.person), isKept: state.person !== null };
    case "saving":
      return { at: "saving", name: nameOf(state.draft.person) };
    case "ways":
    case "pin":
    case "also":
    case "choose":
    case "open-shift":
    case "hours":
    case "job":
    case "request":
    case "told":
    case "muster":
    case "override":
      return visitView(memory, state, policy);
    case "consent":
    case "rights":
    case "guests":
    case "absence":
    case "alert":
      return counterView(memory, state, policy);
    case "thanks":
      return {
        at: "thanks",
        name: nameOf(state.person),
        kind: state.kind,
        local: local(state.punchedAt.utcMs),
        receipt: longReceiptCode({ ...state.position, source: memory.source, rh: state.rh }),
        held: state.held,
        bulletins: bulletinsFor(memory.bulletins, state.person, isMuted(memory, state.person)),
        ...(state.proof.flags.includes("leave") && { isOnLeave: true }),
        saved: true,
        received:
          state.receivedAt === null
            ? null
            : { by: memory.uplink?.receiver ?? "", local: local(state.receivedAt.utcMs) },
        choices: state.changed ? [] : changesFor(state.kind),
        changed: state.changed,
        job: labelOf(state.job, policy),
        can: {
          notMe: !state.changing,
          me: policy.ownHours,
          jobs: !state.changing && canTransfer(memory, state.person, policy),
        },
      };
    case "refused": {
      const isAboutFace = state.why === "not-sure" || state.why === "not-live" || state.why === "several";
      const canRetry = isAboutFace && memory.rest === null;
      const ways = waysNow(memory, policy);
      return { at: "refused", why: state.why, local: local(state.since.utcMs), canRetry, ways };
    }
    case "duplicate":
      return {
        at: "duplicate",
        name: nameOf(state.proof.person),
        kind: state.last.kind,
        sinceLocal: local(state.last.utcMs),
        choices: followersOf(state.last.kind),
      };
  }
}

function lookView({ face, asked, claim, wantsBadge }: Look): Extract<View, { at: "look" }> {
  return {
    at: "look",
    box: face?.box ?? null,
    problem: face?.problem ?? null,
    progress: face?.progress ?? 0,
    challenge: asked === null ? null : challengeView(asked, face?.challenge ?? null),
    alsoWants: claim !== null ? "face" : wantsBadge !== null ? "badge" : null,
  };
}

/** What was seen of an earlier challenge says nothing about this one. */
function challengeView({ challenge: { id, kind } }: Asked, seen: ChallengeSeen | null) {
  const isAbout = seen?.id === id;
  return { kind, isReturning: isAbout && seen.state === "returning", progress: isAbout ? seen.progress : 0 };
}

function startingStep({ health }: Memory): Extract<View, { at: "starting" }>["step"] {
  if (health.journal.is === "starting") return "journal";
  if (health.engine.is === "starting") return "models";
  return "camera";
}

export function stripOf(memory: Memory, policy: Policy): Strip {
  const { health, uplink, outage, locked, notice, simulated, volume, tail } = memory;
  return {
    camera: health.camera.is === "none" ? "off" : lamp(health.camera, health.engine),
    reader: health.reader.is === "none" ? "none" : lamp(health.reader),
    uplink: uplink === null ? "connecting" : uplink.online ? "online" : "offline",
    waiting: uplink?.waiting ?? 0,
    outage: outage === null ? null : outageView(outage),
    locked,
    notice: notice === null ? null : { reason: notice.reason, lost: notice.lost },
    simulated,
    volume,
    tail: tail === null ? null : tailView(memory, tail, policy),
  };
}

/** They wish to be told only what is essential. */
const isMuted = ({ rights }: Memory, person: PersonId): boolean => rights.choices.get(person)?.isMuted === true;

const tailView = (memory: Memory, { person, kind, punchedAt }: Tail, policy: Policy): TailView => ({
  name: nameOn(memory, person, policy),
  kind,
  local: localText(punchedAt.utcMs, policy.timeZone),
});

/** A library may say more than a screen can hold. */
const sentenceMax = 300;

const outageView = ({ code, message, remedy, sinceUtcMs }: Outage): OutageView => ({
  code,
  message: message.slice(0, sentenceMax),
  remedy,
  sinceMs: sinceUtcMs,
});

/** One word for rooms that only work together: down if one is, on if all are. */
function lamp(...rooms: readonly RoomState[]): "starting" | "on" | "lost" {
  if (rooms.some((room) => room.is === "down")) return "lost";
  return rooms.every((room) => room.is === "up") ? "on" : "starting";
}
