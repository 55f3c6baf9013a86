import type { Facts } from "./facts.ts";

/**
 * The record of processing (GDPR Article 30) and an annex for the impact assessment (Article 35), as Markdown. What only
 * the employer knows is a blank with a name, and all blanks are listed at the end.
 */
export function dpiaPages(facts: Facts, writtenOn: string): string {
  const blanks: string[] = [];
  const blank = (what: string): string => {
    blanks.push(what);
    return `**[to be filled in: ${what}]**`;
  };
  const body = [
    ["# Record of processing activities and annex to the impact assessment", ""],
    [
      `Written on ${writtenOn} from the settings of this clock: tenant \`${facts.config.tenant}\`, site \`${facts.config.site}\`.`,
    ],
    [
      "It says what the machine is set to do. It is no legal advice, and what only the employer knows is left blank.",
      "",
    ],
    responsible(facts, blank),
    purposes(facts, blank),
    data(facts),
    recipients(facts, blank),
    security(facts),
    recognition(facts),
    risks(facts, blank),
  ].flat();
  return [...body, "## What is left to fill in", "", ...blanks.map((what, n) => `${n + 1}. ${what}`), ""].join("\n");
}

type Blank = (what: string) => string;
type Lines = readonly string[];

const row = (...cells: readonly (string | number)[]): string =>
  `| ${cells.map((cell) => String(cell).replaceAll("|", "\\|").replaceAll("\n", " ")).join(" | ")} |`;
const table = (heads: readonly string[], rows: readonly string[]): Lines => [
  row(...heads),
  `|${"---|".repeat(heads.length)}`,
  ...rows,
  "",
];

function responsible({ policy }: Facts, blank: Blank): Lines {
  return [
    "## 1. Who is responsible",
    "",
    `- Controller: ${policy === null ? blank("name of the controller") : policy.controller.name}`,
    `- How to reach them: ${policy === null ? blank("contact of the controller") : policy.controller.contact}`,
    `- Data protection officer: ${policy?.dpo ?? blank("data protection officer, or why there is none")}`,
    `- Supervisory authority: ${policy?.authority ?? blank("supervisory authority")}`,
    `- Processors (who runs broker, receivers and this machine): ${blank("processors and the contracts with them")}`,
    "",
  ];
}

function purposes({ config, policy }: Facts, blank: Blank): Lines {
  const usesFaces = config.camera !== "none" && config.ways.includes("face");
  const basis = policy?.basis;
  const faceBasis =
    basis === undefined
      ? blank("lawful basis for faces (Articles 6 and 9)")
      : basis.kind === "consent"
        ? "consent (Article 9(2)(a))"
        : `${basis.kind}: ${basis.ref}`;
  return [
    "## 2. What for, and by what right",
    "",
    ...table(
      ["purpose", "whose data", "lawful basis"],
      [
        row("recording working time", "people who work here", blank("lawful basis for time records")),
        ...(usesFaces
          ? [
              row(
                `knowing people by their face (${policy?.purposes.join(", ") ?? blank("purposes of the signed policy")})`,
                "those who agreed",
                faceBasis,
              ),
            ]
          : []),
        row("security of the machine and of the records", "operators", blank("lawful basis for audit records")),
      ],
    ),
    usesFaces
      ? `Ways that need no face: ${config.ways.filter((way) => way !== "face").join(", ") || "none: a face must not be the only way"}. They count the same.`
      : "This clock has no camera in use, or offers no faces: no biometric data are processed by it.",
    policy === null && usesFaces ? "No signed policy of the employer is here, so the clock learns no face." : "",
    ...(policy === null
      ? []
      : [
          `Minimum age: ${policy.min_age}. Country pack: ${policy.pack}. Faces at the sites: ${policy.face_sites.join(", ") || "none"}.`,
        ]),
    "",
  ];
}

const what: Readonly<Record<string, string>> = {
  "enrolment-image": "pictures taken while a face is learnt",
  snapshot: "a sealed picture as evidence of a punch",
  template: "a face as 512 numbers, and how often the camera knew and missed it (two numbers, no times), sealed",
  consent: "who agreed to which words, and when it ended",
  spoof: "evidence of attempts to deceive, about nobody",
  punch: "who came and went when, by pseudonym, signed",
  visitor: "name, host and times of a visit, sealed",
  audit: "what operators did, by pseudonym, signed",
  log: "how the machine ran",
  person: "name, language, cards, sealed",
};

const since: Readonly<Record<string, string>> = {
  collected: "collection",
  "last-use": "last use",
  written: "writing",
  "end-of-employment": "the end of the work here",
};

function data({ classes, config }: Facts): Lines {
  return [
    "## 3. Which data, and for how long",
    "",
    ...table(
      ["class", "what", "kept for", "counted from", "allowed"],
      classes.map(({ cls, days, from, min, max, ends }) =>
        row(
          cls,
          what[cls] ?? cls,
          `${days} days${ends === "receiver" ? ", where records are received" : ""}`,
          since[from] ?? from,
          `${min} to ${max}`,
        ),
      ),
    ),
    `Camera frames are held in memory and kept for 0 days. A record stays on the clock ${config.keepDays} days after every receiver has confirmed it, and is never deleted before.`,
    "What is over is deleted by the clock itself, without a network; each deletion leaves a signed record with numbers and no content.",
    "",
  ];
}

