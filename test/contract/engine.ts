import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ConsentId } from "../../kiosk/core/consent.ts";
import { isFault } from "../../kiosk/core/fault.ts";
import { personId } from "../../kiosk/core/person.ts";
import type { Engine, Template } from "../../kiosk/core/ports/engine.ts";
import type { Frame } from "../../kiosk/core/ports/senses.ts";
import type { Attention, FaceSeen, Sight } from "../../kiosk/core/sight.ts";
import { consented, consentedOne } from "../consented.ts";

/** Pictures a suite needs of the world: JPEGs of two people, of nobody, and of one person on another day. */
export interface EngineWorld {
  readonly owner: readonly Uint8Array[];
  readonly ownerAnotherDay: readonly Uint8Array[];
  /** The owner beyond the zone: a passer-by. */
  readonly ownerFarAway: readonly Uint8Array[];
  readonly stranger: readonly Uint8Array[];
  readonly nobody: Uint8Array;
  /** The owner before the clock doing what an enrolment asks for, one stretch after the other. */
  readonly guided: {
    readonly turn: "turn-left" | "turn-right";
    readonly fps: number;
    readonly poses: readonly Uint8Array[];
    readonly turning: readonly Uint8Array[];
  };
  readonly code: { readonly text: string; readonly jpeg: Uint8Array };
}

/** What was done since opening; an engine that counts lets the suite prove what was left undone. */
interface Counters {
  readonly embeddedFaces: number;
  readonly livenessFaces: number;
  readonly landmarkFaces: number;
  readonly searches: number;
  readonly codesRead: number;
}
type CountingEngine = Engine & { readonly counters: () => Promise<Counters> };

const owner = personId("p_00000000000000000001");
const other = personId("p_00000000000000000002");
const consent = "00000000-0000-7000-8000-000000000001" as ConsentId;
const enrolledAt = { utcMs: 1_780_000_000_000, monoMs: 5 };
const looking: Attention = { effort: "look", claim: null, challenge: null, codes: false };

