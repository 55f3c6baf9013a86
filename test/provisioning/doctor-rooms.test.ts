import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import sharp from "sharp";
import { describe, expect, onTestFinished, test } from "vitest";
import type { ReaderCard } from "../../kiosk/core/desk.ts";
import { openSigner } from "../../kiosk/host/signer.ts";
import { openJournal } from "../../kiosk/store/journal.ts";
import { lookAtCamera } from "../../provisioning/doctor/look/camera.ts";
import { lookAtHousing } from "../../provisioning/doctor/look/housing.ts";
import { lookAtJournal } from "../../provisioning/doctor/look/journal.ts";
import { lookAtModels } from "../../provisioning/doctor/look/models.ts";
import { lookAtReader } from "../../provisioning/doctor/look/reader.ts";
import { lookAtScreen } from "../../provisioning/doctor/look/screen.ts";
import { lookAtServices } from "../../provisioning/doctor/look/services.ts";
import { manifestName } from "../../provisioning/update/tree.ts";
import { identity, newKey, realClock } from "../unit/uplink/parts.ts";
import { all, codesOf, folder, machineWith, well } from "./doctor-machine.ts";

/** The clock's own rooms: asked of a clock that runs, or looked at where none does. */

const broker = ["--broker", "mqtt://127.0.0.1:9"];

describe("camera", () => {
  const cameraCodes = async (...made: Parameters<typeof machineWith>) =>
    codesOf(await all(lookAtCamera(machineWith(...made))));
  const sysfs = {
    "/dev/v4l/by-id/usb-Cam_1234-video-index0": "",
    "/sys/class/video4linux/usb-Cam_1234-video-index0/name": "Cam",
  };

  test("a machine without one says so once, and nothing else", async () => {
    expect(await cameraCodes({ settings: [...broker, "--camera", "usb"] })).toEqual(["camera-missing"]);
    expect(await cameraCodes({ settings: ["--camera", "none"] })).toEqual([]);
  });

  test("a Pi lists its ribbon's camera, or says that there is none", async () => {
    const settings = [...broker, "--camera", "pi-csi"];
    // rpicam-apps' own format (rpicam-hello --list-cameras).
    const list =
      "Available cameras\n-----------------\n0 : imx708 [4608x2592 10-bit RGGB] (/base/axi/pcie/rp1/i2c@88000/imx708@1a)\n";
    const tools = { "rpicam-hello --list-cameras": list };
    expect(await cameraCodes({ settings, tools, running: well })).toEqual([]);
    const none = { "libcamera-hello --list-cameras": "No cameras available!\n" };
    expect(await cameraCodes({ settings, tools: none })).toEqual(["camera-missing"]);
  });

  test("what a running clock saw of late is told: pace, age, freeze, light and focus", async () => {
    const said = (more: object) => ({ settings: broker, files: sysfs, running: { ...well, ...more } });
    const faces = { ...well.faces, seen: 40 };
    expect(await cameraCodes(said({}))).toEqual([]);
    expect(await cameraCodes(said({ framesPerS: 7.9 }))).toEqual(["camera-slow"]);
    expect(await cameraCodes(said({ frameAgeMs: 3_001 }))).toEqual(["camera-unsteady"]);
    expect(await cameraCodes(said({ rooms: { ...well.rooms, camera: "camera-lost" } }))).toEqual(["camera-unsteady"]);
    expect(await cameraCodes(said({ faces: { ...faces, repeats: true } }))).toEqual(["camera-frozen"]);
    expect(await cameraCodes(said({ faces: { ...faces, tooDark: 21 } }))).toEqual(["camera-dark"]);
    expect(await cameraCodes(said({ faces: { ...faces, tooBright: 21 } }))).toEqual(["camera-bright"]);
    expect(await cameraCodes(said({ faces: { ...faces, blurred: 21 } }))).toEqual(["camera-blurred"]);
    expect(await cameraCodes(said({ faces: { ...faces, tooDark: 20 } }))).toEqual([]);
  });

  test("where no clock runs its real capture process is run: one that repeats a picture is frozen", async () => {
    const place = folder();
    const jpeg = await sharp({ create: { width: 640, height: 480, channels: 3, background: "#808080" } })
      .jpeg()
      .toBuffer();
    writeFileSync(join(place, "still.jpg"), jpeg);
    const script = `#!/bin/sh\nwhile :; do /bin/cat ${place}/still.jpg; /bin/sleep 0.05; done\n`;
    writeFileSync(join(place, "camera"), script);
    chmodSync(join(place, "camera"), 0o755);
    const settings = [...broker, "--camera", `command:${JSON.stringify([join(place, "camera")])}`];
    const found = await all(lookAtCamera(machineWith({ settings })));
    expect(codesOf(found)).toEqual(["camera-frozen"]);
    expect(found.find(({ about }) => about === "pictures")?.is).toBe("good");
    expect(found.find(({ about }) => about === "light")?.is).toBe("unknown");
  });

  test("a capture process that ends is told in the clock's own words", async () => {
    const settings = [...broker, "--camera", 'command:["/bin/false"]'];
    expect(await cameraCodes({ settings })).toEqual(["camera-lost"]);
  });
});

