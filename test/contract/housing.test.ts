import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import type { HousingSwitch } from "../../kiosk/core/ports/senses.ts";
import { gpioSwitch } from "../../kiosk/housing/gpio.ts";
import { openSwitch } from "../../kiosk/housing/open.ts";

/** Each kind of switch in the housing, and a way to press it. */
interface Pressed {
  readonly housing: HousingSwitch;
  readonly set: (how: "open" | "closed" | "gone") => void;
}

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), "lintel-housing-"));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

function byFile(kind: "hwmon" | "sim", open: string, closed: string): Pressed {
  const file = join(folder(), "switch");
  const housing = openSwitch(`${kind}:${file}`);
  if (housing === null) throw new Error("no switch");
  return {
    housing,
    set: (how) => (how === "gone" ? rmSync(file) : writeFileSync(file, `${how === "open" ? open : closed}\n`)),
  };
}

/**
 * `gpioget` as libgpiod 1.6.3 and 2.2 have it: the words that each takes, what it prints, and how it fails. No machine of
 * ours has such a line, so the program is played; the version says which of its two lives.
 */
function byProgram(version: "1.6.3" | "2.2.1", openIs: "high" | "low"): Pressed {
  const bin = folder();
  const program = join(bin, "gpioget");
  const [first, second] = openIs === "high" ? ["1", "0"] : ["0", "1"];
  const wanted = version === "1.6.3" ? "--bias=pull-up gpiochip4 17" : "--bias=pull-up --numeric --chip gpiochip4 17";
  return {
    housing: gpioSwitch({ chip: "gpiochip4", line: 17, openIs }, { PATH: `${bin}:/usr/bin:/bin` }),
    set: (how) => {
      const body =
        how === "gone"
          ? 'echo "gpioget: error reading GPIO values: Device or resource busy" >&2; exit 1'
          : `[ "$*" = "${wanted}" ] || { echo "gpioget: invalid arguments: $*" >&2; exit 1; }; echo ${how === "open" ? first : second}`;
      writeFileSync(
        program,
        `#!/bin/sh\n[ "$1" = --version ] && { echo "gpioget (libgpiod) v${version}"; exit 0; }\n${body}\n`,
      );
      chmodSync(program, 0o755);
    },
  };
}

describe.each<readonly [string, () => Pressed]>([
  ["a line of the header, libgpiod 1", () => byProgram("1.6.3", "high")],
  ["a line of the header, libgpiod 2, the other way round", () => byProgram("2.2.1", "low")],
  ["the board's own alarm", () => byFile("hwmon", "1", "0")],
  ["a pretended one", () => byFile("sim", "open", "closed")],
])("S3 IC-28 a switch in the housing: %s", (_, make) => {
  test("says how it stands whenever it is asked", async () => {
    const { housing, set } = make();
    for (const how of ["closed", "open", "open", "closed"] as const) {
      set(how);
      expect(await housing.isOpen()).toBe(how === "open");
    }
    expect(housing.label).not.toBe("");
  });

  test("says so where nobody can tell, and goes on once somebody can", async () => {
    const { housing, set } = make();
    set("open");
    set("gone");
    await expect(housing.isOpen()).rejects.toMatchObject({
      code: "housing-unread",
      remedy: expect.stringContaining("docs/housing.md"),
    });
    set("open");
    expect(await housing.isOpen()).toBe(true);
  });
});

test("what says neither is no answer, a program that is missing is named, and no switch is none", async () => {
  const file = join(folder(), "switch");
  writeFileSync(file, "2\n");
  await expect(openSwitch(`hwmon:${file}`)?.isOpen()).rejects.toMatchObject({ code: "housing-unread" });
  const none = gpioSwitch({ chip: "gpiochip0", line: 17, openIs: "high" }, { PATH: folder() });
  await expect(none.isOpen()).rejects.toMatchObject({
    code: "housing-unread",
    remedy: expect.stringContaining("apt install gpiod"),
  });
  expect(openSwitch("none")).toBeNull();
  expect(openSwitch("gpio:gpiochip0/17")?.label).toBe("line 17 of gpiochip0");
});
