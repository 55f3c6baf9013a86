import { join } from "node:path";
import type { Scene } from "../boot/parts.ts";
import { bootMachine, type Machine } from "./machine.ts";

/**
 * Badge readers on a real kernel: hidraw, udev and libinput in an emulated machine, once with our udev rules and once
 * without them, which shows that the rules are what keeps digits from the compositor.
 */
const script = join(import.meta.dirname, "guest.sh");

interface Report {
  readonly said: ReadonlyMap<string, string>;
  readonly cards: readonly string[];
  readonly moves: readonly string[];
}

async function boot({ note }: Scene, folder: string, rules: "yes" | "no"): Promise<Report> {
  await using machine = await bootMachine(folder, [`lintel.script=${script}`, `lintel.rules=${rules}`]);
  const said = new Map<string, string>();
  const cards: string[] = [];
  const moves: string[] = [];
  for await (const line of machine.lines) {
    const [word = "", ...rest] = line.split(" ");
    const more = rest.join(" ");
    note(line);
    if (word === "card") cards.push(more);
    else if (word === "found" || word === "lost") moves.push(`${word} ${more.split(" ")[0]}`);
    else said.set(word, more);
    if (word === "DONE" || word === "ended") break;
    await obey(machine, word, more);
  }
  return { said, cards, moves };
}

async function obey(machine: Machine, word: string, more: string): Promise<void> {
  if (word === "TYPE") await machine.type(more);
  else if (word === "UNPLUG") await machine.unplug();
  else if (word === "PLUG") await machine.plug();
}

const count = (report: Pick<Report, "said">, word: string): number => Number(report.said.get(word) ?? Number.NaN);

function checkCards({ check }: Scene, name: string, { cards, moves, said }: Report): void {
  const numbers = cards.map((card) => /= (\S+)/.exec(card)?.[1]);
  const times = (number: string): number => numbers.filter((one) => one === number).length;
  check(`${name}: everything came in time`, !said.has("late") && said.has("DONE"));
  check(
    `${name}: 0123456789 typed on the emulated USB reader arrived, before and after it was unplugged`,
    times("em4100:123456789") === 2,
  );
  check(
    `${name}: 00BC614E of the software reader is the card that another reader calls 12345678`,
    times("em4100:12345678") === 1,
  );
  check(
    `${name}: two readers at once did not mix`,
    ["em4100:42", "em4100:0", "em4100:1", "em4100:2"].every((card) => times(card) === 1),
  );
  check(`${name}: one went on while the other was unplugged`, times("em4100:43981") === 1);
  check(
    `${name}: the reader that is asked said its card once for each time it was laid down`,
    times("w26:77-61234") === 2,
  );
  check(`${name}: nothing else was said`, numbers.length === 10);
  check(
    `${name}: a person's own keyboard is theirs: libinput hears it and we do not`,
    count({ said }, "heard-own") === 6,
  );
  check(
    `${name}: the emulated reader was lost and found again`,
    moves.join().includes("lost emulated-wedge,found emulated-wedge"),
  );
}

/** @param folder of `make-machine.sh`. */
export async function showReaders(scene: Scene, folder: string): Promise<void> {
  const { note, check } = scene;
  note("With our udev rules");
  const hidden = await boot(scene, folder, "yes");
  note("Without them");
  const open = await boot(scene, folder, "no");
  checkCards(scene, "with rules", hidden);
  check("with rules: no key of any reader reached libinput", count(hidden, "heard-all") === 0);
  check("with rules: libinput sees no reader", count(hidden, "keyboards") === 0);
  check("with rules: the login manager listens to no reader", count(hidden, "keyed") === 0);
  check("with rules: readers belong to the group", /^660(,660)+$/.test(hidden.said.get("modes") ?? ""));
  checkCards(scene, "without rules", open);
  check(
    "without rules: readers belong to root, and the login manager would listen",
    /^600(,600)+$/.test(open.said.get("modes") ?? "") && count(open, "keyed") === 2,
  );
  // Ten digits and Enter, down and up.
  check(
    "without rules: libinput hears all of a card, so the rules are what keeps it away",
    count(open, "heard-emulated") === 22,
  );
  // Eight characters and Enter, and three times the shift key.
  check("without rules: libinput hears the software reader too", count(open, "heard-software") === 24);
}
