import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { lookAtPower } from "../../provisioning/doctor/look/power.ts";
import { lookAtStorage, syncFinding } from "../../provisioning/doctor/look/storage.ts";
import { lookAtTime, msOf } from "../../provisioning/doctor/look/time.ts";
import { lookAtWear } from "../../provisioning/doctor/look/wear.ts";
import { all, codesOf, type Made, machineWith } from "./doctor-machine.ts";

/** Supply, disk and time of machines that are not this one. What their tools say is told beside each fixture. */

describe("power", () => {
  const codes = async (made: Made) => codesOf(await lookAtPower(machineWith(made)));

  // Raspberry Pi documentation, vcgencmd get_throttled: bits 0 to 3 now, 16 to 19 since the start.
  test.each([
    ["throttled=0x0", []],
    ["throttled=0x50005", ["power-low", "power-throttled"]],
    ["throttled=0x50000", ["power-was-low", "power-was-throttled"]],
    ["throttled=0x1", ["power-low"]],
    ["throttled=0x80008", ["power-throttled"]],
    ["throttled=0xe0000", ["power-was-throttled"]],
  ])("a Pi says %s", async (said, expected) => {
    expect(await codes({ tools: { "vcgencmd get_throttled": `${said}\n` } })).toEqual(expected);
  });

  test("bits stand in words", async () => {
    const found = await lookAtPower(machineWith({ tools: { "vcgencmd get_throttled": "throttled=0x50006\n" } }));
    expect(found.map(({ sentence }) => sentence)).toEqual(
      expect.arrayContaining([
        "the voltage was too low since the start (0x50006)",
        "the processor now: its frequency is capped, it is throttled (0x50006)",
      ]),
    );
  });

  test("without vcgencmd the kernel's own file and its voltage alarm say it", async () => {
    const file = "/sys/devices/platform/soc/soc:firmware/get_throttled";
    expect(await codes({ files: { [file]: "10000\n" } })).toEqual(["power-was-low"]);
    // drivers/hwmon/raspberrypi-hwmon.c
    const alarm = (on: string) => ({
      "/sys/class/hwmon/hwmon2/name": "rpi_volt\n",
      "/sys/class/hwmon/hwmon2/in0_lcrit_alarm": on,
    });
    expect(await codes({ files: alarm("1\n") })).toEqual(["power-low"]);
    expect(await codes({ files: alarm("0\n") })).toEqual([]);
  });

  test("a Jetson counts how often its current limits were reached", async () => {
    // NVIDIA Jetson Linux developer guide: /sys/class/hwmon/hwmon<x>/oc<y>_event_cnt
    const counts = (n: string) => ({
      "/sys/class/hwmon/hwmon1/oc1_event_cnt": "0\n",
      "/sys/class/hwmon/hwmon1/oc3_event_cnt": n,
    });
    expect(await codes({ files: counts("7\n") })).toEqual(["power-over-current"]);
    expect(await codes({ files: counts("0\n") })).toEqual([]);
  });

  test.each([
    ["84999", ["power-hot"]],
    ["85000", ["power-too-hot"]],
    ["74900", []],
    ["-256000", []],
  ])("a sensor at %s thousandths of a degree", async (milli, expected) => {
    const files = {
      "/sys/class/thermal/thermal_zone0/temp": `${milli}\n`,
      "/sys/class/thermal/thermal_zone0/type": "cpu\n",
    };
    expect(await codes({ files })).toEqual(expected);
  });

  test("a machine that tells nothing is unknown, and not well", async () => {
    const found = await lookAtPower(machineWith());
    expect(found.map(({ is }) => is)).toEqual(["unknown", "unknown"]);
  });
});