/** What every engine promises, whoever made it. */
export function engineContract(
  name: string,
  open: () => Promise<{ engine: CountingEngine; world: EngineWorld }>,
): void {
  describe(`${name} keeps the engine's promises`, () => {
    let engine: CountingEngine;
    let world: EngineWorld;
    let template: Template;
    let monoMs = 0;

    /** Frames an eighth of a second apart unless said otherwise, on one clock for the whole suite. */
    const frame = (jpeg: Uint8Array, fps = 8): Frame => {
      monoMs += 1000 / fps;
      return { jpeg, number: 0, at: { utcMs: 1_780_000_000_000 + monoMs, monoMs } };
    };
    const observe = async (
      jpegs: readonly Uint8Array[],
      attention: Partial<Attention> = {},
      fps = 8,
    ): Promise<readonly Sight[]> => {
      const sights: Sight[] = [];
      for (const jpeg of jpegs) sights.push(await engine.observe(frame(jpeg, fps), { ...looking, ...attention }));
      return sights;
    };
    const look = async (
      jpegs: readonly Uint8Array[],
      attention: Partial<Attention> = {},
    ): Promise<readonly (FaceSeen | null)[]> => (await observe(jpegs, attention)).map(({ face }) => face);
    /** What was done while something ran. */
    const done = async (work: () => Promise<unknown>): Promise<Counters> => {
      const before = await engine.counters();
      await work();
      const after = await engine.counters();
      return {
        embeddedFaces: after.embeddedFaces - before.embeddedFaces,
        livenessFaces: after.livenessFaces - before.livenessFaces,
        landmarkFaces: after.landmarkFaces - before.landmarkFaces,
        searches: after.searches - before.searches,
        codesRead: after.codesRead - before.codesRead,
      };
    };
    const nothing = { embeddedFaces: 0, livenessFaces: 0, landmarkFaces: 0, searches: 0, codesRead: 0 };

    beforeAll(async () => {
      ({ engine, world } = await open());
      ({ template } = await engine.enrolPhotographs(owner, consent, world.owner, enrolledAt));
    });
    afterAll(() => engine?.[Symbol.asyncDispose]());

    describe("looking", () => {
      test("the enrolled person is named on another day, from several agreeing frames and a living face", async () => {
        await engine.setGallery(consented(template));
        await engine.forget();
        const last = (await look(world.ownerAnotherDay)).at(-1);
        expect(last?.match?.person).toBe(owner);
        expect(last?.match?.similarity).toBeGreaterThan(0.6);
        expect(last?.match?.agreeing).toBeGreaterThanOrEqual(3);
        expect(last?.live).toBeGreaterThan(0.4);
        expect(last).toMatchObject({ progress: 1, repeats: false, company: false, claim: null, challenge: null });
      });

      test("liveness is told only after five frames, and progress grows towards them", async () => {
        await engine.forget();
        const faces = await look(world.ownerAnotherDay.slice(0, 5));
        expect(faces.map((face) => face?.live === null)).toEqual([true, true, true, true, false]);
        expect(faces.map((face) => face?.progress)).toEqual([0.2, 0.4, 0.6, 0.8, 1]);
        expect(faces.slice(0, 2).map((face) => face?.match)).toEqual([null, null]);
      });

      test("a stranger is far below acceptance", async () => {
        await engine.forget();
        for (const face of await look(world.stranger)) expect(face?.match?.similarity ?? -1).toBeLessThan(0.4);
      });

      test("an empty picture has no face, and one that nobody wants looked at is not looked at", async () => {
        await engine.forget();
        const [sight] = await observe([world.nobody]);
        expect(sight).toMatchObject({ faces: 0, face: null, codes: [], enrol: null });
        expect(await done(() => observe(world.owner.slice(0, 2), { effort: "off" }))).toEqual(nothing);
      });

      test("a torn frame and a frame that is no JPEG are refused and change nothing", async () => {
        await engine.forget();
        const before = (await look(world.ownerAnotherDay.slice(0, 3))).at(-1);
        const [whole = new Uint8Array()] = world.ownerAnotherDay;
        const broken = [whole.subarray(0, whole.length / 2), new Uint8Array(), new TextEncoder().encode("<svg/>")];
        for (const jpeg of broken) {
          await expect(engine.observe(frame(jpeg), looking)).rejects.toSatisfy((error) => isFault(error, "frame-torn"));
        }
        const [after] = await look(world.ownerAnotherDay.slice(3, 4));
        expect(after?.track).toBe(before?.track);
        expect(after?.progress).toBeCloseTo((before?.progress ?? 0) + 0.2);
      });

      test("the caller's picture stays whole for the preview", async () => {
        const [jpeg = new Uint8Array()] = world.owner;
        const copy = Uint8Array.from(jpeg);
        await observe([jpeg], { effort: "glance" });
        expect(Buffer.compare(jpeg, copy)).toBe(0);
      });

      test("a glance sees that somebody is there and concludes nothing", async () => {
        await engine.forget();
        const work = async () => {
          for (const sight of await observe(world.ownerAnotherDay.slice(0, 6), { effort: "glance" })) {
            expect(sight.faces).toBe(1);
            expect(sight.face).toMatchObject({ progress: 0, live: null, match: null, claim: null });
          }
        };
        expect(await done(work)).toEqual(nothing);
      });

      test("a passer-by beyond the zone is counted by nobody and never examined", async () => {
        await engine.forget();
        const work = async () => {
          for (const sight of await observe(world.ownerFarAway)) expect(sight).toMatchObject({ faces: 0, face: null });
        };
        expect(await done(work)).toEqual(nothing);
      });

      test("after forgetting, the same face is a new track that begins with nothing", async () => {
        await engine.forget();
        const before = (await look(world.ownerAnotherDay)).at(-1);
        await engine.forget();
        const [after] = await look(world.ownerAnotherDay.slice(0, 1));
        expect(after?.track).not.toBe(before?.track);
        expect(after).toMatchObject({ progress: 0.2, live: null, match: null, repeats: false });
      });
    });

    describe("the gallery", () => {
      test("while it is empty nobody is named", async () => {
        await engine.setGallery([]);
        await engine.forget();
        const last = (await look(world.ownerAnotherDay)).at(-1);
        expect(last?.match).toMatchObject({ person: null, margin: 2 });
      });

      test("when it is new it counts from the very next frame", async () => {
        await engine.setGallery([]);
        await engine.forget();
        await look(world.ownerAnotherDay.slice(0, 5));
        await engine.setGallery(consented(template));
        const [next] = await look(world.ownerAnotherDay.slice(5, 6));
        expect(next?.match?.person).toBe(owner);
      });

      test("a person who is admitted is known to the very next frame, and one who is withdrawn unknown to it", async () => {
        await engine.setGallery(consented({ ...template, person: other, vectors: [away(template)] }));
        await engine.forget();
        await look(world.ownerAnotherDay.slice(0, 4));
        await engine.admit(consentedOne(template));
        const [admitted] = await look(world.ownerAnotherDay.slice(4, 5));
        expect(admitted?.match).toMatchObject({ person: owner });
        await engine.withdraw(owner);
        const [withdrawn] = await look(world.ownerAnotherDay.slice(5, 6));
        expect(withdrawn?.match?.person).toBe(other);
        await engine.withdraw(other);
        const [empty] = await look(world.ownerAnotherDay.slice(6, 7));
        expect(empty?.match).toMatchObject({ person: null });
      });

      test("templates of another model space are refused and it stays as it was", async () => {
        await engine.setGallery(consented(template));
        const foreign = { ...template, spaceId: "another" };
        await expect(engine.setGallery(consented(foreign))).rejects.toSatisfy((error) =>
          isFault(error, "model-mismatch"),
        );
        await expect(engine.admit(consentedOne(foreign))).rejects.toSatisfy((error) =>
          isFault(error, "model-mismatch"),
        );
        await engine.forget();
        expect((await look(world.ownerAnotherDay)).at(-1)?.match?.person).toBe(owner);
      });
    });

    describe("a claim", () => {
      test("is answered about that person, from several frames, without asking about anybody else", async () => {
        await engine.setGallery(consented(template));
        await engine.forget();
        let faces: readonly (FaceSeen | null)[] = [];
        const counted = await done(async () => {
          faces = await look(world.ownerAnotherDay, { claim: owner });
        });
        expect(counted.searches).toBe(0);
        expect(faces.slice(0, 2).map((face) => face?.claim)).toEqual([null, null]);
        expect(faces.at(-1)).toMatchObject({ match: null, claim: { person: owner, agreeing: 8 } });
        expect(faces.at(-1)?.claim?.similarity).toBeGreaterThan(0.6);
      });

      test("of somebody else is never confirmed, and one without a template is told so", async () => {
        await engine.forget();
        for (const face of await look(world.stranger, { claim: owner })) expect(face?.claim).toBeNull();
        const [last] = (await look(world.stranger.slice(-1), { claim: other })).slice(-1);
        expect(last?.claim).toEqual({ person: other, similarity: -1, agreeing: 0 });
      });

      test("keeps what was already seen of the track", async () => {
        await engine.forget();
        const before = (await look(world.ownerAnotherDay.slice(0, 5))).at(-1);
        const [after] = await look(world.ownerAnotherDay.slice(5, 6), { claim: owner });
        expect(after).toMatchObject({ track: before?.track, progress: 1, claim: { agreeing: 6 } });
      });
    });

    describe("a camera that repeats itself", () => {
      test("by standing still adds no evidence, and is noticed after two seconds", async () => {
        await engine.forget();
        const [still = new Uint8Array()] = world.ownerAnotherDay;
        const faces = await look(Array.from({ length: 18 }, () => still));
        expect(faces.slice(0, 16).some((face) => face?.repeats)).toBe(false);
        expect(faces.at(-1)).toMatchObject({ repeats: true, progress: 0.2, live: null, match: null });
      });

      test("in a loop is noticed by the first picture that comes back", async () => {
        await engine.forget();
        const faces = await look([...world.ownerAnotherDay, ...world.ownerAnotherDay.slice(0, 1)]);
        expect(faces.map((face) => face?.repeats)).toEqual([...world.ownerAnotherDay.map(() => false), true]);
      });
    });

    describe("codes", () => {
      test("are read only when asked for, whatever the effort", async () => {
        const { text, jpeg } = world.code;
        const unasked = await done(async () => {
          for (const { codes } of await observe([jpeg, jpeg])) expect(codes).toEqual([]);
        });
        expect(unasked.codesRead).toBe(0);
        for (const effort of ["glance", "look", "off"] as const) {
          const [sight] = await observe([jpeg], { effort, codes: true });
          expect(sight?.codes).toEqual([text]);
        }
        const codesOnly = await done(() => observe(world.owner.slice(0, 2), { effort: "off", codes: true }));
        expect(codesOnly).toEqual({ ...nothing, codesRead: 2 });
        expect((await observe(world.owner.slice(0, 1), { codes: true }))[0]?.codes).toEqual([]);
      });
    });

    describe("photographs", () => {
      test("become a template with person, consent, space, date, quality, a mean and at least three frames of length one", () => {
        expect(template).toMatchObject({ person: owner, consentId: consent, spaceId: engine.spaceId });
        expect(template).toMatchObject({ createdMs: enrolledAt.utcMs, source: "photographs" });
        expect(template.quality).toBeGreaterThan(30);
        expect(template.vectors.length).toBeGreaterThanOrEqual(4);
        for (const vector of template.vectors) expect(Math.hypot(...vector)).toBeCloseTo(1, 4);
      });

      test("of two people are not enrolled as one", async () => {
        const mixed = [...world.owner.slice(0, 3), ...world.stranger.slice(0, 3)];
        const enrolled = engine.enrolPhotographs(owner, consent, mixed, enrolledAt);
        await expect(enrolled).rejects.toSatisfy((error) => isFault(error, "enrol-unusable"));
      });

      test("of which fewer than three can be used are refused with every reason", async () => {
        const few = [world.nobody, ...world.owner.slice(0, 2), new Uint8Array([1, 2])];
        const enrolled = engine.enrolPhotographs(owner, consent, few, enrolledAt);
        await expect(enrolled).rejects.toThrow(/2 of 4 .*no face: 1, no whole JPEG: 1/);
      });

      test("that resemble somebody of the gallery say whom, but not the person themselves", async () => {
        await engine.setGallery(consented(template, { ...template, person: other }));
        const again = await engine.enrolPhotographs(owner, consent, world.ownerAnotherDay, enrolledAt);
        expect(again.alike).toEqual([{ person: other, level: "same" }]);
        const stranger = personId("p_00000000000000000003");
        const different = await engine.enrolPhotographs(stranger, consent, world.stranger, enrolledAt);
        expect(different.alike).toEqual([]);
      });
    });

    describe("a guided enrolment", () => {
      const enrolling = { effort: "enrol" } as const;

      test("takes its frames pose by pose, ends with a movement, and makes a template that knows the person", async () => {
        const { turn, fps, poses, turning } = world.guided;
        await engine.setGallery(consented(template, { ...template, person: other }));
        await engine.beginEnrolment({ session: 7, turn });
        let sights: readonly Sight[] = [];
        const counted = await done(async () => {
          sights = await observe([...poses, ...turning], enrolling, fps);
        });
        const steps = sights.map(({ enrol }) => enrol?.pose);
        const order = steps.filter((pose, at) => pose !== steps[at - 1]);
        expect(order.slice(0, 3)).toEqual(["straight", "a-little-left", "a-little-right"]);
        expect(order.at(-2)).toBe(turn);
        expect(sights.at(-1)?.enrol).toMatchObject({ session: 7, state: "done", accepted: 5, needed: 5 });
        expect(counted.searches).toBe(0);
        for (const { face } of sights) expect(face).toMatchObject({ match: null, claim: null });

        const made = await engine.finishEnrolment(owner, consent, enrolledAt);
        expect(made.template).toMatchObject({ person: owner, consentId: consent, spaceId: engine.spaceId });
        expect(made.template).toMatchObject({ source: "camera", createdMs: enrolledAt.utcMs });
        expect(made.template.quality).toBeGreaterThan(50);
        expect(made.template.vectors).toHaveLength(6);
        for (const vector of made.template.vectors) expect(Math.hypot(...vector)).toBeCloseTo(1, 4);
        expect(made.alike).toEqual([{ person: other, level: "same" }]);
        await expect(engine.finishEnrolment(owner, consent, enrolledAt)).rejects.toSatisfy((error) =>
          isFault(error, "enrol-unusable"),
        );

        await engine.setGallery(consented(made.template));
        await engine.forget();
        const last = (await look(world.ownerAnotherDay)).at(-1);
        expect(last?.match?.person).toBe(owner);
        expect(last?.match?.similarity).toBeGreaterThan(0.6);
      });

      test("without the movement is never done, and makes no template", async () => {
        const { turn, fps, poses } = world.guided;
        await engine.beginEnrolment({ session: 8, turn });
        const last = (await observe(poses, enrolling, fps)).at(-1)?.enrol;
        expect(last).toMatchObject({ session: 8, state: "going", accepted: 4 });
        await expect(engine.finishEnrolment(owner, consent, enrolledAt)).rejects.toSatisfy((error) =>
          isFault(error, "enrol-unusable"),
        );
      });

      test("says that nobody is there, and says nothing while it is not looked at", async () => {
        await engine.beginEnrolment({ session: 9, turn: world.guided.turn });
        const [empty] = await observe([world.nobody], enrolling);
        expect(empty?.enrol).toMatchObject({ session: 9, state: "going", accepted: 0, problem: "nobody", box: null });
        const [idle] = await observe([world.nobody]);
        expect(idle?.enrol).toBeNull();
      });

      test("that begins anew has forgotten the one before", async () => {
        const { turn, fps, poses } = world.guided;
        await engine.beginEnrolment({ session: 10, turn });
        const half = (await observe(poses.slice(0, 12), enrolling, fps)).at(-1)?.enrol;
        expect(half?.accepted).toBeGreaterThanOrEqual(2);
        await engine.beginEnrolment({ session: 11, turn });
        const [fresh] = await observe([world.nobody], enrolling);
        expect(fresh?.enrol).toMatchObject({ session: 11, accepted: 0 });
      });

      test("does not let another face finish it", async () => {
        const { turn, fps, poses } = world.guided;
        await engine.beginEnrolment({ session: 12, turn });
        await observe(poses.slice(0, 12), enrolling, fps);
        const last = (await observe([...world.stranger, ...world.stranger.slice(0, 4)], enrolling)).at(-1)?.enrol;
        expect(last?.accepted).toBe(0);
        expect(last?.problem).not.toBeNull();
      });
    });
  });
}

/** A direction at a right angle to everything a template knows, but for a little. */
function away({ vectors }: Template): Float32Array {
  const [mean = new Float32Array(2)] = vectors;
  return mean.map((_, at) => (at % 2 === 0 ? -(mean[at + 1] ?? 0) : (mean[at - 1] ?? 0)));
}
