import { defaultPolicy } from "../../kiosk/core/policy.ts";
import { identifyThreshold, type Thresholds } from "../../kiosk/core/risk.ts";
import type { Networks } from "../../kiosk/inference/networks.ts";
import { dot } from "../../kiosk/inference/vector.ts";
import { compareAll, type System } from "./compare.ts";
import { type Described, describeFile, type Failure, type Padding } from "./describe.ts";
import { pictureKinds, readGroups } from "./folder.ts";
import { searchAll } from "./identification.ts";
import { type ModelChoice, openMeasured } from "./models.ts";
import { type Describer, openPeer } from "./peer.ts";
import type { Progress } from "./progress.ts";
import { proportionOf } from "./proportion.ts";
import type { FacesResult, SearchResult, SystemResult } from "./result.ts";
import type { Sample } from "./sample.ts";
import { systemResult } from "./system-result.ts";

export interface FacesOptions {
  readonly directory: string;
  readonly padding: Padding;
  /** Paths of peer modules. */
  readonly peers: readonly string[];
  readonly models: ModelChoice;
  readonly fpirTarget: number;
  /** At most so many pictures. */
  readonly limit: number;
  readonly progress: Progress;
}

/**
 * Measures recognition on a folder with one folder per person. Holds every template (4 kB a picture) and one picture at a
 * time.
 * @throws Fault `eval-unusable`, and those of the models.
 */
export async function evaluateFaces(options: FacesOptions): Promise<FacesResult> {
  const { groups, ignored } = await readGroups(options.directory, pictureKinds, options.limit);
  await using opened = new AsyncDisposableStack();
  const peers: Describer[] = [];
  for (const path of options.peers) {
    const peer = await openPeer(path);
    opened.defer(() => peer.close());
    peers.push(peer);
  }
  const { networks, about } = await openMeasured(options.models);
  opened.use(networks);

  const files = groups.flatMap(({ files: own }, person) => own.map((path) => ({ path, person })));
  const { ours, theirs, failures, padded } = await describeAll(files, networks, peers, options);
  const people = files.map(({ person }) => person);
  const judge = <T>(system: System<T>): SystemResult => {
    options.progress.begin(`Comparing every pair of pictures (${system.name})`, files.length);
    return systemResult(compareAll(system, people, options.progress.reach));
  };
  const systems = [
    judge({ name: "Lintel", descriptions: ours, similarity: (a, b) => dot(a.vector, b.vector) }),
    ...peers.map(({ name, similarity }, which) => judge({ name, descriptions: theirs[which] ?? [], similarity })),
  ];
  const samples = ours.filter((sample) => sample !== null);
  const searches = searchesOf(samples, networks.models.embedding.thresholds, options);
  options.progress.end();
  return {
    schema: "lintel.eval.faces/1",
    ...about,
    set: {
      people: groups.length,
      peopleRepeated: groups.filter((group) => group.files.length > 1).length,
      pictures: files.length,
      ignored,
      padding: options.padding,
      padded,
    },
    failures,
    systems,
    searches,
  };
}

interface File {
  readonly path: string;
  readonly person: number;
}

interface Descriptions {
  readonly ours: readonly (Sample | null)[];
  /** Per peer, per picture. */
  readonly theirs: readonly (readonly (Float32Array | null)[])[];
  readonly failures: Readonly<Record<Failure, number>>;
  readonly padded: number;
}

async function describeAll(
  files: readonly File[],
  networks: Networks,
  peers: readonly Describer[],
  { padding, progress }: FacesOptions,
): Promise<Descriptions> {
  const failures = { unreadable: 0, "no-face": 0, "no-description": 0 };
  const ours: (Sample | null)[] = [];
  const theirs = peers.map((): (Float32Array | null)[] => []);
  let padded = 0;
  progress.begin("Looking at the pictures", files.length);
  for (const [at, { path, person }] of files.entries()) {
    const { failure, vector, enrolled, wasPadded, views } = await describeFile(networks, path, padding);
    if (failure !== null) failures[failure] += 1;
    if (wasPadded) padded += 1;
    ours.push(vector === null || enrolled === null ? null : { person, vector, enrolled });
    for (const [which, peer] of peers.entries()) theirs[which]?.push(await describedBy(peer, views));
    progress.reach(at + 1);
  }
  return { ours, theirs, failures, padded };
}

/** A peer that finds no face in what we looked at is shown the picture the other way, widened or not. */
async function describedBy(peer: Describer, views: Described["views"]): Promise<Float32Array | null> {
  for (const view of views) {
    const found = await peer.describe(await view());
    if (found !== null) return found;
  }
  return null;
}

function searchesOf(
  samples: readonly Sample[],
  thresholds: Thresholds,
  { fpirTarget, progress }: FacesOptions,
): readonly SearchResult[] {
  const kinds = [1, 3] as const;
  const { marginMin: margin } = defaultPolicy;
  const thresholdFor = (people: number): number => identifyThreshold(people, fpirTarget, thresholds);
  progress.begin("Looking for everybody among everybody", kinds.length * samples.length);
  let probes = 0;
  const onProbe = (): void => {
    probes += 1;
    progress.reach(probes);
  };
  return kinds.flatMap((templates): readonly SearchResult[] => {
    const found = searchAll(samples, { templates, thresholdFor, margin }, onProbe);
    if (found === null) return [];
    const { people, threshold, mated, nonMated } = found;
    return [
      {
        ...{ templates, people, fpirTarget, threshold, margin },
        rankOneErrors: proportionOf(found.wrongFirst, mated),
        fnirByThreshold: proportionOf(found.missedByThreshold, mated),
        fnir: proportionOf(found.missed, mated),
        misnamed: proportionOf(found.misnamed, mated),
        fpirByThreshold: proportionOf(found.falselyAlike, nonMated),
        fpir: proportionOf(found.falselyNamed, nonMated),
      },
    ];
  });
}