describe("reader", () => {
  const card = (more: Partial<ReaderCard>): ReaderCard => ({
    ...{
      path: "/dev/null",
      vendor: "0c27",
      product: "3bfa",
      usage: "1:6",
      port: null,
      profile: "pcprox",
      is: "not-open",
      why: "",
    },
    ...more,
  });
  const counts = { taps: 0, garbage: 0, overflow: 0, lost: 0 };
  const look = async (readers: readonly ReaderCard[], running: typeof well | null = null, more: object = {}) =>
    codesOf(
      await lookAtReader(machineWith({ settings: broker, running }), async () => ({
        readers,
        counts: { ...counts, ...more },
      })),
    );

  test("one that a profile knows and that may be opened has nothing to mend", async () => {
    expect(await look([card({})])).toEqual([]);
  });
  test("none at all, one that no profile knows, and one whose node is closed to us", async () => {
    expect(await look([])).toEqual(["reader-none"]);
    expect(await look([card({ profile: null, is: "not-ours" })])).toEqual(["reader-none"]);
    expect(await look([card({ path: "/dev/not-there" })])).toEqual(["reader-not-open"]);
  });
  test("a reader that often says what is no card is told", async () => {
    expect(await look([card({})], { ...well, cards: { taps: 40, garbage: 4 } })).toEqual([]);
    expect(await look([card({})], { ...well, cards: { taps: 40, garbage: 5 } })).toEqual(["reader-garbage"]);
    expect(await look([card({})], { ...well, cards: { taps: 400, garbage: 5 } })).toEqual([]);
  });
  test("a clock that cannot open it says so", async () => {
    expect(await look([card({})], { ...well, rooms: { ...well.rooms, reader: "reader-closed" } })).toEqual([
      "reader-not-open",
    ]);
  });
});

describe("models", () => {
  test("the pinned files are here and this machine runs them", async () => {
    const found = await lookAtModels(machineWith());
    expect(found.map(({ is }) => is)).toEqual(["good", "good"]);
  });
  test("an empty folder and an altered file are told apart", async () => {
    expect(codesOf(await lookAtModels(machineWith({ settings: ["--assets", folder()] })))).toEqual(["models-missing"]);
  });
});

describe("journal", () => {
  const journalled = async () => {
    const key = join(folder(), "receiver.jwk");
    writeFileSync(key, JSON.stringify(newKey().jwk));
    const machine = machineWith({ settings: [...broker, "--receiver-key", key] });
    mkdirSync(machine.config.state, { mode: 0o700 });
    const signer = await openSigner(machine.config.state);
    const life = { identity, signer, clock: realClock, firmware: "0.1.0", boot: 1, isFirstStart: true };
    await using _journal = await openJournal({ directory: machine.config.state, ...life });
    return machine;
  };

  test("one that lies there is read from a copy: its head, and since when something waits", async () => {
    const machine = await journalled();
    const found = await all(lookAtJournal(machine));
    expect(found.find(({ about }) => about === "head")?.sentence).toBe("record 1/1");
    expect(codesOf(found)).toEqual([]);
    const later = { ...machine, now: () => Date.now() + 90_000_000 };
    expect(codesOf(await all(lookAtJournal(later)))).toContain("journal-waiting-long");
  });

  test("a torn file is not started over but copied first", async () => {
    const machine = await journalled();
    writeFileSync(join(machine.config.state, "journal.sqlite"), "not a database");
    expect(codesOf(await all(lookAtJournal(machine)))).toEqual(["journal-unread"]);
  });

  test("a running clock says what it noticed and how slow its disk is", async () => {
    const machine = await journalled();
    const told = async (more: object) =>
      codesOf(await all(lookAtJournal({ ...machine, running: { ...well, ...more } })));
    expect(await told({})).toEqual([]);
    expect(await told({ journal: { ...well.journal, notice: "truncated" } })).toEqual(["journal-notice"]);
    expect(await told({ journal: { ...well.journal, checked: "bad" } })).toEqual(["journal-notice"]);
    expect(await told({ commit: { p50Ms: 20, worstMs: 251, count: 9 } })).toEqual(["journal-commit-slow"]);
    const old = Date.now() - 86_500_000;
    expect(await told({ journal: { ...well.journal, oldestWaitingUtcMs: old } })).toEqual(["journal-waiting-long"]);
  });
});

