import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isFault } from "../../kiosk/core/fault.ts";
import { personId } from "../../kiosk/core/person.ts";
import type { Engine, Frame, Template } from "../../kiosk/core/ports.ts";
import type { FaceSeen } from "../../kiosk/core/sight.ts";

/** Pictures a suite needs of the world: JPEGs of two people, of nobody, and of one person on another day. */
export interface EngineWorld {
  readonly owner: readonly Uint8Array[];
  readonly ownerAnotherDay: readonly Uint8Array[];
  readonly stranger: readonly Uint8Array[];
  readonly nobody: Uint8Array;
}

const owner = personId("p_00000000000000000001");

/** What every engine promises, whoever made it. */
export function engineContract(name: string, open: () => Promise<{ engine: Engine; world: EngineWorld }>): void {
  describe(`${name} keeps the engine's promises`, () => {
    let engine: Engine;
    let world: EngineWorld;
    let template: Template;
    let monoMs = 0;

    /** Frames an eighth of a second apart, on one clock for the whole suite. */
    const frame = (jpeg: Uint8Array): Frame => {
      monoMs += 125;
      return { jpeg, number: 0, at: { utcMs: 1_780_000_000_000 + monoMs, monoMs } };
    };
    const look = async (jpegs: readonly Uint8Array[]): Promise<readonly (FaceSeen | null)[]> => {
      const faces: (FaceSeen | null)[] = [];
      for (const jpeg of jpegs) faces.push((await engine.observe(frame(jpeg), "look")).face);
      return faces;
    };

    beforeAll(async () => {
      ({ engine, world } = await open());
      template = await engine.enrol(owner, "consent-1", world.owner);
    });
    afterAll(() => engine[Symbol.asyncDispose]());

    test("a template carries its person, consent and space, a mean and at least three frames, all of length one", () => {
      expect(template).toMatchObject({ person: owner, consentId: "consent-1", spaceId: engine.spaceId });
      expect(template.vectors.length).toBeGreaterThanOrEqual(4);
      for (const vector of template.vectors) expect(Math.hypot(...vector)).toBeCloseTo(1, 4);
    });

    test("the enrolled person is named on another day, from several agreeing frames and a living face", async () => {
      await engine.setGallery([template]);
      await engine.forget();
      const last = (await look(world.ownerAnotherDay)).at(-1);
      expect(last?.match?.person).toBe(owner);
      expect(last?.match?.similarity).toBeGreaterThan(0.6);
      expect(last?.match?.agreeing).toBeGreaterThanOrEqual(3);
      expect(last?.live).toBeGreaterThan(0.4);
      expect(last?.progress).toBe(1);
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

    test("in an empty gallery nobody is named", async () => {
      await engine.setGallery([]);
      await engine.forget();
      const last = (await look(world.ownerAnotherDay)).at(-1);
      expect(last?.match).toMatchObject({ person: null, margin: 2 });
    });

    test("a new gallery counts from the very next frame", async () => {
      await engine.setGallery([]);
      await engine.forget();
      await look(world.ownerAnotherDay.slice(0, 5));
      await engine.setGallery([template]);
      const [next] = await look(world.ownerAnotherDay.slice(5, 6));
      expect(next?.match?.person).toBe(owner);
    });

    test("templates of another model space are refused and the gallery stays as it was", async () => {
      await engine.setGallery([template]);
      const foreign = { ...template, spaceId: "another" };
      await expect(engine.setGallery([foreign])).rejects.toSatisfy((error) => isFault(error, "model-mismatch"));
      await engine.forget();
      expect((await look(world.ownerAnotherDay)).at(-1)?.match?.person).toBe(owner);
    });

    test("an empty picture has no face", async () => {
      await engine.forget();
      const sight = await engine.observe(frame(world.nobody), "look");
      expect(sight).toMatchObject({ faces: 0, face: null });
    });

    test("a torn frame and a frame that is no JPEG are refused and change nothing", async () => {
      await engine.forget();
      const before = (await look(world.ownerAnotherDay.slice(0, 3))).at(-1);
      const [whole = new Uint8Array()] = world.ownerAnotherDay;
      const broken = [whole.subarray(0, whole.length / 2), new Uint8Array(), new TextEncoder().encode("<svg/>")];
      for (const jpeg of broken) {
        const observed = engine.observe(frame(jpeg), "look");
        await expect(observed).rejects.toSatisfy((error) => isFault(error, "frame-torn"));
      }
      const [after] = await look(world.ownerAnotherDay.slice(3, 4));
      expect(after?.track).toBe(before?.track);
      expect(after?.progress).toBeCloseTo((before?.progress ?? 0) + 0.2);
    });

    test("the caller's picture stays whole for the preview", async () => {
      const [jpeg = new Uint8Array()] = world.owner;
      const copy = Uint8Array.from(jpeg);
      await engine.observe(frame(jpeg), "glance");
      expect(Buffer.compare(jpeg, copy)).toBe(0);
    });

    test("a glance sees that somebody is there and concludes nothing", async () => {
      await engine.forget();
      for (const jpeg of world.ownerAnotherDay.slice(0, 6)) {
        const sight = await engine.observe(frame(jpeg), "glance");
        expect(sight.faces).toBe(1);
        expect(sight.face).toMatchObject({ progress: 0, live: null, match: null });
      }
    });

    test("after forgetting, the same face is a new track that begins with nothing", async () => {
      const before = (await look(world.ownerAnotherDay)).at(-1);
      await engine.forget();
      const [after] = await look(world.ownerAnotherDay.slice(0, 1));
      expect(after?.track).not.toBe(before?.track);
      expect(after).toMatchObject({ progress: 0.2, live: null, match: null });
    });

    test("pictures of two people are not enrolled as one", async () => {
      const mixed = [...world.owner.slice(0, 3), ...world.stranger.slice(0, 3)];
      await expect(engine.enrol(owner, "c", mixed)).rejects.toSatisfy((error) => isFault(error, "enrol-unusable"));
    });

    test("too few usable pictures are refused with the first reason", async () => {
      const few = [world.nobody, ...world.owner.slice(0, 2)];
      await expect(engine.enrol(owner, "c", few)).rejects.toThrow(/2 of 3.*no-face/);
    });
  });
}
