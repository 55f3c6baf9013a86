import { existsSync } from "node:fs";
import { open, readdir, rm } from "node:fs/promises";
import { isAbsolute, join, relative, resolve } from "node:path";
import type { Config } from "../../kiosk/config.ts";
import { Fault } from "../../kiosk/core/fault.ts";
import { type DeviceSigner, openSigner } from "../../kiosk/host/signer.ts";
import { writeAtomically } from "../../kiosk/store/atomic.ts";
import { endedName, endingName, keepOrderedEnd, type OrderedEnd, orderedEndIn } from "../../kiosk/store/ordered-end.ts";
import { destroyTree } from "../package/wipe/destroy.ts";
import { saidOf, signWipe } from "./certificate.ts";
import { type DecommissionOptions, decommission, type Ended } from "./decommission.ts";
import { lookFor, mustBeGone, without } from "./look.ts";
import { needlesIn } from "./needles.ts";
import { dropPlan } from "./plan.ts";

/**
 * The end of a clock that its cloud ordered. In two parts, because the certificate has to travel by the journal: first
 * everything goes that the journal does not need, above all the keys and with them every face, name, card and PIN; what was
 * seen is signed, stands in the last record, and is receipted by all. Then the records and the signing key go as well.
 */

export interface OrderedEndOptions extends Omit<DecommissionOptions, "takeAlong" | "ordered"> {
  /** The clock's settings and systemd's sealed credentials, which go at the end; null: they stay. */
  readonly settings: string | null;
  readonly credentials: string | null;
}

/** What journal, lock and signer keep: they are in use until the last record is receipted. */
const inUse = /^((journal|lock)\.sqlite.*|head\.[ab]|ballast|device\.([\w-]+\.)*jwk|identity\.json|unused)$/;

/**
 * @returns null where it was over already.
 * @throws Fault `decommission-refused` where nobody ordered it, or while something is not receipted: then the records and
 *   the key are still there, and it can be run again; `journal-busy`, `decommission-unproven`.
 */
export async function endAsOrdered(options: OrderedEndOptions): Promise<Ended | null> {
  const { config, out, settings, credentials } = options;
  const state = resolve(config.state);
  if (existsSync(join(state, endedName))) {
    await close(state, out);
    return null;
  }
  const end = orderedEndIn(state);
  if (end === null) {
    throw new Fault(
      "decommission-refused",
      "nobody ordered the end of this clock",
      "Leave --ordered away to end it from here.",
    );
  }
  const words = { order: end.order, prove: () => provedOnce(options, state, end) };
  const ended = await decommission({ ...options, takeAlong: null, ordered: { words, keep: endingName } });
  if (credentials !== null) await destroyTree(credentials, { only: "lintel." });
  if (settings !== null) await forgetSettings(settings);
  const said = { v: 1, order: end.order, endedAt: new Date().toISOString(), certificate: ended.jws };
  await writeAtomically(join(state, endedName), `${JSON.stringify(said)}\n`, 0o644);
  await close(state, out);
  return ended;
}

/** Only now may it be forgotten how far it was. */
async function close(state: string, out: string): Promise<void> {
  await dropPlan(out);
  await rm(join(state, endingName), { force: true });
}

async function provedOnce({ config, say }: OrderedEndOptions, state: string, end: OrderedEnd): Promise<string> {
  if (end.wip !== null) return end.wip;
  const signer = await openSigner(state);
  const road = wayOut(config, state);
  const staying = [...(await readdir(state)).filter((name) => inUse.test(name)), endingName, ...road];
  await keepOrderedEnd(state, { ...end, isBegun: true });
  const needles = await without(await needlesIn(state, staying), state, staying);
  const gone = await destroyTree(state, { spare: staying });
  say(`Destroyed, keys first: ${gone.keys} keys and ${gone.files - gone.keys} other files.`);
  const scans = await lookFor(needles, state, road.map(topOf), []);
  mustBeGone(gone.left, scans);
  const wip = signWipe(saidOfFirst(signer, end, saidOf({ signer, needles, scans, gone })), signer);
  await keepOrderedEnd(state, { order: end.order, v: 1, isBegun: true, wip });
  return wip;
}

/** What stays is named, and so is it where the counts are only those of the run after a cut. */
const saidOfFirst = ({ device }: DeviceSigner, { order, isBegun }: OrderedEnd, said: ReturnType<typeof saidOf>) => ({
  ...{ v: 1, device, order, ...said },
  left: ["journal", "signing-key"],
  ...(isBegun && { isAfterCut: true }),
});

const topOf = (name: string): string => name.split("/")[0] ?? name;

/** What the way to the broker needs, where it lies in the state folder itself. */
function wayOut(config: Config, state: string): readonly string[] {
  const { brokerCa, brokerCert, brokerKey, brokerPasswordFile, cloudKeys, receiverKey } = config;
  const files = [brokerCa, brokerCert, brokerKey, brokerPasswordFile, cloudKeys, receiverKey];
  return files.flatMap((file) => {
    const name = file === undefined ? ".." : relative(state, resolve(file));
    return name.startsWith("..") || isAbsolute(name) ? [] : [name];
  });
}

function localeIn(text: string): { readonly locale?: string } {
  try {
    const { locale } = JSON.parse(text) as { readonly locale?: unknown };
    return typeof locale === "string" && /^[A-Za-z0-9-]{2,35}$/.test(locale) ? { locale } : {};
  } catch {
    return {};
  }
}

/**
 * Everything in the settings' folder goes. A `kiosk.json` of nothing but the site's language stays: with it the clock is
 * started at every boot and says on its screen that it is out of service, instead of asking to be set up.
 */
async function forgetSettings(folder: string): Promise<void> {
  const stub = "kiosk.json";
  await destroyTree(folder, { spare: [stub] });
  const path = join(folder, stub);
  if (!existsSync(path)) return;
  await using file = await open(path, "r+");
  const { size } = await file.stat();
  const text = JSON.stringify(localeIn(await file.readFile("utf8")));
  await file.write(Buffer.from(text.padEnd(Math.max(text.length, size))), 0, undefined, 0);
  await file.sync();
  await file.truncate(text.length);
  await file.sync();
}
