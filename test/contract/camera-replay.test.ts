import { expect, onTestFinished, test } from "vitest";
import { openReplay, type Replay } from "../../kiosk/camera/replay.ts";
import type { Scene } from "../../kiosk/camera/scenes.ts";
import { isFault } from "../../kiosk/core/fault.ts";
import { cameras, clock, folder, framesOf, never, paint, type Tint, take, tintOf, until } from "./camera-parts.ts";

interface Stage {
  readonly replay: Replay;
  /** What the last picture showed. */
  readonly seen: () => Tint | null;
  /** Everything the camera showed, each change once. */
  readonly story: readonly Tint[];
}

/** A replay of plain colours, and somebody who watches it. */
async function stage(order: readonly string[], durationS: number): Promise<Stage> {
  const directory = await folder();
  const crop = { leftPx: 0, topPx: 0, widthPx: 640, heightPx: 480 };
  const tinted = (["red", "green", "blue"] as const).map(
    async (id): Promise<Scene> => ({ id, durationS, source: { still: await paint(directory, id, id), crop } }),
  );
  const scenes: Scene[] = [...(await Promise.all(tinted)), { id: "empty", durationS: 60, source: { empty: true } }];
  const replay = await openReplay({ scenes, order, label: "colours", clock, signal: never });
  const story: Tint[] = [];
  const watching = (async () => {
    for await (const frame of replay.frames(never)) {
      const tint = await tintOf(frame);
      if (story.at(-1) !== tint) story.push(tint);
    }
  })();
  onTestFinished(async () => {
    await replay[Symbol.asyncDispose]();
    await watching;
    expect(await cameras()).toEqual([]);
  });
  return { replay, seen: () => story.at(-1) ?? null, story };
}

test("scenes follow each other in their order, again and again, until somebody chooses", async () => {
  const { replay, story } = await stage(["red", "green"], 0.4);
  await until("the second round", () => story.length >= 4);
  expect(story.slice(0, 4)).toEqual(["red", "green", "red", "green"]);
  expect(replay.current().auto).toBe(true);
});

test("a chosen scene is seen within a second, and pictures of the one before never come back", async () => {
  const { replay, seen, story } = await stage(["red"], 60);
  await until("the first scene", () => seen() === "red");
  replay.play("blue");
  await until("the chosen scene", () => seen() === "blue", 1_000);
  expect(replay.current()).toEqual({ scene: "blue", auto: false });
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(story).toEqual(["red", "blue"]);
});

test("after a chosen scene the empty room rests, until somebody lets the order go on", async () => {
  const { replay, seen, story } = await stage(["green", "red"], 0.4);
  replay.play("blue");
  await until("the empty room", () => seen() === "grey");
  expect(replay.current()).toEqual({ scene: "empty", auto: false });
  replay.auto();
  await until("the order", () => seen() === "red");
  expect(story.slice(-3)).toEqual(["blue", "grey", "red"]);
  expect(replay.current().auto).toBe(true);
});

test("a scene that there is not changes nothing", async () => {
  const { replay, seen } = await stage(["red"], 60);
  await until("the first scene", () => seen() === "red");
  replay.play("nobody");
  expect(replay.current()).toEqual({ scene: "red", auto: true });
});

test("of many choices in a hurry the last one counts, and one program plays it", async () => {
  const { replay, seen, story } = await stage(["red"], 60);
  await until("the first scene", () => seen() === "red");
  for (const id of ["blue", "green", "blue", "red", "green"]) replay.play(id);
  await until("the last choice", () => seen() === "green", 2_000);
  expect(story).toEqual(["red", "green"]);
  expect(await cameras()).toHaveLength(1);
});

test("closing in the middle of a change leaves no program behind", async () => {
  const { replay, seen } = await stage(["red"], 60);
  await until("the first scene", () => seen() === "red");
  replay.play("blue");
  await replay[Symbol.asyncDispose]();
  expect(await cameras()).toEqual([]);
});

test("a file that is not there is a fault, whether it comes first or later", async () => {
  const gone: Scene = { id: "gone", durationS: 1, source: { file: "/nowhere/clip.mp4", startS: 0 } };
  const empty: Scene = { id: "empty", durationS: 60, source: { empty: true } };
  const options = { scenes: [empty, gone], label: "half there", clock, signal: never };
  await expect(openReplay({ ...options, order: ["gone"] })).rejects.toSatisfy((e) => isFault(e, "camera-lost"));
  await using replay = await openReplay({ ...options, order: ["empty"] });
  replay.play("gone");
  await expect(take(framesOf(replay), 1_000)).rejects.toSatisfy((error) => isFault(error, "camera-lost"));
});
