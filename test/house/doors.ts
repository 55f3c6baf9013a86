import { filesIn, type Import, importsOf, type Rule } from "./source.ts";

/** Who may open which door. The longest beginning that fits a file is its row. */
interface Door {
  readonly of: string;
  /** Beginnings of our own files that it may import. */
  readonly ours: readonly string[];
  /** Of our own files it may import these as types only. */
  readonly oursAsTypes?: readonly string[];
  /** Packages and parts of Node; left out where any will do. */
  readonly outside?: readonly string[];
}

const core = "kiosk/core/";
const rooms = ["camera", "reader", "inference", "store", "uplink", "ui", "host", "desk", "housing"].map(
  (room) => `kiosk/${room}/`,
);

const doors: readonly Door[] = [
  { of: core, ours: [core], outside: ["node:crypto"] },
  { of: "kiosk/figures/", ours: [core, "kiosk/figures/"] },
  ...rooms.map((room) => ({ of: room, ours: [core, room] })),
  { of: "kiosk/uplink/receiver/", ours: [core, "kiosk/uplink/contract/", "kiosk/uplink/receiver/"] },
  { of: "kiosk/uplink/contract/", ours: [core, "kiosk/uplink/contract/"] },
  { of: "kiosk/ui/web/", ours: ["kiosk/ui/web/"], oursAsTypes: ["kiosk/core/view.ts", "kiosk/core/chosen.ts"] },
  {
    of: "kiosk/ui/web/technician/",
    ours: ["kiosk/ui/web/technician/", "kiosk/ui/web/hold.ts"],
    oursAsTypes: ["kiosk/core/technician-view.ts"],
  },
  { of: "kiosk/run.ts", ours: [core], outside: ["node:crypto"] },
  { of: "kiosk/sealing/turning.ts", ours: [core], outside: [] },
  {
    of: "kiosk/sealing/sealing.ts",
    ours: [
      core,
      "kiosk/host/",
      "kiosk/inference/",
      "kiosk/sealing/keys-at-night.ts",
      "kiosk/store/",
      "kiosk/sealing/turning.ts",
    ],
    oursAsTypes: ["kiosk/privacy/erasure.ts"],
    outside: ["node:path"],
  },
  { of: "kiosk/sealing/renewal.ts", ours: [core], outside: [] },
  { of: "kiosk/sealing/keys-at-night.ts", ours: [core], outside: [] },
  ...[
    "keep",
    "pulse",
    "eyes",
    "say",
    "listen",
    "privacy/erasure",
    "rotation",
    "room-codes",
    "lock",
    "shutter",
    "even-ways",
  ].map((name) => ({
    of: `kiosk/${name}.ts`,
    ours: [core],
    outside: [],
  })),
  { of: "kiosk/privacy/lateness.ts", ours: [core], outside: [] },
  { of: "kiosk/privacy/serving.ts", ours: [core], outside: [] },
  { of: "kiosk/privacy/retention.ts", ours: [core], oursAsTypes: ["kiosk/privacy/lateness.ts"], outside: [] },
  { of: "kiosk/privacy/own-keepsakes.ts", ours: [core], oursAsTypes: ["kiosk/privacy/lateness.ts"], outside: [] },
  {
    of: "kiosk/privacy/holds.ts",
    ours: [core, "kiosk/uplink/orders/args.ts"],
    oursAsTypes: ["kiosk/privacy/lateness.ts"],
    outside: ["node:crypto"],
  },
  {
    of: "kiosk/privacy/keeping.ts",
    ours: [core, "kiosk/store/", "kiosk/privacy/holds.ts", "kiosk/privacy/lateness.ts"],
    outside: [],
  },
  { of: "kiosk/demo.ts", ours: [core, "kiosk/office/enrolment.ts"], outside: [] },
  { of: "kiosk/office/enrolment.ts", ours: [core], outside: ["node:crypto"] },
  ...["office/gate", "office/front-desk", "evidence"].map((name) => ({
    of: `kiosk/${name}.ts`,
    ours: [core, "kiosk/office/front-desk.ts"],
    oursAsTypes: ["kiosk/store/", "kiosk/office/disclosing.ts", "kiosk/office/trail.ts"],
    outside: name === "office/front-desk" ? ["node:crypto"] : [],
  })),
  ...["disclosing", "trail", "standing"].map((name) => ({ of: `kiosk/office/${name}.ts`, ours: [core], outside: [] })),
  {
    of: "kiosk/pictures.ts",
    ours: [core, "kiosk/camera/", "kiosk/evidence.ts", "kiosk/store/"],
    oursAsTypes: ["kiosk/config.ts", "kiosk/privacy/erasure.ts"],
    outside: ["node:fs", "node:fs/promises", "node:path"],
  },
  {
    of: "kiosk/office/entrance.ts",
    ours: [core, "kiosk/office/disclosing.ts", "kiosk/office/gate.ts", "kiosk/store/", "kiosk/office/trail.ts"],
    outside: [],
  },
  {
    of: "kiosk/office/clerk.ts",
    ours: [core, "kiosk/office/badging.ts", "kiosk/office/enrolment.ts"],
    oursAsTypes: [
      "kiosk/acceptance/open.ts",
      "kiosk/alarm.ts",
      "kiosk/lock.ts",
      "kiosk/privacy/consents.ts",
      "kiosk/privacy/erasure.ts",
      "kiosk/privacy/holds.ts",
      "kiosk/privacy/request-office.ts",
      "kiosk/privacy/serving.ts",
      "kiosk/technician/open.ts",
    ],
    outside: ["node:crypto"],
  },
  { of: "kiosk/office/badging.ts", ours: [core, "kiosk/office/enrolment.ts"], outside: [] },
  {
    of: "kiosk/readers.ts",
    ours: [core, "kiosk/reader/", "kiosk/keep.ts", "kiosk/listen.ts"],
    oursAsTypes: ["kiosk/run.ts"],
    outside: [],
  },
  {
    of: "kiosk/network.ts",
    ours: [core, "kiosk/uplink/", "kiosk/cloud-keys.ts"],
    oursAsTypes: ["kiosk/config.ts"],
    outside: [],
  },
  {
    of: "kiosk/cloud-keys.ts",
    ours: [core, "kiosk/uplink/contract/"],
    oursAsTypes: ["kiosk/config.ts", "kiosk/uplink/"],
    outside: ["zod", "node:fs/promises"],
  },
  { of: "kiosk/afar.ts", ours: [core, "kiosk/config.ts"], outside: [] },
  { of: "kiosk/roll.ts", ours: [core, "kiosk/uplink/contract/"], outside: [] },
  {
    of: "kiosk/sight.ts",
    ours: [core, "kiosk/keep.ts", "kiosk/shutter.ts"],
    oursAsTypes: ["kiosk/engine-room.ts", "kiosk/eyes.ts"],
    outside: [],
  },
  {
    of: "kiosk/keep-housing.ts",
    ours: [core, "kiosk/housing/", "kiosk/store/housing-seen.ts"],
    oursAsTypes: ["kiosk/config.ts", "kiosk/host/log.ts", "kiosk/lock.ts"],
    outside: [],
  },
  {
    of: "kiosk/config.ts",
    ours: [core, "kiosk/privacy/retention-settings.ts", "kiosk/site-settings.ts"],
    outside: ["zod", "fastest-levenshtein", "node:fs", "node:path", "node:util"],
  },
  {
    of: "kiosk/privacy/own-retention.ts",
    ours: [core, "kiosk/privacy/own-keepsakes.ts", "kiosk/privacy/retention.ts"],
    oursAsTypes: ["kiosk/privacy/erasure.ts", "kiosk/privacy/keeping.ts"],
    outside: [],
  },
  { of: "kiosk/privacy/retention-settings.ts", ours: [core], outside: ["zod"] },
  { of: "kiosk/site-settings.ts", ours: [], outside: ["zod"] },
  { of: "kiosk/policy.ts", ours: [core], oursAsTypes: ["kiosk/config.ts"], outside: [] },
  { of: "kiosk/main.ts", ours: [core, "kiosk/config.ts", "kiosk/host/", "kiosk/lives.ts"] },
  {
    of: "kiosk/lives.ts",
    ours: ["kiosk/afar.ts", "kiosk/config.ts", "kiosk/house.ts", "kiosk/store/"],
    oursAsTypes: ["kiosk/host/log.ts", "kiosk/host/notify.ts"],
    outside: [],
  },
  {
    of: "kiosk/ending.ts",
    ours: [core, "kiosk/uplink/orders/args.ts"],
    oursAsTypes: ["kiosk/store/ordered-end.ts"],
    outside: [],
  },
  { of: "kiosk/quiet.ts", ours: [core], outside: [] },
  {
    of: "kiosk/guests/",
    ours: [core, "kiosk/guests/", "kiosk/store/", "kiosk/uplink/"],
    oursAsTypes: ["kiosk/privacy/erasure.ts"],
    outside: ["node:crypto"],
  },
  { of: "kiosk/members.ts", ours: [core, "kiosk/roll.ts"], outside: [] },
  { of: "kiosk/privacy/consents.ts", ours: [core, "kiosk/privacy/consent-shelf.ts"], outside: [] },
  { of: "kiosk/privacy/consent-shelf.ts", ours: [core], outside: [] },
  { of: "kiosk/privacy/consent-desk.ts", ours: [core], oursAsTypes: ["kiosk/privacy/consents.ts"], outside: [] },
  {
    of: "kiosk/privacy/consenting.ts",
    ours: [core, "kiosk/privacy/consent", "kiosk/privacy/demo-policy.ts", "kiosk/privacy/privacy.ts", "kiosk/store/"],
    oursAsTypes: ["kiosk/config.ts", "kiosk/uplink/contract/"],
    outside: [],
  },
  {
    of: "kiosk/privacy/privacy.ts",
    ours: [core, "kiosk/uplink/"],
    oursAsTypes: ["kiosk/store/"],
    outside: ["node:fs/promises"],
  },
  {
    of: "kiosk/privacy/demo-policy.ts",
    ours: [core, "kiosk/uplink/contract/"],
    oursAsTypes: ["kiosk/config.ts", "kiosk/store/"],
    outside: ["node:crypto"],
  },
  {
    of: "kiosk/cloud.ts",
    ours: [core, "kiosk/host/", "kiosk/orders.ts", "kiosk/store/", "kiosk/uplink/"],
    oursAsTypes: ["kiosk/cloud-keys.ts", "kiosk/config.ts"],
    outside: ["node:fs/promises"],
  },
  { of: "kiosk/house.ts", ours: ["kiosk/"] },
  {
    of: "kiosk/outside.ts",
    ours: [
      core,
      "kiosk/cloud.ts",
      "kiosk/ending.ts",
      "kiosk/host/",
      "kiosk/network.ts",
      "kiosk/rotation.ts",
      "kiosk/store/ordered-end.ts",
    ],
    oursAsTypes: [
      ...["bulletins.ts", "lock.ts", "privacy/erasure.ts", "room-codes.ts", "uplink/"].map((name) => `kiosk/${name}`),
    ],
    outside: [],
  },
  {
    of: "kiosk/household.ts",
    ours: [
      core,
      ...["guests/", "known.ts", "network.ts", "pictures.ts", "policy.ts", "store/", "uplink/"].map(
        (name) => `kiosk/${name}`,
      ),
      ...["consenting.ts", "own-pictures.ts", "own-retention.ts"].map((name) => `kiosk/privacy/${name}`),
    ],
    oursAsTypes: ["kiosk/config.ts", "kiosk/members.ts", "kiosk/privacy/keeping.ts"],
    outside: ["node:path"],
  },
  { of: "kiosk/alarm.ts", ours: [core], outside: [] },
  { of: "kiosk/owed.ts", ours: [core], outside: [] },
  { of: "kiosk/room-lines.ts", ours: [core], oursAsTypes: ["kiosk/say.ts"], outside: [] },
  { of: "kiosk/acceptance/", ours: [core, "kiosk/acceptance/"], outside: ["node:crypto"] },
  { of: "kiosk/inside.ts", ours: [core], outside: [] },
  {
    of: "kiosk/technician/",
    ours: [core, "kiosk/technician/"],
    outside: ["node:child_process", "node:crypto", "node:fs/promises", "node:path", "node:url", "zod"],
  },
  { of: "kiosk/known.ts", ours: [core, "kiosk/privacy/erasure.ts", "kiosk/store/"], outside: ["node:path"] },
  {
    of: "kiosk/privacy/rights-desk.ts",
    ours: [core, "kiosk/privacy/records-about.ts"],
    oursAsTypes: ["kiosk/privacy/copies.ts", "kiosk/privacy/erasure.ts"],
    outside: [],
  },
  {
    of: "kiosk/privacy/own-data.ts",
    ours: [core, "kiosk/privacy/copies.ts", "kiosk/privacy/request-office.ts", "kiosk/privacy/rights-desk.ts"],
    oursAsTypes: ["kiosk/config.ts", "kiosk/privacy/consents.ts", "kiosk/privacy/keeping.ts"],
    outside: [],
  },
  {
    of: "kiosk/privacy/own-pictures.ts",
    ours: [core],
    oursAsTypes: [
      ...["consents.ts", "holds.ts", "rights-desk.ts"].map((name) => `kiosk/privacy/${name}`),
      "kiosk/store/",
    ],
    outside: [],
  },
  { of: "kiosk/privacy/request-office.ts", ours: [core], outside: [] },
  { of: "kiosk/privacy/records-about.ts", ours: [core], outside: ["node:timers/promises"] },
  {
    of: "kiosk/privacy/copies.ts",
    ours: [core],
    outside: ["node:crypto", "node:fs/promises", "node:http", "node:path", "jose"],
  },
  { of: "kiosk/bulletins.ts", ours: [core], oursAsTypes: ["kiosk/store/settings.ts"], outside: [] },
  {
    of: "kiosk/engine-room.ts",
    ours: [core, "kiosk/inference/", "kiosk/keep.ts"],
    oursAsTypes: ["kiosk/eyes.ts"],
    outside: [],
  },
  {
    of: "kiosk/theatre.ts",
    ours: [core, "kiosk/camera/", "kiosk/demo.ts", "kiosk/supplies.ts"],
    oursAsTypes: ["kiosk/config.ts"],
    outside: [],
  },
  {
    of: "kiosk/supplies.ts",
    ours: ["kiosk/host/", "kiosk/inference/"],
    oursAsTypes: ["kiosk/config.ts"],
    outside: ["node:url"],
  },
  { of: "kiosk/boots.ts", ours: [core, "kiosk/host/", "kiosk/store/"], outside: [] },
  {
    of: "kiosk/orders.ts",
    ours: [core, "kiosk/uplink/orders/"],
    oursAsTypes: ["kiosk/store/settings.ts", "kiosk/uplink/"],
    outside: ["node:crypto"],
  },
  { of: "provisioning/", ours: ["kiosk/", "provisioning/"] },
];

