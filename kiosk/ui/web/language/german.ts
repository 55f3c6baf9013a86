import { germanAbsence } from "./absence/german.ts";
import { germanAlert } from "./alert/german.ts";
import { germanConsent } from "./consent/german.ts";
import { counting } from "./counted.ts";
import { ended } from "./ended.ts";
import { germanGuests } from "./guests/german.ts";
import { languages } from "./languages.ts";
import { germanRights } from "./rights/german.ts";
import { germanVisit } from "./visit/german.ts";
import type { Words } from "./words.ts";

const counted = counting("de");

const named = (greeting: string) => (name: string) => (name === "" ? `${greeting}.` : `${greeting}, ${name}`);

const problems: Words["look"]["problem"] = {
  "too-far": "Bitte etwas näher kommen.",
  "too-close": "Bitte einen kleinen Schritt zurück.",
  "off-centre": "Bitte in die Mitte treten.",
  turned: "Bitte gerade auf den Bildschirm schauen.",
  "too-dark": "Ein Licht hinter dir verdeckt dein Gesicht.",
  "too-bright": "Das Licht auf deinem Gesicht ist zu stark.",
  blurred: "Bitte kurz stillhalten.",
  several: "Bitte nur eine Person.",
};
const turn = { left: "Bitte dreh den Kopf nach links.", right: "Bitte dreh den Kopf nach rechts." };

