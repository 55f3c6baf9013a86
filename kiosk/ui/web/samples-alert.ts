import type { AlertLine, AlertOn } from "./kinds.ts";
import type { Sample } from "./sample.ts";

/** An emergency, with fixed contents. Nobody here is real. */

const at = (time: string): string => `2026-11-23T${time}:00.000+01:00`;
const person = (name: string, time: string | null, isDoubtful = false): AlertLine => {
  return { who: "person", name, sinceLocal: time === null ? null : at(time), loc: "Gate 2", isDoubtful };
};
const on: AlertOn = {
  is: "on",
  sinceLocal: at("08:57"),
  by: "wall",
  stage: "sent",
  people: 12,
  visitors: 2,
  doubtful: 1,
  lines: [
    person("Ana Morales", "06:02"),
    person("Bo", "06:10"),
    person("Chidi Okafor", "05:58"),
    person("Dana Weiss", null),
    person("Emre Yıldız", "06:00"),
    person("Farah Haddad", "06:31"),
    person("Grace Liu", "07:45"),
    person("Hugo", "05:40", true),
    person("Ines Duarte", "06:01"),
    person("Jonas Petersen", "06:15"),
    person("Kateryna Bondar", "06:20"),
    person("Luis Ortega", "06:05"),
  ],
  page: 0,
  pages: 2,
};

export const alertSamples: readonly Sample[] = [
  {
    id: "alert-raise",
    title: "Emergency, the second step",
    means: "Whoever means it touches once more; nobody raises an alert by leaning on the wall.",
    view: { at: "alert", page: { is: "raise" } },
  },
  {
    id: "alert",
    title: "Emergency, the office has been told",
    means: "Who has to be looked for stands here, with a network or without, until a supervisor says that it is over.",
    view: { at: "alert", page: on },
  },
  {
    id: "alert-offline",
    title: "Emergency, no network, the second page",
    means: "The wall says honestly that nobody may have heard; visitors stand at the end of the list.",
    view: {
      at: "alert",
      page: {
        ...on,
        stage: "saved",
        page: 1,
        lines: [
          { who: "visitor", name: "Marta Silva", sinceLocal: at("08:30"), loc: "Gate 2", isDoubtful: false },
          { who: "visitor", name: "Tom Becker", sinceLocal: at("08:12"), loc: "Gate 2", isDoubtful: false },
        ],
      },
    },
    strip: { uplink: "offline", waiting: 3 },
  },
  {
    id: "alert-end",
    title: "Emergency, is it over?",
    means: "A supervisor showed who they are and is asked once.",
    view: { at: "alert", page: { is: "end" } },
  },
];
