import { Fault } from "../../../kiosk/core/fault.ts";
import type { PersonId } from "../../../kiosk/core/person.ts";
import type { Engine, Enrolment, EnrolPlan, Likeness, Template } from "../../../kiosk/core/ports/engine.ts";
import type { EnrolSeen, Sight } from "../../../kiosk/core/sight.ts";

/**
 * An engine whose pictures are faces already: a face is a direction in the plane, and its picture is that angle in
 * degrees. It keeps the port's promises, without a network: who is near, who is admitted, who is gone.
 */
export interface SmallEngine extends Engine {
  /** Whom the next frame would be recognised as. */
  readonly whoIs: (degrees: number) => PersonId | null;
  readonly plans: readonly EnrolPlan[];
  /** As a worker that died. */
  readonly die: () => void;
}

export const pictureOf = (degrees: number): Uint8Array => new Uint8Array(Float32Array.of(degrees).buffer);

const degreesOf = (jpeg: Uint8Array): number => new Float32Array(jpeg.slice().buffer)[0] ?? Number.NaN;

const sameWithin = 10;
const alikeWithin = 20;
const framesNeeded = 3;

export function openSmallEngine(spaceId = "plane-1"): SmallEngine {
  const gallery = new Map<PersonId, number>();
  const plans: EnrolPlan[] = [];
  let taken: number[] = [];
  let isDead = false;
  const living = (): void => {
    if (isDead) throw new Fault("engine-lost", "the worker has ended", "It is started again by itself.");
  };
  const admitted = ({ person, vectors, spaceId: of }: Template): void => {
    if (of !== spaceId) throw new RangeError("a template of another space");
    const [x = 1, y = 0] = vectors[0] ?? [];
    gallery.set(person, (Math.atan2(y, x) * 180) / Math.PI);
  };
  const enrolment = (about: Pick<Template, "person" | "consentId" | "createdMs" | "source">): Enrolment => {
    if (taken.length < framesNeeded) {
      throw new Fault("enrol-unusable", `${taken.length} of ${framesNeeded} pictures can be used`, "Take more.");
    }
    const mean = taken.reduce((sum, degrees) => sum + degrees, 0) / taken.length;
    const vectors = [mean, ...taken].map((degrees) => {
      const radians = (degrees / 180) * Math.PI;
      return Float32Array.of(Math.cos(radians), Math.sin(radians));
    });
    taken = [];
    const alike = [...gallery]
      .filter(([person, at]) => person !== about.person && Math.abs(at - mean) < alikeWithin)
      .map(([person, at]): Likeness => ({ person, level: Math.abs(at - mean) < sameWithin ? "same" : "alike" }));
    return { template: { ...about, spaceId, vectors, quality: 80 }, alike };
  };
  return {
    spaceId,
    plans,
    whoIs: (degrees) => [...gallery].find(([, at]) => Math.abs(at - degrees) < sameWithin)?.[0] ?? null,
    die: () => {
      isDead = true;
    },
    observe: async (frame, { effort }): Promise<Sight> => {
      living();
      const nothing = { at: frame.at, faces: 1, face: null, codes: [], enrol: null };
      const plan = plans.at(-1);
      if (effort !== "enrol" || plan === undefined) return nothing;
      const degrees = degreesOf(frame.jpeg);
      const problem = Number.isNaN(degrees) ? "blurred" : null;
      if (problem === null && taken.length < framesNeeded) taken.push(degrees);
      const enrol: EnrolSeen = {
        session: plan.session,
        state: taken.length === framesNeeded ? "done" : "going",
        pose: "straight",
        accepted: taken.length,
        needed: framesNeeded,
        problem,
        box: null,
      };
      return { ...nothing, enrol };
    },
    beginEnrolment: async (plan) => {
      living();
      plans.push(plan);
      taken = [];
    },
    finishEnrolment: async (person, consentId, at) => {
      living();
      return enrolment({ person, consentId, createdMs: at.utcMs, source: "camera" });
    },
    enrolPhotographs: async (person, consentId, jpegs, at) => {
      living();
      taken = jpegs.map(degreesOf).filter((degrees) => !Number.isNaN(degrees));
      return enrolment({ person, consentId, createdMs: at.utcMs, source: "photographs" });
    },
    setGallery: async (templates) => {
      living();
      gallery.clear();
      templates.forEach(admitted);
    },
    admit: async (template) => {
      living();
      admitted(template);
    },
    withdraw: async (person) => {
      living();
      gallery.delete(person);
    },
    forget: async () => living(),
    [Symbol.asyncDispose]: async () => undefined,
  };
}
