import { reach } from "../acceptance/bounds.ts";
import { type Chapter, care, drawing, heading, points, steps, table, text, ticks, typed } from "./blocks.ts";

export const before: Chapter = {
  title: "Before you drive",
  blocks: [
    text(
      "This guide is for whoever hangs a clock on a wall and keeps it there. You need no knowledge of programming. Where something is typed, it is printed like this: `lintel doctor`. A line that begins with `sudo` asks for the machine's password.",
    ),
    heading("Take along"),
    ticks(
      "the clock: board with its supply, screen, camera, badge reader (chapter 10)",
      "a memory card or disk with the operating system and the Lintel package, and a second one, empty",
      "the **ticket** for this clock: a code on paper, or a USB stick. It works once, and for some hours only",
      "the telephone number of the office: they see six words that you will compare",
      "a badge that is known at this site, of somebody who agreed to test with you",
      "tape measure, drill, screws for this wall, clamp for the cable, a keyboard for the first hour",
      "for the acceptance: somebody of the site, a printed portrait and a phone with a picture of a person who agreed to it",
    ),
    heading("Two words"),
    points(
      "**Receipt**: the office's signed word that it has a punch. Until it comes, the clock keeps the punch. A network that is away for weeks loses nothing.",
      "**Journal**: the book of all punches on the card, in `/var/lib/lintel`. Never copy it back, never format a card on which punches may be waiting.",
    ),
  ],
};

export const fit: Chapter = {
  title: "Fit",
  blocks: [
    heading("Height and reach"),
    drawing(
      "field-height.svg",
      "Heights above the floor. Everything that is touched stands between 380 and 1220 mm; the faces that one camera sees span about 38 cm.",
    ),
    table(
      ["What", "Where", "Why"],
      [
        [
          "everything that is touched, and the badge reader",
          `${reach.lowestMm} to ${reach.highestMm} mm above the floor`,
          "what a hand reaches from a wheelchair (ADA 308, 15 to 48 inches; EN 301 549, 8.3, asks for the same)",
        ],
        [
          "free floor before it",
          `${reach.floorWideMm} by ${reach.floorDeepMm} mm, level`,
          "the place of a wheelchair (ADA 305)",
        ],
        [
          "lens",
          "about 1400 mm, in the middle of the screen's width",
          "people look at the screen; a camera at its side sees half a face",
        ],
        ["people", "50 to 80 cm before it", "nearer the face fills the picture, farther it is not looked at"],
      ],
    ),
    text(
      "**One camera does not see everybody's height.** The clock looks at a face that fills at least 18 % of the picture's width and whose middle lies in the middle three fifths of its height. For a face 15 cm wide and a picture of 4 to 3 that leaves about 38 cm, whatever the lens: with the lens at 1400 mm from about 1210 to 1590 mm. Whoever is taller bends or uses the badge. Choose the height by the people who work there, and measure it (chapter 5). A camera on its side sees more: about 67 cm, with people 1.3 times as far away and faces from 86 pixels wide instead of 115. Mount it so, write `\"cameraTurn\": 90` (or 270) into `/etc/lintel/kiosk.json`, `sudo systemctl restart lintel`, and see that the picture in the ring stands upright. These figures are worked out from the numbers above; recognition through a turned camera was measured by nobody yet.",
    ),
    text("A person can always use a badge or a PIN instead, as quickly, and needs nobody's leave."),
    heading("Light"),
    drawing("field-light.svg", "Light belongs on the face. A window or a lamp behind the people makes them dark."),
    points(
      "Hang the clock so that people look towards the light, not away from it.",
      "No sun on the lens at any time of the day; think of winter, when it stands low.",
      "Take the film off the screen and the lens. Clean both.",
      "If you cannot avoid a window behind the people: a blind, or a lamp beside the clock that shines on faces.",
    ),
    heading("Place and cable"),
    drawing("field-place.svg", "Free floor before the clock, and the cable out of the wall behind it."),
    steps(
      "Hold the clock to the wall at its height. Look through the eyes of the camera: what is behind people, what moves there?",
      "Fix the holder with screws that fit the wall. It must not turn or tip when somebody leans on the screen.",
      "Bring power and network out of the wall behind the clock. Clamp the cable, so that pulling it pulls nothing.",
      "Network by cable where there is one: it needs no password and no reception.",
      "Use the board maker's own supply. A supply that is too weak looks like every other fault.",
    ),
    care("Mains and fixed wiring are an electrician's work. Power off before you touch a ribbon cable."),
  ],
};

export const provision: Chapter = {
  title: "Set up",
  blocks: [
    text(
      "From an operating system on a card to the first receipted punch. With everything at hand it takes a few minutes.",
    ),
    steps(
      "Start the machine with its network cable in. Log in with the keyboard.",
      "Install the package, from the stick: `sudo apt install ./lintel_*.deb`, and `./lintel-models_*.deb` if you have it. Without the second one the models are fetched.",
      "Restart it: `sudo reboot`. From now on its own screen leads through the set-up at every start until it is done; nobody has to type.",
      "Hold the paper with the ticket's code before its camera. Or type `sudo lintel provision`: the console takes over from the screen, both show the same, and a stick with the ticket on it, plugged in, will do as well.",
      "**It shows six words. Read them to the office on the telephone.** Only if the office sees the same six, answer yes. If they differ: stop, and tell them.",
      "At its end the screen is the clock's, and it waits for a punch. Hold the badge to the reader. The screen says thanks; once the receipt has come the set-up is over.",
      "Take the keyboard off.",
    ),
    text("What it does, in this order; each step looks, does and then proves itself by use:"),
    table(
      ["Step", "What happens"],
      [
        ["machine, disk", "is this machine good enough, is there room, does the card take writes"],
        ["ticket", "found, read, and whether it is for this site, good, and not used"],
        ["time", "does the machine know what time it is; a clock at 1970 is mended first"],
        [
          "keys, certificate, words",
          "the clock makes its own keys, gets its certificate, and you compare the six words",
        ],
        ["models, camera, reader", "present, and proved by a picture and by a card"],
        ["broker, settings, services", "the office is reached, settings are written, the clock is started"],
        [
          "punch, installed",
          "the first punch is written, sent and receipted; the journal notes that the set-up is done",
        ],
      ],
    ),
    points(
      "Power gone, cable pulled, wrong key pressed: **start the machine, or run `sudo lintel provision` again.** It goes on where it stopped.",
      "To see what it would do and change nothing: `sudo lintel provision --dry-run`.",
      "No network at the clock: the office makes the ticket with `--by-hand`. The clock then writes a request file on the stick; carry it to the office and bring the answer back.",
      "No camera or no reader here, on purpose: `--without camera`, if the ticket allows it.",
    ),
    care(
      "A stick with a ticket may also hold the site's card key (`lintel-card.key`). Treat it like the key of the building: do not lend it, and delete both files when the clock is set up.",
    ),
    heading("Who makes the ticket"),
    text(
      "The office does, on any machine that has Lintel. The address behind `--listen` must be one for which its folder was made (`lintel ticket init … --host`). To try the whole on one laptop, docs/provisioning.md has the lines.",
    ),
    typed(
      'lintel ticket new FOLDER --name "Gate 2" --cloud-keys keys.json --qr ticket.png',
      "lintel ticket serve FOLDER --listen 192.168.1.20",
    ),
  ],
};
