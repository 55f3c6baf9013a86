import { setTimeout as wait } from "node:timers/promises";
import sharp from "sharp";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Camera } from "../../kiosk/core/ports/senses.ts";
import { cameras, clock, framesOf, never, take, until } from "./camera-parts.ts";

/** What every camera promises, whatever stands behind the lens. */
export function cameraContract(name: string, open: (signal: AbortSignal) => Promise<Camera>): void {
  const opened = async (): Promise<Camera> => {
    const camera = await open(never);
    onTestFinished(() => camera[Symbol.asyncDispose]());
    return camera;
  };

  describe(`${name} keeps the camera's promises`, () => {
    test("pictures are whole, in order, and their numbers and times only rise", async () => {
      const frames = await take(framesOf(await opened()), 8);
      expect(frames).toHaveLength(8);
      for (const [at, { jpeg, number, at: stamp }] of frames.entries()) {
        expect((await sharp(jpeg, { failOn: "warning" }).raw().toBuffer()).length).toBeGreaterThan(0);
        expect(number).toBeGreaterThan(frames[at - 1]?.number ?? -1);
        expect(stamp.monoMs).toBeGreaterThanOrEqual(frames[at - 1]?.at.monoMs ?? 0);
      }
    });

    test("a slow reader gets the newest picture, and after it none that waited", async () => {
      const frames = framesOf(await opened());
      const [first] = await take(frames, 1);
      await wait(1_500);
      const lookedMs = clock.now().monoMs;
      const [second] = await take(frames, 1);
      const askedMs = clock.now().monoMs;
      const [third] = await take(frames, 1);
      expect((second?.number ?? 0) - (first?.number ?? 0)).toBeGreaterThan(5);
      expect(lookedMs - (second?.at.monoMs ?? 0)).toBeLessThan(500);
      expect(third?.at.monoMs).toBeGreaterThanOrEqual(askedMs);
    });

    test("aborting ends the pictures at once, and the camera still has to be closed", async () => {
      const camera = await open(never);
      const stop = new AbortController();
      const frames = framesOf(camera, stop.signal);
      await take(frames, 2);
      const waiting = frames.next();
      stop.abort();
      // A picture may have come first; after it there is nothing.
      const last = await waiting;
      expect(last.done || (await frames.next()).done).toBe(true);
      expect(await cameras()).toHaveLength(1);
      await camera[Symbol.asyncDispose]();
      expect(await cameras()).toEqual([]);
    });

    test("the pictures can be taken once only", async () => {
      const camera = await opened();
      await take(framesOf(camera), 1);
      await expect(framesOf(camera).next()).rejects.toThrow("once");
    });

    test("closing ends the pictures in peace, leaves no process behind, and may be done twice", async () => {
      const camera = await open(never);
      const frames = framesOf(camera);
      await take(frames, 1);
      await camera[Symbol.asyncDispose]();
      expect(await cameras()).toEqual([]);
      expect((await frames.next()).done).toBe(true);
      await camera[Symbol.asyncDispose]();
    });

    test("a camera given up while it opens leaves no process behind", async () => {
      const stop = new AbortController();
      const opening = open(stop.signal);
      const given = expect(opening).rejects.toBe("enough");
      await until("its program starts", async () => (await cameras()).length > 0);
      stop.abort("enough");
      await given;
      expect(await cameras()).toEqual([]);
    });

    test("a camera nobody wants any more does not even start", async () => {
      await expect(open(AbortSignal.abort("enough"))).rejects.toBe("enough");
      expect(await cameras()).toEqual([]);
    });
  });
}
