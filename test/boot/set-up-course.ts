import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { lay, type Site } from "../e2e/provision-site.ts";
import { until } from "./cloud.ts";
import type { Machine } from "./machine.ts";
import type { Scene } from "./parts.ts";
import { answer, pageOfSetUp, shows } from "./set-up-page.ts";
import { pageAtWall, visit } from "./wall.ts";

/** What happens to a set-up on its way. */

/** A machine that is switched off and on again, and the site that it is to join. */
export interface Shelf {
  readonly scene: Scene;
  readonly site: Site;
  /** Lets go of the machine that runs, by its switch or by its plug, and starts the next on the same disk. */
  readonly again: (how: "switched off" | "unplugged") => Promise<Machine>;
}

export const unit = "lintel-set-up.service";
/** In the clock's own folder: both the set-up and the clock may make it. */
export const reader = "/var/lib/lintel/reader.sock";

/** Somebody with a keyboard comes, begins, and goes away again. */
export async function takesTurns({ scene }: Pick<Shelf, "scene">, machine: Machine): Promise<void> {
  const beside = await machine.ask("lintel", "provision", "--no-services");
  scene.check("a second set-up is told of the first", beside.includes("at the clock's own screen. Go on there"));
  const before = await machine.ask("lintel", "provision", "--wait", "2");
  scene.check("a console goes before the screen", before.includes("makes room") && before.includes("(ticket-missing)"));
  await shows("that it waits for a ticket", ({ title }) => title.startsWith("Hold the ticket"));
  scene.check("and the screen goes on when the console has gone", (await stateOf(machine)) === "active");
}

/** From the ticket on a stick to a clock that wants its first punch, with a kill on the way. */
export async function goesOn({ scene, site }: Shelf, machine: Machine): Promise<void> {
  const first = await shows("six words", ({ words, answers }) => words !== "" && answers.length > 0);
  scene.check("screen and authority show the same six words", first.words === site.words());
  process.kill(await machine.mainPid(unit), "SIGKILL");
  const killedMs = performance.now();
  await until("the notice in between", async () => (await pageAtWall())?.code === "not-set-up", 10_000);
  const second = await shows("the six words again", ({ words, answers }) => words !== "" && answers.length > 0);
  scene.within("killed: until it asks for the same again", performance.now() - killedMs, 20_000);
  scene.check("with the same six words", second.words === first.words);
  await answer(second, "same");
  const missing = await shows("that there is no camera", ({ title }) => title === "Something is missing.");
  await answer(missing, "yes");
  await shows("that it wants a card", ({ hint }) => hint.includes("Lay any card"));
  await lay(machine.path(reader), "card:99");
  await until("the clock has the screen", async () => (await pageOfSetUp()) === null && (await pageAtWall()) !== null);
  await until("the clock", async () => (await stateOf(machine, "lintel.service")) === "active");
  scene.check("the set-up waits for a punch meanwhile", (await stateOf(machine)) === "active");
}

/** The first punch, after a start in the middle; and the end of the set-up. */
export async function isSetUp({ scene, site }: Shelf, machine: Machine, jti: string): Promise<void> {
  await until("the clock", async () => (await stateOf(machine, "lintel.service")) === "active");
  await until("the set-up", async () => (await stateOf(machine)) === "active");
  scene.check(
    "after the power cut the clock has the screen, and the set-up goes on behind it",
    (await pageOfSetUp()) === null,
  );
  await using visitor = visit(() => machine.path(reader));
  await visitor.sees("that it is online", ({ strip }) => strip.uplink === "online");
  // Until the roster has come the card is nobody's.
  for (let tries = 0; visitor.receipts.length === 0 && tries < 20; tries += 1) {
    await visitor.tap(site.card).catch(() => null);
    await delay(1_500);
  }
  scene.check("somebody punches", visitor.receipts.length > 0);
  await until("the end of the set-up", async () => (await stateOf(machine)) === "inactive");
  scene.check("the set-up has come to its end", !existsSync(machine.path("/etc/lintel/set-up.unfinished")));
  await until("the record of it at the receiver", async () =>
    (await site.records()).some(({ data }) => data.act === "install" && data.ticket === jti),
  );
  const records = await site.records();
  const genesis = records.find(({ type }) => type === "dev.lintel.genesis.v1");
  scene.check("the journal begins with the ticket", genesis?.data.ticket === jti);
  scene.check(
    "the punch is at the receiver",
    records.some(({ type }) => type === "dev.lintel.punch.v1"),
  );
}

/** The fences of the set-up let systemd seal what it has to, and the clock opens it. */
export function isSealed({ path }: Machine): boolean {
  const keys = path("/var/lib/lintel/keys");
  const keks = readdirSync(keys).filter((name) => name.endsWith(".kek"));
  const by = keks.map((name) => readFileSync(join(keys, name), "utf8"));
  return by.length > 0 && by.every((text) => text.includes('"by":"credential"'));
}

const stateOf = async (machine: Machine, name = unit): Promise<string> =>
  (await machine.ask("systemctl", "is-active", name)).trim();
