import { wallLangs } from "./choices.ts";
import type { Dossier } from "./dossier.ts";
import type { RightsState } from "./types.ts";
import type { Deed, ItemKind, LineView, RightsPage } from "./view.ts";

/** What the wall shows of it: a projection, as everything else. */

/** Lines that fit on the smallest glass beside everything else. */
const linesMax = 4;

export function pageOf({ dossier, place }: RightsState): RightsPage {
  if (dossier === null) {
    return place.is === "done" || place.is === "failed" ? place : { is: "reading" };
  }
  switch (place.is) {
    case "list":
      return {
        is: "list",
        items: dossier.items.map(({ facts: _, lines: __, ...item }) => item),
        deeds: deedsOf(dossier),
      };
    case "item": {
      const found = dossier.items.find(({ kind }) => kind === place.kind);
      if (found === undefined) return { is: "reading" };
      const { facts, lines: _, ...item } = found;
      const { lines, pages } = linesOn(dossier, place.kind, place.page);
      return { is: "item", item, facts, lines, page: place.page, pages, deeds: deedsFor(dossier, place.kind) };
    }
    case "deeds":
      return { is: "deeds", deeds: deedsOf(dossier), ...(dossier.face?.canKnowBetter && { canKnowBetter: true }) };
    case "sure": {
      const kinds = dossier.items.filter(({ count }) => count > 0).map(({ kind }) => kind);
      return {
        is: "sure",
        goes: kinds.filter((kind) => !staying.has(kind)),
        stays: kinds.filter((kind) => staying.has(kind)),
      };
    }
    case "choices":
      return { is: "choices", choices: dossier.choices, langs: wallLangs };
    case "name":
      return { is: "name", typed: place.typed, canSend: canBeNamed(place.typed, dossier) };
    case "doors":
      return { is: "doors", doors: dossier.doors };
    case "copied":
      return { is: "copied", ...place.copied };
    case "done":
    case "failed":
    case "reading":
      return place;
  }
}

/** Signed records: wages, and the proof of what was agreed and done. They name nobody but by a number. */
const staying: ReadonlySet<ItemKind> = new Set(["times", "leave", "guests", "requests", "looks", "consents"]);

const canBeNamed = (typed: string, { name }: Dossier): boolean => typed.trim() !== "" && typed.trim() !== name;

/** What somebody may do now, in the order in which it stands on the wall. */
export function deedsOf({ face, pictures, items, isNameAsked }: Dossier): readonly Deed[] {
  return [
    ...(face === null ? [] : ([face.isFrozen ? "release" : "freeze", "stop"] as const)),
    ...(pictures === null || pictures.isRefused ? [] : (["no-pictures"] as const)),
    ...(pictures?.isRefused && pictures.isOn ? (["pictures"] as const) : []),
    ...(isNameAsked ? [] : (["rename"] as const)),
    ...(items.some(({ kind }) => kind === "times") ? (["times"] as const) : []),
    "copy",
    "choose",
    "erase",
  ];
}

const about: Readonly<Partial<Record<ItemKind, readonly Deed[]>>> = {
  face: ["release", "freeze", "stop"],
  consents: ["stop"],
  snapshots: ["no-pictures", "pictures"],
  name: ["rename"],
  times: ["times"],
  messages: ["choose"],
  language: ["choose"],
  choices: ["choose"],
};

const deedsFor = (dossier: Dossier, kind: ItemKind): readonly Deed[] =>
  deedsOf(dossier).filter((deed) => about[kind]?.includes(deed));

export function linesOn(
  dossier: Dossier,
  kind: ItemKind,
  page = 0,
): { readonly lines: readonly LineView[]; readonly pages: number } {
  const lines = dossier.items.find((item) => item.kind === kind)?.lines ?? [];
  return {
    lines: lines.slice(page * linesMax, (page + 1) * linesMax),
    pages: Math.max(1, Math.ceil(lines.length / linesMax)),
  };
}