function recipients({ config, recipients: all, areKeysUnread }: Facts, blank: Blank): Lines {
  const given = new Map(all.flatMap(({ gets }) => gets.map((one) => [one.what, one] as const)));
  return [
    "## 4. Who receives what",
    "",
    ...table(
      ["who", "where", "by the setting", "leaves this machine", "what"],
      all.map(({ who, where, because, isOutside, gets }) =>
        row(who, where, because, isOutside ? "yes" : "no", gets.map(({ what }) => what).join(", ")),
      ),
    ),
    "Everything is by pseudonym but the roster's names (`roster-item.v1`), which the broker carries to the clock. No face, no template and no card number is in any of it.",
    ...(areKeysUnread
      ? ["**The cloud's keys could not be read from here: receivers that they name may be missing.**"]
      : []),
    "",
    "Each of these in full, member by member:",
    "",
    ...table(
      ["what", "members of what is signed"],
      [...given.values()]
        .filter(({ members }) => members.length > 0)
        .map(({ what, members }) => row(what, members.join(", "))),
    ),
    `Encrypted on the way: ${config.broker.startsWith("mqtts:") ? "yes, TLS" : config.broker === "embedded" ? "nothing leaves the machine" : "NO: the broker is reached in clear"}.`,
    "The clock's wall time comes from the machine's own time service, which learns of nobody.",
    `Transfers to third countries: ${blank("where broker and receivers stand, and the safeguards where that is outside the EEA")}`,
    "",
  ];
}

function security({ config }: Facts): Lines {
  return [
    "## 5. Measures (Article 32)",
    "",
    "- Personal data lie sealed, each person under a key of their own; destroying that key is what erasing means.",
    "- What the device's own key rests on is told by `lintel selfcheck` (SC-11), because it depends on the machine.",
    "- Records are numbered, signed and chained; a verifier names the first that was changed.",
    "- Operators have roles, sessions with an end and a reason; every act and every look is a signed record.",
    `- Names on the wall: ${config.nameMasking}. Screen on this machine only (127.0.0.1:${config.port}).`,
    `- Log lines for support: ${config.supportKey === undefined ? "not handed out (no support key)" : "redacted, and sealed for the support key"}.`,
    "",
  ];
}

function recognition({ config, models }: Facts): Lines {
  if (config.camera === "none") return ["## 6. Recognition", "", "No camera is configured: no model is loaded.", ""];
  return [
    "## 6. Recognition",
    "",
    ...table(
      ["kind", "file", "what it is", "licence", "SHA-256 begins", "on this machine"],
      models.map(({ kind, file, whatItIs, licence, sha256, presence }) =>
        row(kind, file, whatItIs, licence, sha256?.slice(0, 16) ?? "none", presence),
      ),
    ),
    "No model guesses at feelings, age, sex, descent or health; a manifest with such a kind is refused.",
    `Settings: a stranger may be taken for somebody in at most ${config.fpirTarget} of visits (\`fpirTarget\`), from which the threshold follows with the number of people${config.similarityMin === undefined ? "" : `; the site fixed the threshold at ${config.similarityMin} instead`}; liveness below ${config.liveMin} is refused, from ${config.liveSure} on it is enough; a movement is asked of ${Math.round(config.challengeShare * 100)} % of visits at random.`,
    "Measured accuracy and its limits: docs/accuracy.md. Attacks that were tried and what came of them: docs/attacks.md. Neither was measured on the people of this site.",
    "Nobody is turned away by a machine: a punch that is doubtful is kept and flagged, and a person looks at it.",
    "",
  ];
}

function risks({ config }: Facts, blank: Blank): Lines {
  return [
    "## 7. Risks and what stands against them",
    "",
    ...table(
      ["risk", "what the clock does", "promise"],
      [
        row(
          "a face is used without or after consent",
          "templates reach the matcher only with a consent that lives; taken back in two touches",
          "P2, P3, P4, L7",
        ),
        row(
          "people are followed",
          "no place but the clock's own, no picture of passers-by, no figures about persons",
          "SC-3, SC-4, OH-18",
        ),
        row("the machine is stolen", "sealed pieces, keys per person, nothing in clear", "SC-11, S1, AR-9"),
        row("data stay too long", "deletion by the clock itself, floors and ceilings in code", "EC-11, SC-7, OH-9"),
        row(
          "a forgotten person comes back with a backup",
          "keys are destroyed, and a list keeps them out",
          "IC-20, L4",
        ),
        row("somebody is wrongly refused", "other ways that count the same; no punch is refused", "X1"),
        row(
          "whoever keeps their face to themselves waits longer",
          "every way is timed, in sums of nobody (`lintel ways`); an alarm where the badge is the slow one",
          "L6",
        ),
        row(
          "insiders look without need",
          "roles, reasons, sessions with an end, a record of every look",
          "SC-6, IC-23, S7",
        ),
      ],
    ),
    ...(config.ways.every((way) => way === "face")
      ? ["**A face is the only way in: this cannot be proportionate. Offer another.**", ""]
      : []),
    `Necessity and proportionality: ${blank("why a clock with these ways, and why less would not do")}`,
    "",
    `Views of the people concerned or their representatives: ${blank("what they said, and when")}`,
    "",
    `Decision: ${blank("who decided, when, and when it is looked at again")}`,
    "",
  ];
}
