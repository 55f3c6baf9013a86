import { join } from "node:path";
import type { Scene } from "../boot/parts.ts";
import type { HousingWord } from "./housing-guest.ts";
import { bootMachine } from "./machine.ts";

/** A switch in the housing at a GPIO line that the kernel, its driver and libgpiod take for one. */
const script = join(import.meta.dirname, "housing-guest.sh");
/** What is promised. */
const noticedMs = 5_000;

/** @param folder of `make-machine.sh`. */
export async function showHousing({ note, check, within }: Scene, folder: string): Promise<void> {
  note("A switch in the housing");
  await using machine = await bootMachine(folder, [`lintel.script=${script}`]);
  const said = new Map<string, string>();
  for await (const line of machine.lines) {
    const [word = "", ...rest] = line.split(" ");
    note(line);
    said.set(word, rest.join(" "));
    if (word === "DONE" || word === "ended") break;
  }
  const of = (word: HousingWord): string => said.get(word) ?? "nothing";
  // "late" is no number, and no number is within anything.
  const soon = (text: string, word: HousingWord): void => within(text, Number(of(word)), noticedMs);
  check("the kernel has the kind of device that the unit allows, also with none of it there", of("kind") === "true");
  check(`gpioget reads a real chip: ${of("chip")}`, /^gpiochip\d+, gpioget \(libgpiod\) v\d/.test(of("chip")));
  check("a closed housing is no news", of("seen") === "0");
  soon("it is opened: a record", "opened");
  soon("it is closed: a record", "closed");
  soon("it was opened while the clock was off: a record", "off");
  check("it is open and the clock starts anew: no second record", of("again") === "3");
  check("another program holds the line, and the clock says so", /busy/i.test(of("busy")));
  check(
    "the chip is pulled out, and the clock says so",
    /cannot be read/.test(of("gone")) && of("gone") !== of("busy"),
  );
  check("it is plugged in again under its name", of("chip").startsWith(`${of("back")},`));
  soon("and the housing was closed meanwhile: a record", "behind");
  check("those records and no others, and two locks", of("DONE") === "opened,closed,opened,closed 2");
}
