import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { Fault } from "../core/fault.ts";
import type { HousingSwitch } from "../core/ports/senses.ts";

export interface GpioLine {
  /** As the kernel names it: `gpiochip0`. */
  readonly chip: string;
  readonly line: number;
  /** Level of the line while the housing is open; the line is pulled up. */
  readonly openIs: "high" | "low";
}

const run = promisify(execFile);
const patienceMs = 2_000;

/**
 * A line of the board's own header, read by `gpioget` of libgpiod, whose two lives have different words: 1.x (Debian 12,
 * Raspberry Pi OS on it) and 2.x. Pulled up inside the chip: a switch to ground that is closed makes it low, and one that
 * is open, cut or pulled out makes it high. Not yet run on a Pi or a Jetson by us.
 */
export function gpioSwitch({ chip, line, openIs }: GpioLine, env: NodeJS.ProcessEnv = process.env): HousingSwitch {
  const words = ["--bias=pull-up"];
  let how: readonly string[] | null = null;
  const ask = async (...asked: readonly string[]): Promise<string> => {
    const { stdout } = await run("gpioget", [...asked], { env, timeout: patienceMs, killSignal: "SIGKILL" });
    return stdout.trim();
  };
  return {
    label: `line ${line} of ${chip}`,
    simulated: false,
    isOpen: async () => {
      try {
        how ??= /\bv1\./.test(await ask("--version"))
          ? [...words, chip, `${line}`]
          : [...words, "--numeric", "--chip", chip, `${line}`];
        const level = await ask(...how);
        if (level !== "0" && level !== "1") throw new Error(`gpioget said ${level.slice(0, 40)}`);
        return (level === "1") === (openIs === "high");
      } catch (cause) {
        throw unread(cause);
      }
    },
  };
}

function unread(cause: unknown): Fault {
  const { code, stderr = "" } = cause as { readonly code?: unknown; readonly stderr?: string };
  if (code === "ENOENT") {
    return new Fault("housing-unread", "the program gpioget is not installed", "sudo apt install gpiod", cause);
  }
  const [said = ""] = stderr.split("\n");
  const why = said.trim() || (cause instanceof Error ? cause.message : "no reason");
  const remedy =
    "Check the chip and line of the setting `housing` (gpiodetect, gpioinfo), that no other program holds the line, and that the clock's user may open the chip (docs/housing.md).";
  return new Fault("housing-unread", `the switch in the housing cannot be read: ${why.slice(0, 200)}`, remedy, cause);
}