export const german: Words = {
  ...languages.german,
  languages: "Sprachen",
  moreTime: "Mehr Zeit",
  fullStop: ".",
  greeting: { morning: named("Guten Morgen"), afternoon: named("Guten Tag"), evening: named("Guten Abend") },
  starting: {
    say: "Einen Moment. Diese Uhr wacht gerade auf.",
    step: {
      journal: "Das Zeitenbuch wird geöffnet",
      people: "Die Uhr liest, wer hier arbeitet",
      models: "Gleich kann die Uhr dich sehen",
      camera: "Die Kamera startet",
    },
  },
  idle: {
    say: "Schau auf den Bildschirm, um zu kommen oder zu gehen.",
    sayBadgeOnly: "Halte deinen Ausweis hin, um zu kommen oder zu gehen.",
    sayWaking: "Die Kamera wacht gerade auf. Nimm deinen Ausweis, er zählt genauso.",
    sayResting: "Die Kamera ruht. Nimm deinen Ausweis, er zählt genauso.",
    sayRestingAlone: "Die Kamera ruht. Sie ist gleich wieder da.",
    sayNothing: "Diese Uhr kann dich gerade nicht sehen. Bitte sag im Büro Bescheid.",
    sayBadgeUntil: (time) => `Bitte nimm bis ${time} deinen Ausweis.`,
    sayNoFaceUntil: (time) => `Bis ${time} geht diese Uhr nicht nach Gesichtern. Bitte sag im Büro Bescheid.`,
    badgeAlone: "Bis dahin gilt hier nur der Ausweis.",
    camera: {
      on: "Kamera an · Gesichter bleiben hier",
      starting: "Kamera wacht auf",
      lost: "Kamera ruht",
      off: "Kamera aus",
    },
    keeps: "Was diese Uhr über dich speichert",
  },
  identify: {
    say: "Hier bin ich: Diese Uhr suchst du.",
    more: "Kommen und Gehen klappt wie immer.",
    site: "Standort",
    gate: "Eingang",
    device: "Uhr",
  },
  look: {
    say: "Schau auf den Bildschirm.",
    hold: "Gut. Bleib so.",
    problem: problems,
    challenge: { "turn-left": turn.left, "turn-right": turn.right, blink: "Bitte einmal blinzeln." },
    straightAgain: "Gut. Jetzt wieder geradeaus schauen.",
    alsoBadge: "Bitte halte auch deinen Ausweis hin.",
    alsoFace: "Danke. Schau jetzt auf den Bildschirm.",
    badgeRead: "Dein Ausweis ist gelesen.",
    orBadge: "oder nimm deinen Ausweis, er zählt genauso",
    aside: "Du willst gar nicht stempeln? Tritt zur Seite.",
  },
  enrol: {
    pose: {
      straight: "Schau gerade auf den Bildschirm.",
      "a-little-left": "Dreh den Kopf ein wenig nach links.",
      "a-little-right": "Dreh den Kopf ein wenig nach rechts.",
      "turn-left": turn.left,
      "turn-right": turn.right,
      blink: "Bitte einmal blinzeln.",
    },
    problem: {
      ...problems,
      turned: "Halte den Kopf wie auf der Zeichnung.",
      "too-dark": "Es ist zu dunkel. Bitte mach ein Licht an.",
      "too-bright": "Das Licht ist zu stark. Bitte geh etwas zur Seite.",
      nobody: "Bitte stell dich vor die Uhr.",
      "another-face": "Bitte bleib allein vor der Uhr.",
      "eyes-closed": "Bitte lass die Augen offen.",
    },
    taken: (accepted, needed) => `${accepted} von ${needed} geschafft`,
    keeps: "Es bleiben nur Zahlen aus deinem Gesicht. Kein Bild.",
    keeping: "Einen Moment.",
    keepingMore: "Die Zahlen werden aufgeschrieben.",
    stop: "Abbrechen",
  },
  enrolled: {
    kept: (name) => (name === "" ? "Fertig." : ended(`Fertig, ${name}`)),
    keptMore: "Diese Uhr kennt dich jetzt.",
    notKept: "Das hat nicht geklappt. Es ist nichts gespeichert.",
    notKeptMore: "Es liegt nicht an dir. Bitte frag, wer das mit dir einrichtet: Dort steht, warum.",
    close: "Schließen",
  },
  saving: {
    say: (name) => (name === "" ? "Einen Moment." : `Einen Moment, ${name}`),
    more: "Deine Zeit wird aufgeschrieben.",
  },
  thanks: {
    kind: { in: "Gekommen", out: "Gegangen", "break-start": "Pause", "break-end": "Zurück", transfer: "Neue Aufgabe" },
    changed: "geändert",
    saved: "Auf dieser Uhr gespeichert",
    received: (by) => `Angekommen bei ${by}`,
    onItsWay: "Unterwegs",
    noNetwork: "Wartet auf das Netz",
    choose: {
      in: "Ich komme gerade",
      out: "Ich gehe gerade",
      "break-start": "Ich mache Pause",
      "break-end": "Zurück aus der Pause",
    },
    next: "Nächste Person, bitte",
  },
  receipt: {
    say: "Dein Beleg. Er beweist diese Zeit.",
    hold: "Antippen, damit er bleibt",
    stays: "Er bleibt eine Weile",
  },
  refused: {
    notSure: "Wir waren nicht sicher, ob du es bist.",
    several: "Bitte nur eine Person.",
    severalMore: "Lasst immer nur eine Person vor die Uhr.",
    needsBadge: "Dein Gesicht allein reicht hier nicht.",
    needsBadgeTap: "Bitte halte deinen Ausweis hin.",
    needsBadgeMore: "Das ist die Grenze dieser Uhr, nicht deine.",
    badgeUnknown: "Diese Uhr kennt den Ausweis noch nicht.",
    badgeUnknownMore: "Bitte zeig ihn im Büro, damit er beim nächsten Mal geht.",
    notAllowed: "Das ist nur für die Leitung.",
    notAllowedMore: "Bitte hol deine Leitung an die Uhr.",
    pass: {
      "pass-late": {
        say: "Dieser Code ist zu alt.",
        more: "Öffne ihn noch einmal in der App: Er ist jede halbe Minute neu.",
      },
      "pass-used": { say: "Dieser Code war schon einmal da.", more: "Warte kurz und zeig den nächsten." },
      "pass-elsewhere": { say: "Dieser Code ist für einen anderen Standort.", more: "Bitte frag im Büro." },
      "pass-visitor": {
        say: "Das ist ein Code für Besuch.",
        more: "Diese Uhr empfängt keinen Besuch. Bitte frag am Empfang.",
      },
    },
    notSaved: "Deine Zeit ist nicht gespeichert.",
    notSavedMore: "Diese Uhr konnte sie nicht aufschreiben. Bitte sag es jetzt deiner Leitung.",
    tellWhen: "Wenn es nicht klappt, sag im Büro, dass du hier warst um",
    tellNow: "Sag, dass du hier warst um",
    useBadge: "Nimm deinen Ausweis, er zählt genauso.",
    useCamera: "Schau auf den Bildschirm, das zählt genauso.",
    retryCamera: "Noch einmal mit der Kamera",
    retry: "Noch einmal",
    close: "Schließen",
  },
  duplicate: {
    since: {
      in: (time) => `Schon da seit ${time}.`,
      out: (time) => `Schon gegangen um ${time}.`,
      "break-start": (time) => `In der Pause seit ${time}.`,
      "break-end": (time) => `Zurück seit ${time}.`,
      transfer: (time) => `An dieser Aufgabe seit ${time}.`,
    },
    more: (name) => (name === "" ? "Es zählt einmal." : `Es zählt einmal, ${name}`),
    choose: {
      in: "Ich komme gerade",
      out: "Ich gehe gerade",
      "break-start": "Ich mache Pause",
      "break-end": "Zurück aus der Pause",
    },
    close: "Alles gut",
  },
  outOfOrder: {
    say: "Diese Uhr ist außer Betrieb.",
    more: "Sie kann deine Zeit nicht speichern. Bitte sag es jetzt deiner Leitung.",
    forTechnician: "Für die Technik",
  },
  unreachable: {
    say: "Einen Moment, bitte.",
    more: "Dieser Bildschirm erreicht seine Uhr nicht. Er weiß nicht, ob deine Zeit gespeichert ist. Bitte sag im Büro Bescheid.",
  },
  otherWay: "Anders anmelden",
  badge: {
    title: "Ausweis",
    how: "Unter den Bildschirm halten",
    starting: "Der Ausweisleser wacht auf",
    resting: "Der Ausweisleser ruht",
  },
  locked: {
    order:
      "Diese Uhr ist vorsorglich gesperrt. Deine Zeiten zählen, bleiben hier sicher und werden nach dem Entsperren gesendet.",
    housing:
      "Jemand hat das Gehäuse dieser Uhr geöffnet. Bis sie geprüft ist, nutzt sie keine Gesichter; deine Zeiten zählen wie immer.",
    kept: "Wird nach dem Entsperren gesendet",
  },
  truths: {
    offline: (waiting) =>
      waiting === 0
        ? "Kein Netz. Was du stempelst, bleibt hier gespeichert."
        : counted(waiting, {
            one: (n) => `Kein Netz. Hier gespeichert; ${n} wartet aufs Senden.`,
            other: (n) => `Kein Netz. Hier gespeichert; ${n} warten aufs Senden.`,
          }),
    undelivered: (waiting) =>
      waiting === 0
        ? "Was du stempelst, ist hier gespeichert und wird gesendet."
        : counted(waiting, {
            one: (n) => `Hier gespeichert; ${n} wartet aufs Senden.`,
            other: (n) => `Hier gespeichert; ${n} warten aufs Senden.`,
          }),
    setAside: "Ein älteres Zeitenbuch wurde hier beiseitegelegt. Frag im Büro, ob deine Zeit fehlt.",
    damaged: "Eine Seite im Zeitenbuch dieser Uhr ist beschädigt. Was du jetzt stempelst, ist sicher.",
    lost: (from, to) => (from === to ? `Nummer ${from} fehlt.` : `Die Nummern ${from} bis ${to} fehlen.`),
    pretended: "Kamera, Ausweisleser und Lohnbüro sind hier nur vorgeführt",
    demo: "Demo",
  },
  outage: {
    cause: {
      "broker-unreachable": "Der Broker antwortet nicht.",
      "broker-refused": "Der Broker lässt diese Uhr nicht herein, oder es ist der falsche.",
      "broker-taken-over": "Ein anderes Gerät meldet sich als diese Uhr.",
      "certificate-expired": "Ein Zertifikat ist abgelaufen.",
      "clock-wrong": "Die Uhrzeit dieses Geräts ist falsch.",
      "receipt-invalid": "Eine Quittung kam, die nicht echt ist.",
      "receiver-silent": "Der Broker nimmt alles, und niemand schickt Quittungen.",
    },
    otherCause: "Was hier gestempelt wird, kommt nicht an.",
    safe: (waiting) =>
      waiting === 0
        ? "Nichts ist verloren: Was gestempelt wird, ist hier gespeichert und wird gesendet."
        : counted(waiting, {
            one: (n) => `Nichts ist verloren: ${n} ist hier gespeichert und wird gesendet.`,
            other: (n) => `Nichts ist verloren: ${n} sind hier gespeichert und werden gesendet.`,
          }),
    next: "Was zu tun ist",
    found: "Was die Uhr gefunden hat",
    since: "Seit",
    code: "Code",
  },
  notice: {
    title: "Was diese Uhr über dich speichert",
    parts: {
      camera: {
        head: "Die Kamera schaut und vergisst.",
        body: "Sie sucht ein Gesicht vor der Uhr. Bilder werden nie gespeichert und verlassen diese Uhr nie.",
      },
      face: {
        head: "Dein Gesicht bleibt als Zahlen, wenn du zugestimmt hast.",
        body: "Sie sind auf dieser Uhr verschlossen und werden nur hier verglichen. Nimm die Zustimmung jederzeit zurück: Dann werden sie gelöscht.",
      },
      times: {
        head: "Deine Zeiten bleiben und gehen ans Lohnbüro.",
        body: "Jede sagt, wann, ob kommen oder gehen, und eine Nummer, die für dich steht. Kein Name, kein Bild.",
      },
      badge: {
        head: "Dein Ausweis zählt genauso.",
        body: "Du musst die Kamera nie benutzen.",
      },
    },
    close: "Schließen",
  },
  consent: germanConsent,
  rights: germanRights,
  guests: germanGuests,
  absence: germanAbsence,
  alert: germanAlert,
  visit: germanVisit,
};
