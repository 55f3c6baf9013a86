import type { View } from "../../core/view.ts";
import type { Sample } from "./sample.ts";

/** What somebody sees of their own data, with fixed contents. Nobody here is real. */

const on = (date: string): number => Date.parse(`${date}T10:00:00Z`);
const employment = { is: "employment" } as const;
const item = (
  kind: ListItem["kind"],
  count: number,
  until: ListItem["until"] = employment,
  sinceUtcMs: number | null = null,
): ListItem => ({ kind, count, sinceUtcMs, until, canNow: kind === "face" || kind === "choices" });

type Page = Extract<View, { at: "rights" }>["page"];
type ListItem = Extract<Page, { is: "list" }>["items"][number];

const face = item("face", 1, { is: "date", utcMs: on("2027-03-03") }, on("2026-09-04"));
const deeds = ["freeze", "stop", "no-pictures", "rename", "times", "copy", "choose", "erase"] as const;
const view = (page: Page, isBusy = false): View => ({ at: "rights", name: "Ana M.", page, isBusy });

export const rightsSamples: readonly Sample[] = [
  {
    id: "rights",
    title: "What this clock knows about me",
    means: "Everything this clock keeps of you, and when it goes; touch one to see it, or say what you want done.",
    view: view({
      is: "list",
      items: [
        item("name", 1),
        item("language", 1),
        item("badges", 2),
        item("pin", 1),
        face,
        item("signature", 1, { is: "each", days: 1_095 }),
        item("consents", 3, { is: "each", days: 1_095 }, on("2026-09-04")),
        item("times", 164, { is: "each", days: 35 }, on("2026-10-19")),
        item("requests", 2, { is: "each", days: 35 }, on("2026-11-02")),
        item("looks", 4, { is: "each", days: 365 }, on("2026-09-04")),
        item("messages", 1, { is: "date", utcMs: on("2026-11-28") }),
        item("office", 1),
      ],
      deeds,
    }),
  },
  {
    id: "rights-reading",
    title: "Looking for what is kept",
    means: "The clock reads everything that names you; it takes a moment.",
    view: view({ is: "reading" }, true),
  },
  {
    id: "rights-face",
    title: "What is kept of a face",
    means: "From here two touches are enough to freeze your face or to have it forgotten.",
    view: view({
      is: "item",
      item: face,
      facts: [
        { label: "taken", value: { utcMs: on("2026-09-04") } },
        { label: "quality", value: { code: "good", knew: { n: 12, of: 21 } } },
        { label: "source", value: { code: "camera" } },
        { label: "model", value: { text: "sface-2021dec-128" } },
        { label: "use", value: { code: "in-use" } },
        { label: "used", value: { utcMs: on("2026-11-22") } },
      ],
      lines: [],
      page: 0,
      pages: 1,
      deeds: ["freeze", "stop"],
    }),
  },
  {
    id: "rights-requests",
    title: "What I asked for",
    means: "Every request, whether it is answered, and until when it has to be.",
    view: view({
      is: "item",
      item: item("requests", 6, { is: "each", days: 35 }, on("2026-10-02")),
      facts: [],
      lines: [
        {
          line: "request",
          utcMs: on("2026-11-20"),
          right: "rectify",
          state: "asked",
          dueUtcMs: Date.parse("2026-12-20T22:59:59Z"),
        },
        { line: "request", utcMs: on("2026-11-12"), right: "copy", state: "done", dueUtcMs: on("2026-12-12") },
        { line: "request", utcMs: on("2026-10-21"), right: "erase", state: "overdue", dueUtcMs: on("2026-11-21") },
        { line: "request", utcMs: on("2026-10-04"), right: "restrict", state: "done", dueUtcMs: on("2026-11-04") },
      ],
      page: 0,
      pages: 2,
      deeds: [],
    }),
  },
  {
    id: "rights-looks",
    title: "Who looked",
    means: "Who read or changed something of yours, as what, and why.",
    view: view({
      is: "item",
      item: item("looks", 3, { is: "each", days: 365 }, on("2026-09-04")),
      facts: [],
      lines: [
        { line: "look", utcMs: on("2026-11-18"), role: "officer", why: "dispute" },
        { line: "look", utcMs: on("2026-10-02"), role: "supervisor", why: "badge" },
        { line: "look", utcMs: on("2026-09-04"), role: "technician", why: "enrol" },
      ],
      page: 0,
      pages: 1,
      deeds: [],
    }),
  },
  {
    id: "rights-pictures",
    title: "Pictures of my punches",
    means:
      "Where an employer has pictures taken with punches, two touches end it for you; your badge goes on as before.",
    view: view({
      is: "item",
      item: { ...item("snapshots", 2, { is: "date", utcMs: on("2027-02-14") }, on("2026-11-12")), canNow: true },
      facts: [{ label: "use", value: { code: "with-punch" } }],
      lines: [
        { line: "snapshot", utcMs: on("2026-11-12"), untilUtcMs: on("2027-02-10") },
        { line: "snapshot", utcMs: on("2026-11-16"), untilUtcMs: on("2027-02-14") },
      ],
      page: 0,
      pages: 1,
      deeds: ["no-pictures"],
    }),
  },
  {
    id: "rights-no-pictures",
    title: "No pictures of me",
    means: "From the next punch on none is taken; what had to be kept says until when, and who answers for it.",
    view: view({
      is: "done",
      deed: "no-pictures",
      dueUtcMs: null,
      certificate: "0A3V-7K2M-Q9XT-4C1B-00S6-P8ZH-2N5D-WE7F-RJG0",
      held: { untilUtcMs: on("2027-01-15"), owner: "works council, file 17" },
    }),
  },
  {
    id: "rights-deeds",
    title: "What I can do",
    means:
      "Freeze or stop your face, correct, take along or erase what is yours; no manager is asked. Whoever the camera misses often reads here that a new enrolment may help.",
    view: view({ is: "deeds", deeds, canKnowBetter: true }),
  },
  {
    id: "rights-erase",
    title: "Before the clock forgets somebody",
    means: "What goes and what stays, and why; one more touch and it is done.",
    view: view({
      is: "sure",
      goes: ["name", "language", "badges", "pin", "face", "signature", "messages", "office"],
      stays: ["consents", "times", "requests", "looks"],
    }),
  },
  {
    id: "rights-erased",
    title: "Forgotten",
    means: "You are erased on this clock; the code is your proof and can be checked.",
    view: {
      at: "rights",
      name: "",
      isBusy: false,
      page: {
        is: "done",
        deed: "erase",
        dueUtcMs: null,
        certificate: "0A3V-7K2M-Q9XT-4C1B-00S6-P8ZH-2N5D-WE7F-RJG0",
      },
    },
  },
  {
    id: "rights-stopped",
    title: "A face is forgotten",
    means: "Your face is unknown from this moment on; your badge counts the same.",
    view: view({
      is: "done",
      deed: "stop",
      dueUtcMs: null,
      certificate: "0A3V-7K2M-Q9XT-4C1B-00S6-P8ZH-2N5D-WE7F-RJG0",
    }),
  },
  {
    id: "rights-asked",
    title: "A correction of a name is asked for",
    means: "The office has one month to answer; the day stands there.",
    view: view({ is: "done", deed: "rename", dueUtcMs: Date.parse("2026-12-23T23:00:00Z"), certificate: null }),
  },
  {
    id: "rights-choices",
    title: "How I like it here",
    means: "Your name, news and language at this wall, as you wish.",
    view: view({
      is: "choices",
      choices: { isNameless: false, isMuted: true, lang: "es" },
      langs: ["en", "es", "de", "hi", "ar", "zh"],
    }),
  },
  {
    id: "rights-name",
    title: "A name is wrong",
    means: "Type your name as it should be; only the office reads it.",
    view: view({ is: "name", typed: "Ana Moráles", canSend: true }),
  },
  {
    id: "rights-doors",
    title: "How a copy is taken along",
    means: "On a stick or with a phone, and locked either way.",
    view: view({ is: "doors", doors: ["stick", "lan"] }),
  },
  {
    id: "rights-copy-lan",
    title: "A copy for the phone",
    means: "Scan it, and write down the code: without it nobody can read the file.",
    view: view({
      is: "copied",
      door: "lan",
      code: "7K2M-Q9XT-4C1B-00S6-P8ZH-2N5D",
      url: "http://192.168.17.20:8090/yQ2uB8w3kV6mR1xZ0nL4tA",
      file: null,
      untilUtcMs: Date.parse("2026-11-23T08:02:00Z"),
    }),
  },
  {
    id: "rights-copy-stick",
    title: "A copy on a stick",
    means: "The file is on the stick; the code opens it and is shown this once.",
    view: view({
      is: "copied",
      door: "stick",
      code: "7K2M-Q9XT-4C1B-00S6-P8ZH-2N5D",
      url: null,
      file: "lintel-copy-3f9a01c27e.jwe",
      untilUtcMs: null,
    }),
  },
  {
    id: "rights-failed",
    title: "It was not done",
    means: "Nothing changed: try again, or tell the office the code.",
    view: view({ is: "failed", code: "copy-failed" }),
  },
];
