import type { Scene } from "../../boot/parts.ts";
import type { Bench } from "./bench.ts";
import { patienceMs } from "./devices.ts";

/**
 * The housing is opened and closed: a line of a real GPIO driver, read by Debian's gpioget in the unit as it is shipped. How
 * soon is not judged here, where a program takes seconds to start; `../housing.ts` does that.
 */
export async function lidOpened({ board }: Bench, { check }: Scene): Promise<void> {
  const until = async (isOpen: boolean): Promise<number> => {
    const sinceMs = performance.now();
    while (performance.now() - sinceMs < patienceMs) {
      const seen = await board().ask("cat", "/var/lib/lintel/housing.json");
      if (seen.includes(`"isOpen":${isOpen}`)) return performance.now() - sinceMs;
    }
    const why =
      "journalctl --namespace=+lintel --no-pager -o cat -u lintel.service | grep -i housing | tail -3; ls -l /dev/gpio*";
    throw new Error(`the housing: ${await board().ask("sh", "-c", why)}`);
  };
  await board().lid("closed");
  await until(false);
  const rights = (await board().run("stat", "-c", "%a %U:%G", "/dev/gpiochip0")).trim();
  check(
    `a switch in the housing at a GPIO line, which a udev rule gave to the clock: ${rights}`,
    rights === "660 root:lintel",
  );
  await board().lid("open");
  const openedMs = await until(true);
  const told = await board().ask(
    "journalctl",
    "--namespace=lintel",
    "--no-pager",
    "--output=cat",
    "--grep=housing was opened",
  );
  check(
    `opened: noticed after ${(openedMs / 1000).toFixed(1)} s, and the log says so`,
    /The housing was opened/.test(told),
  );
  await board().lid("closed");
  check(`and closed: noticed after ${((await until(false)) / 1000).toFixed(1)} s`, true);
}