describe("storage", () => {
  /** Where this state folder would lie on a machine with that mount. */
  const lying = (options: string, files: Made["files"] = {}, tools: Made["tools"] = {}) => {
    const machine = machineWith({ tools });
    mkdirSync(machine.config.state);
    const numbers = execFileSync("stat", ["-c", "%Hd:%Ld", machine.config.state], { encoding: "utf8" }).trim();
    const mount = `36 35 ${numbers} / / ${options} shared:1 - ext4 /dev/mmcblk0p2 ${options.split(",")[0]}\n`;
    const place = {
      "/proc/self/mountinfo": `22 27 0:21 / /proc rw,relatime - proc proc rw\n${mount}`,
      [`/sys/dev/block/${numbers}/uevent`]: "MAJOR=179\nMINOR=2\nDEVNAME=mmcblk0p2\nDEVTYPE=partition\n",
      "/sys/block/mmcblk0/device/type": "SD\n",
    };
    return { ...machine, root: machineWith({ files: { ...place, ...files } }).root };
  };

  test("a mount for reading only is wrong, and one for writing is not", async () => {
    expect(codesOf(await all(lookAtStorage(lying("ro,relatime"))))).toContain("storage-read-only");
    expect(codesOf(await all(lookAtStorage(lying("rw,noatime"))))).not.toContain("storage-read-only");
  });

  test("durable writes are measured in the state folder and leave nothing there", async () => {
    const machine = lying("rw");
    const found = await all(lookAtStorage(machine));
    expect(found.find(({ about }) => about === "sync")?.sentence).toMatch(
      /^8 durable writes of 4 KB: half within [\d.]+ ms/,
    );
    expect(readdirSync(machine.config.state)).toEqual([]);
  });

  test("half of the writes or the worst of them decide whether a disk stalls", () => {
    expect(syncFinding([1, 2, 3, 4, 5, 6, 7, 250]).is).toBe("good");
    expect(syncFinding([1, 2, 3, 4, 5, 6, 7, 251]).code).toBe("storage-slow");
    expect(syncFinding([1, 2, 3, 4, 5, 6, 7, 2_001]).code).toBe("storage-stalls");
    expect(syncFinding([501, 501, 501, 501]).code).toBe("storage-stalls");
  });

  test("ext4 remembers its errors across restarts", async () => {
    const errors = {
      "/sys/fs/ext4/mmcblk0p2/errors_count": "3\n",
      "/sys/fs/ext4/mmcblk0p2/first_error_time": "1767225600\n",
    };
    const found = await all(lookAtStorage(lying("rw", errors)));
    expect(found.find(({ code }) => code === "storage-errors")?.sentence).toBe(
      "3 errors of ext4 on mmcblk0p2, the first on 2026-01-01",
    );
  });

  const asked = "journalctl --dmesg --boot --priority=err --output=cat --no-pager --quiet";
  test("the kernel's log names a disk that fails, and is missed where it may not be read", async () => {
    // As the kernel writes them: block/blk-core.c, drivers/mmc.
    const log =
      "mmc0: Card stuck being busy! __mmc_poll_for_busy\nblk_update_request: I/O error, dev mmcblk0, sector 21\nusb 1-1: device descriptor read/64, error -71\n";
    const found = await all(lookAtStorage(lying("rw", {}, { [asked]: log })));
    expect(found.find(({ code }) => code === "storage-kernel-errors")?.sentence).toMatch(/^2 since the start/);
    const err = "Hint: You are currently not seeing messages from other users and the system.\n";
    const blind = await all(lookAtStorage(lying("rw", {}, { [asked]: { err, exit: 1 } })));
    expect(blind.find(({ about }) => about === "errors")?.code).toBe("rights-missing");
  });
});

describe("wear", () => {
  const eMmc = (life: string, reserve: string) => ({
    "/sys/block/mmcblk0/device/type": "MMC\n",
    "/sys/block/mmcblk0/device/life_time": life,
    "/sys/block/mmcblk0/device/pre_eol_info": reserve,
  });
  test.each([
    ["0x01 0x02\n", "0x01\n", "good", "mmcblk0 has used 10 to 20 % of its life"],
    ["0x09 0x02\n", "0x01\n", "weak", "mmcblk0 has used 80 to 90 % of its life"],
    ["0x02 0x02\n", "0x02\n", "weak", "mmcblk0 has used 10 to 20 % of its life, its reserve by more than 80 %"],
    ["0x02 0x02\n", "0x03\n", "wrong", "mmcblk0 has used 10 to 20 % of its life, its reserve by more than 90 %"],
    ["0x0b 0x01\n", "0x01\n", "wrong", "mmcblk0 is past the life it was made for"],
    ["0x00 0x00\n", "0x00\n", "unknown", "mmcblk0 does not tell how worn it is"],
  ])("an eMMC that says %s and %s", async (life, reserve, is, sentence) => {
    expect(await lookAtWear(machineWith({ files: eMmc(life, reserve) }), "mmcblk0")).toMatchObject({ is, sentence });
  });

  test("an SD card does not say, and neither does a disk without smartctl", async () => {
    const files = { "/sys/block/mmcblk0/device/type": "SD\n" };
    expect(await lookAtWear(machineWith({ files }), "mmcblk0")).toMatchObject({ is: "unknown" });
    expect(await lookAtWear(machineWith(), "sda")).toMatchObject({
      is: "unknown",
      remedy: "apt install smartmontools",
    });
  });

  // smartctl 7.3 as it was run on a virtual disk: it has nothing to say, and says so.
  const virtual =
    '{"smartctl":{"version":[7,3],"messages":[{"string":"/dev/sda: Unable to detect device type","severity":"error"}],"exit_status":1}}';
  // By smartctl's published JSON; no such disk was at hand.
  const denied =
    '{"smartctl":{"messages":[{"string":"Smartctl open device: /dev/sda failed: Permission denied","severity":"error"}]}}';
  const nvme = (used: number, passed: boolean) =>
    JSON.stringify({ smart_status: { passed }, nvme_smart_health_information_log: { percentage_used: used } });
  const ata = (left: number) =>
    JSON.stringify({
      smart_status: { passed: true },
      ata_smart_attributes: {
        table: [
          { id: 9, value: 1 },
          { id: 231, value: left },
        ],
      },
    });
  test.each([
    [virtual, "unknown", null],
    [denied, "unknown", "rights-missing"],
    [nvme(3, true), "good", null],
    [nvme(80, true), "weak", "storage-worn"],
    [nvme(104, true), "wrong", "storage-worn-out"],
    [nvme(3, false), "wrong", "storage-worn-out"],
    [ata(97), "good", null],
    [ata(15), "weak", "storage-worn"],
    ["not JSON", "unknown", null],
  ])("smartctl says %s", async (out, is, code) => {
    const tools = { "smartctl --json -H -A /dev/sda": { out, exit: 1 } };
    expect(await lookAtWear(machineWith({ tools }), "sda")).toMatchObject({ is, code });
  });
});