describe("screen", () => {
  const drm = (status: string) => ({
    "/sys/class/drm/card1-HDMI-A-1/status": `${status}\n`,
    "/sys/class/drm/card1-HDMI-A-1/modes": "1920x1080\n1280x720\n",
    "/sys/class/drm/card1/uevent": "",
  });
  const chromium = { "chromium --version": "Chromium 156.0.8078.79 built on Debian GNU/Linux 12 (bookworm)\n" };
  const served = async (): Promise<readonly string[]> => {
    const server = createServer((_, response) => response.end("a page")).listen(0, "127.0.0.1");
    onTestFinished(() => void server.close());
    await new Promise((resolve) => server.once("listening", resolve));
    return ["--port", String((server.address() as AddressInfo).port)];
  };

  test("a display, an answering page and a browser that shows it", async () => {
    const settings = await served();
    const found = await lookAtScreen(
      machineWith({ settings, files: drm("connected"), tools: chromium, running: well }),
    );
    expect(codesOf(found)).toEqual([]);
    expect(found.map(({ sentence }) => sentence)).toEqual(
      expect.arrayContaining(["at HDMI-A-1, 1920x1080", "Chromium 156.0.8078.79"]),
    );
  });
  test("no display, no browser at the page, and no page are three things", async () => {
    const settings = await served();
    const codes = async (more: object) =>
      codesOf(await lookAtScreen(machineWith({ settings, files: drm("disconnected"), ...more })));
    expect(await codes({ running: well })).toEqual(["screen-none"]);
    expect(await codes({ running: { ...well, pages: 0 } })).toEqual(["screen-none", "screen-nobody-looks"]);
    expect(await codes({ running: well, settings: ["--port", "1"] })).toEqual(["screen-none", "screen-page-silent"]);
  });
});