const sources = [".ts", ".tsx"];

export const doorRules: readonly Rule[] = [
  {
    rule: "A room knows the core and itself; only house.ts knows the rooms; the kiosk knows none of its tools",
    why: "each room can be read, tested and replaced alone, and what is decided is decided in one place",
    guards: doors.map(({ of }) => of),
    broken: () =>
      filesIn(["kiosk/", "provisioning/"], sources).flatMap((file) => {
        const door = doors.filter(({ of }) => file.startsWith(of)).sort((a, b) => b.of.length - a.of.length)[0];
        if (door === undefined) return [`${file} is in no row of the table`];
        return importsOf(file)
          .filter((one) => !mayPass(door, one))
          .map(({ ours, outside, isType }) => `${file} imports ${ours ?? outside}${isType ? " (types)" : ""}`);
      }),
  },
  {
    rule: "No file imports itself by way of others, not even for a type",
    why: "in a ring nobody can be understood first",
    guards: ["kiosk/"],
    broken: () => rings(filesIn(["kiosk/", "provisioning/", "test/", "bench/"], sources)),
  },
];

function mayPass({ ours, oursAsTypes = [], outside }: Door, one: Import): boolean {
  const target = one.ours;
  if (target === null) return outside === undefined || outside.includes(one.outside ?? "");
  const fits = (beginnings: readonly string[]): boolean => beginnings.some((beginning) => target.startsWith(beginning));
  return fits(ours) || (one.isType && fits(oursAsTypes));
}

/** Each ring once, as the way around it. */
function rings(all: readonly string[]): readonly string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const visit = (file: string, way: readonly string[]): void => {
    if (way.includes(file)) found.push([...way.slice(way.indexOf(file)), file].join(" -> "));
    if (way.includes(file) || done.has(file) || !all.includes(file)) return;
    for (const { ours } of importsOf(file)) if (ours !== null) visit(ours, [...way, file]);
    done.add(file);
  };
  for (const file of all) visit(file, []);
  return found;
}