describe("time", () => {
  const now = Date.parse("2026-11-22T19:30:00Z");
  const found = (made: Made) => lookAtTime(machineWith({ now: () => now, ...made }));
  const rtc = { "/sys/class/rtc/rtc0/since_epoch": `${now / 1_000 - 2}\n` };
  const set = { "timedatectl show -p NTPSynchronized": "NTPSynchronized=yes\n" };

  test("a clock that a service keeps, with a battery, has nothing to mend", async () => {
    // chronyc 4.3 as it was run against a chronyd of its own.
    const chrony =
      "7F7F0101,,10,1795375505.673959669,0.000000000,0.000000000,0.000000000,0.000,0.000,0.000,0.000000000,0.000000000,0.0,Normal\n";
    const findings = await found({ tools: { ...set, "chronyc -c -n tracking": chrony }, files: rtc });
    expect(codesOf(findings)).toEqual([]);
    expect(findings.map(({ sentence }) => sentence)).toContain("chrony, after nobody (stratum 10): 0.00 ms off");
  });

  test("an offset of half a second and more is told, of chrony and of timesyncd", async () => {
    const chrony = "C0A80101,192.168.1.1,2,1795375505.6,-0.731000000,0,0,0,0,0,0,0,64.0,Normal\n";
    expect(codesOf(await found({ tools: { ...set, "chronyc -c -n tracking": chrony }, files: rtc }))).toEqual([
      "time-off",
    ]);
    // timedatectl(1) of systemd 252; no time server could be reached where this was written.
    const status =
      "       Server: 192.168.1.1 (ntp.example)\nPoll interval: 34min 8s (min: 32s; max 34min 8s)\n         Leap: normal\n       Offset: +1.203ms\n        Delay: 12.1ms\n";
    const findings = await found({ tools: { ...set, "timedatectl timesync-status": status }, files: rtc });
    expect(findings.map(({ sentence }) => sentence)).toContain(
      "systemd-timesyncd, after 192.168.1.1 (ntp.example): 1.20 ms off",
    );
  });

  test("nobody who sets it, no battery, or one that is off, are each told", async () => {
    // As systemd 252 answered in a container that has no time service.
    const none = {
      "timedatectl show -p NTPSynchronized": "NTPSynchronized=no\n",
      "timedatectl show -p NTP": "NTP=no\n",
    };
    expect(codesOf(await found({ tools: none, files: {} }))).toEqual([
      "time-unvouched",
      "time-no-service",
      "time-no-battery",
    ]);
    const off = { "/sys/class/rtc/rtc0/since_epoch": "61\n" };
    expect(codesOf(await found({ tools: set, files: off }))).toEqual(["time-battery-off"]);
  });

  /** As systemd 252 answered in a container that had just come up. */
  const up = (agoMs: number, wallMs: number) => {
    const monoUs = Math.round(Number(process.hrtime.bigint() / 1_000n) - agoMs * 1_000);
    const wall = new Date(wallMs).toISOString().slice(0, 19).replace("T", " ");
    return {
      "systemctl show -p UserspaceTimestamp -p UserspaceTimestampMonotonic": `UserspaceTimestamp=Sun ${wall} UTC\nUserspaceTimestampMonotonic=${monoUs}\n`,
    };
  };
  test.each([
    [0, []],
    [-59_000, []],
    [3_600_000, ["time-jumped"]],
    [-3_600_000, ["time-jumped"]],
  ])("a wall clock that was set by %d ms since the start", async (jumpMs, expected) => {
    const tools = { ...set, ...up(600_000, now - 600_000 - jumpMs) };
    expect(codesOf(await found({ tools, files: rtc }))).toEqual(expected);
  });

  test.each([
    ["+1.203ms", 1.203],
    ["-34us", -0.034],
    ["-1min 30.5s", -90_500],
    ["+2h 1min", 7_260_000],
  ])("systemd writes %s", (span, ms) => {
    expect(msOf(span)).toBeCloseTo(ms, 6);
    expect(msOf("n/a")).toBeNaN();
  });
});