describe("services", () => {
  const asked =
    "systemctl show -p Id,LoadState,ActiveState,SubState,Result,NRestarts lintel.service lintel-screen.service lintel-selfcheck.timer lintel-selfcheck.service lintel-update.timer lintel-update.service lintel-out-of-order.service";
  const codes = async (out: string) => codesOf(await lookAtServices(machineWith({ tools: { [asked]: out } })));
  // As systemd 252 answered in a container, of a unit that kept failing, one that ran, and one that is not there.
  const failed =
    "Result=exit-code\nNRestarts=3\nId=lintel.service\nLoadState=loaded\nActiveState=failed\nSubState=failed\n";
  const runs =
    "Result=success\nNRestarts=0\nId=lintel-screen.service\nLoadState=loaded\nActiveState=active\nSubState=running\n";
  const absent =
    "Result=success\nId=lintel-selfcheck.timer\nLoadState=not-found\nActiveState=inactive\nSubState=dead\n";

  test("a unit that failed, one that was started anew again and again, one that is off", async () => {
    expect(await codes([failed, runs, absent].join("\n"))).toEqual(["service-failed"]);
    const [found] = await lookAtServices(machineWith({ tools: { [asked]: failed } }));
    expect(found?.remedy).toMatch(/^systemctl status lintel\.service says why/);
    expect(await codes(runs.replace("NRestarts=0", "NRestarts=3"))).toEqual(["service-restarts"]);
    expect(await codes(runs.replace("NRestarts=0", "NRestarts=2"))).toEqual([]);
    expect(await codes(runs.replace("active", "inactive"))).toEqual(["service-off"]);
    expect(await codes(absent)).toEqual([]);
    const resting = runs.replace("lintel-screen", "lintel-out-of-order");
    expect(await codes([failed, resting].join("\n"))).toEqual(["service-out-of-order", "service-failed"]);
    expect(await codes(resting.replace("active", "inactive"))).toEqual([]);
  });

  test("a locked clock says for what, and a camera that people switched off is not called broken", async () => {
    const shut = (locked: "order" | "housing" | null, isCameraOff = false) => ({
      running: { ...well, shut: { locked, isCameraOff } },
    });
    for (const [locked, said] of [
      ["order", /by order.*sends nothing/],
      ["housing", /housing was opened/],
    ] as const) {
      const [found] = await lookAtServices(machineWith({ ...shut(locked), tools: { [asked]: runs } }));
      expect(found).toMatchObject({ is: "wrong", code: "clock-locked" });
      expect(found?.sentence).toMatch(said);
    }
    expect(codesOf(await lookAtServices(machineWith({ ...shut(null), tools: { [asked]: runs } })))).toEqual([]);
    expect(codesOf(await all(lookAtCamera(machineWith(shut(null, true)))))).toEqual(["camera-switched-off"]);
  });

  test("S3 IC-28 the switch in the housing: as the clock itself reads it, and why it cannot be read", async () => {
    const machine = machineWith({ files: { "/switch": "open" } });
    const setting = `sim:${join(machine.root, "switch")}`;
    const look = (housing: string, running: string | null) =>
      lookAtHousing({
        config: { ...machine.config, housing },
        running: running === null ? null : { ...well, housing: running },
      });
    const code = async (...asked: Parameters<typeof look>) => (await look(...asked))[0]?.code;
    expect(await look("none", null)).toMatchObject([{ is: "good" }]);
    expect(await code(setting, null)).toBe("housing-open");
    expect(await code(setting, "open")).toBe("housing-open");
    expect(await look(setting, "closed"), "the clock is asked, not the switch").toMatchObject([{ is: "good" }]);
    expect(await look(setting, "none"), "started without it").toMatchObject([{ is: "unknown" }]);
    expect(await look(setting, "unread"), "not asked yet").toMatchObject([{ code: "housing-open" }]);
    const [kept] = await look(setting, "housing-unread");
    expect(kept).toMatchObject({ is: "wrong", code: "housing-unread" });
    expect(kept?.sentence).toMatch(/who asks here can/);
    const [gone] = await look(`${setting}-that-is-not-there`, "housing-unread");
    expect(gone).toMatchObject({ is: "wrong", code: "housing-unread" });
    expect(gone?.sentence).toMatch(/cannot be read/);
  });

  test("a release that is not whole is told, and the package's own version runs without any", async () => {
    const made = (files: Record<string, string>) => {
      const machine = machineWith({ files });
      const releases = join(machine.root, "var/lib/lintel-releases");
      mkdirSync(releases, { recursive: true });
      symlinkSync("0.2.0", join(releases, "current"));
      return machine;
    };
    const files = { "/var/lib/lintel-releases/0.2.0/kiosk/main.ts": "" };
    const whole = { ...files, [`/var/lib/lintel-releases/0.2.0/${manifestName}`]: "" };
    const machine = made({ ...whole, "/var/lib/lintel-releases/0.2.0/bin/node": "" });
    chmodSync(join(machine.root, "var/lib/lintel-releases/0.2.0/bin/node"), 0o755);
    expect(codesOf(await lookAtServices(machine))).toEqual([]);
    expect(codesOf(await lookAtServices(made(whole)))).toEqual(["update-not-whole"]);
    const last = { version: "0.3.0", is: "returned", why: "not-ready", atUtcMs: 1 };
    const book = { v: 1, highest: { counter: 1, version: "0.2.0" }, previous: null, staged: null, passed: [], last };
    writeFileSync(join(machine.root, "var/lib/lintel-releases/book.json"), JSON.stringify(book));
    expect(codesOf(await lookAtServices(machine))).toEqual(["update-returned"]);
  });
});
