import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { custom, jetson, piCsi, usb, usualMode } from "../../../kiosk/camera/commands.ts";
import { sceneCommand, stillsCommand } from "../../../kiosk/camera/scenes.ts";
import { usbCameras } from "../../../kiosk/camera/usb.ts";

const mode = { widthPx: 1280, heightPx: 720, framesPerS: 30 };
const clip = { id: "clip", durationS: 9, source: { file: "-a b.mp4", startS: 24 } } as const;
const still = {
  id: "still",
  durationS: 3,
  source: { still: "face.jpg", crop: { leftPx: 30, topPx: 33, widthPx: 620, heightPx: 465 } },
} as const;

test.for([
  [
    "a USB camera's own JPEGs are copied",
    usb("/dev/video0"),
    /-input_format mjpeg .*-i \/dev\/video0 -c copy -f mpjpeg pipe:1$/,
  ],
  ["a USB camera has a size and a rate", usb("/dev/video0", mode), /-video_size 1280x720 -framerate 30 -i/],
  [
    "a Pi's camera runs without end or preview",
    piCsi(mode),
    /^-t 0 -n --codec mjpeg --width 1280 --height 720 --framerate 30 /,
  ],
  [
    "a Jetson's picture is scaled on the way",
    jetson(),
    /width=640,height=480 ! nvjpegenc ! multipartmux ! fdsink fd=1$/,
  ],
  ["a clip is played in real time, from its second", sceneCommand(clip), /-re -ss 24 -i -a b.mp4 -t 9 /],
  [
    "a still is held before the lens, cut as told",
    sceneCommand(still),
    /-loop 1 -framerate 15 -i face.jpg .*crop=620:465:30:33,scale=/,
  ],
  [
    "stills are had as fast as they come",
    stillsCommand("a.mp4", 1, 6, 4),
    /^(?!.*-re ).*-ss 1 -t 6 -i a.mp4 -an -vf fps=4,/,
  ],
] as const)("%s", ([, { args }, expected]) => {
  expect(args.join(" ")).toMatch(expected);
});

test("words of the technician's own stay the words they are: no shell reads them", () => {
  const words = ["sh", "-c", "echo $HOME; rm -rf *"] as const;
  expect(custom(words)).toEqual({ program: "sh", args: words.slice(1) });
  expect(usb("/dev/video0; reboot").args).toContain("/dev/video0; reboot");
});

test("the usual picture is what the models want", () => {
  expect(usualMode).toEqual({ widthPx: 640, heightPx: 480, framesPerS: 15 });
});

/** A machine's /dev and /sys with these video nodes. */
async function machine(nodes: Readonly<Record<string, { device: string; index: string }>>): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), "lintel-usb-"));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  await mkdir(join(root, "sys/class/video4linux"), { recursive: true });
  await mkdir(join(root, "dev"));
  for (const [name, { device, index }] of Object.entries(nodes)) {
    const entry = join(root, "sys/devices", device, "video4linux", name);
    await mkdir(entry, { recursive: true });
    await writeFile(join(entry, "index"), `${index}\n`);
    await symlink(entry, join(root, "sys/class/video4linux", name));
    await writeFile(join(root, "dev", name), "");
  }
  return root;
}

const usbPort = "platform/scb/pci0000:00/usb1/1-1/1-1.3/1-1.3:1.0";

test("the codecs of a Raspberry Pi are no cameras", async () => {
  const codec = { device: "platform/bcm2835-codec", index: "0" };
  expect(await usbCameras(await machine({ video10: codec, video11: codec }))).toEqual([]);
});

test("a USB camera is one camera, its first node, whatever else is there", async () => {
  const root = await machine({
    video10: { device: "platform/bcm2835-codec", index: "0" },
    video2: { device: usbPort, index: "0" },
    video3: { device: usbPort, index: "1" },
  });
  expect(await usbCameras(root)).toEqual([join(root, "dev/video2")]);
});

test("a name that stays across reboots is preferred to a number that does not", async () => {
  const root = await machine({ video0: { device: usbPort, index: "0" } });
  await mkdir(join(root, "dev/v4l/by-id"), { recursive: true });
  for (const at of ["1", "0"]) await writeFile(join(root, `dev/v4l/by-id/usb-Maker_Cam-video-index${at}`), "");
  expect(await usbCameras(root)).toEqual([join(root, "dev/v4l/by-id/usb-Maker_Cam-video-index0")]);
});

test("a machine without any video has no camera", async () => {
  expect(await usbCameras("/nowhere")).toEqual([]);
});
