import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { cardHasher } from "../../kiosk/core/card.ts";
import { type PersonId, personId } from "../../kiosk/core/person.ts";
import type { Template } from "../../kiosk/core/ports/engine.ts";
import { openEngine } from "../../kiosk/inference/engine.ts";
import { type Gallery, openGallery } from "../../kiosk/inference/gallery.ts";
import { openTurn } from "../../kiosk/inference/site-turn.ts";
import { type DeviceKeys, openDeviceKeys } from "../../kiosk/store/device-keys.ts";
import { openPeople } from "../../kiosk/store/people.ts";
import { encodePerson } from "../../kiosk/store/person-file.ts";
import type { KeyBox } from "../../kiosk/store/seal.ts";
import { openVault, type SealedVault } from "../../kiosk/store/vault.ts";
import { consented } from "../../test/consented.ts";
import { modelBytes } from "../footage.ts";
import { bound, compare, quantile, type Row, timed } from "../measure.ts";
import { dimension, openDirections, spaceId, templateOf, templatesEach } from "../people.ts";

const many = 10_000;

/** What sealing costs: at the start, while keys are replaced, and in a search, where it should cost nothing. */
export async function measure(): Promise<readonly Row[]> {
  return [...(await started()), ...(await searched())];
}

async function started(): Promise<readonly Row[]> {
  const folder = await mkdtemp(join(tmpdir(), "lintel-bench-"));
  try {
    const [plain, sealed] = [join(folder, "plain"), join(folder, "people")];
    const keyBox = await keysIn(folder);
    await mkdir(plain);
    const vault = await openVault({ directory: sealed, keyBox });
    await everybody(async (template) => {
      const person = { id: template.person, displayName: `Bench ${template.person}`, badges: [], lookAlikes: [] };
      const bytes = encodePerson({ person, template });
      await writeFile(join(plain, `${person.id}.person.sealed`), bytes);
      await vault.put(person.id, "person", bytes);
    });
    const read = (lent: SealedVault | null): Promise<unknown> => readPeople(sealed, keyBox, lent);
    const rows = [
      starts(folder),
      await compare({
        ...{
          what: `of it, reading ${many} sealed people`,
          against: "the same files, not sealed, cached by the system",
        },
        ...{ reads: "cost", target: 2, rounds: 9, repeat: 1, clock: "processors" },
        ...{ ours: () => read(null), theirs: async () => read(await openPlain(plain)) },
      }),
    ];
    const delays = monitorEventLoopDelay({ resolution: 1 });
    delays.enable();
    const [rotationMs = Number.NaN] = await timed(keyBox.rotate, 1);
    delays.disable();
    return [
      ...rows,
      bound(`replace the device's key, ${many} people`, rotationMs, 10_000, "ms"),
      bound("longest pause for anybody else meanwhile", delays.max / 1e6, 100, "ms"),
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const keysIn = (folder: string): Promise<DeviceKeys> =>
  openDeviceKeys({
    ...{ directory: join(folder, "keys"), root: { assurance: "software", secret: null, former: null } },
    ...{ holders: ["vault"], nowUtcMs: Date.now },
  });

async function readPeople(directory: string, keyBox: KeyBox, lent: SealedVault | null): Promise<readonly Template[]> {
  const hashCard = cardHasher(Buffer.alloc(32));
  await using people = await openPeople({ directory, keyBox, hashCard, ...(lent && { vault: lent }) });
  if (people.templates().length !== many) throw new Error("somebody is missing");
  return people.templates();
}

/** Whole processes, one after the other: the clock's code, its models, its people, until all of them are looked for. */
function starts(folder: string): Row {
  const runs = Array.from({ length: 8 }, () => [true, false].map((isSealed) => processorMsOf(folder, isSealed)));
  // The first pair warms the disk's cache.
  const pairs = runs.slice(1).map(([ours = 0, theirs = 0]) => ({ ours, theirs, ratio: ours / theirs }));
  const middle = (values: readonly number[]): number => quantile(values, 0.5);
  const ratios = pairs.map(({ ratio }) => ratio);
  return {
    ...{ what: `start until ${many} people are looked for, sealed and turned`, unit: "ms", reads: "cost", target: 1.1 },
    against: "the same process, not sealed and not turned; processor time",
    ...{ ours: middle(pairs.map(({ ours }) => ours)), theirs: middle(pairs.map(({ theirs }) => theirs)) },
    ...{ ratio: middle(ratios), range: [Math.min(...ratios), Math.max(...ratios)] },
  };
}

function processorMsOf(folder: string, isSealed: boolean): number {
  const words = `${JSON.stringify(folder)}, ${isSealed}`;
  const script = `console.log(await (await import(${JSON.stringify(import.meta.url)})).startOnce(${words}))`;
  return Number(execFileSync(process.execPath, ["--input-type=module", "--eval", script], { encoding: "utf8" }));
}

/** @returns what this process took of the processors until now, in milliseconds. */
export async function startOnce(folder: string, isSealed: boolean): Promise<number> {
  await import("../../kiosk/house.ts");
  const lent = isSealed ? null : await openPlain(join(folder, "plain"));
  const templates = await readPeople(join(folder, "people"), await keysIn(folder), lent);
  await using engine = await openEngine({ modelBytes, turnKey: isSealed ? new Uint8Array(32) : null });
  const ours = templates.map((template) => ({ ...template, spaceId: engine.spaceId }));
  await engine.setGallery(ours.flatMap((template) => consented(template)));
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** As the vault reads, without a key. */
async function openPlain(directory: string): Promise<SealedVault> {
  const ids = new Set((await readdir(directory)).map((name): PersonId => personId(name.slice(0, 22))));
  const none = (): never => {
    throw new Error("only read here");
  };
  return {
    subjects: () => [...ids],
    pieces: (sub) => (ids.has(sub) ? ["person"] : []),
    get: none,
    readAll: async function* (piece) {
      const all = [...ids];
      for (let at = 0; at < all.length; at += 64) {
        const some = all.slice(at, at + 64);
        const files = await Promise.all(some.map((sub) => readFile(join(directory, `${sub}.${piece}.sealed`))));
        for (const [index, sub] of some.entries()) yield { sub, bytes: files[index] ?? none() };
      }
    },
    ...{ put: none, drop: none, destroy: none, [Symbol.asyncDispose]: async () => {} },
  };
}

async function searched(): Promise<readonly Row[]> {
  const { turn } = openTurn(randomBytes(32), dimension);
  const [plain, turned] = [openGallery(spaceId, dimension), openGallery(spaceId, dimension)];
  const faces: Float32Array[] = [];
  const directions = openDirections(2);
  await everybody(async (template, number) => {
    plain.admit(template);
    turned.admit({ ...template, vectors: template.vectors.map(turn) });
    const [first] = template.vectors;
    const face = new Float32Array(dimension);
    // Every second one is a stranger: the harder case.
    if (number % 50 === 0 && first !== undefined)
      faces.push(number % 100 === 0 ? directions.random(face) : directions.beside(face, first, 1.3));
  });
  const turnedFaces = faces.map(turn);
  for (const [at, face] of faces.entries()) {
    const [before, after] = [plain.search(face), turned.search(turnedFaces[at] ?? face)];
    if (before?.person !== after?.person) throw new Error("the searches disagree");
  }
  const asking = (gallery: Gallery, asked: readonly Float32Array[]) => {
    let next = 0;
    // A vector of its own every time: one that was asked about before is answered from memory.
    return () => gallery.search((asked[next++ % asked.length] ?? new Float32Array(dimension)).slice());
  };
  const face = faces[0] ?? new Float32Array(dimension);
  return [
    await compare({
      ...{ what: `search ${many} people x ${templatesEach} templates, turned`, against: "the same, not turned" },
      ...{ reads: "cost", target: 1.05, clock: "processor", rounds: 15, repeat: 100 },
      ...{ ours: asking(turned, turnedFaces), theirs: asking(plain, faces) },
    }),
    bound("turn one embedding, p95", quantile(await timed(() => turn(face), 500), 0.95), 2, "ms"),
  ];
}

async function everybody(meet: (template: ReturnType<typeof templateOf>, number: number) => Promise<void>) {
  const directions = openDirections(1);
  for (let number = 0; number < many; number += 1) {
    const first = directions.random(new Float32Array(dimension));
    const rest = Array.from({ length: templatesEach - 1 }, () =>
      directions.beside(new Float32Array(dimension), first, 0.7),
    );
    await meet(templateOf(number, [first, ...rest]), number);
  }
}
