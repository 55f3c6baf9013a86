/** What may be the matter with the clock itself, and what to do about it: its rooms, its way to a receipt, its screen. */

export const ofClock = {
  "camera-missing": {
    area: "camera",
    says: "There is no camera where the settings expect one.",
    remedy:
      "USB: plug it in, or name another with --camera. Ribbon: switch the power off and reseat both ends, contacts the right way round.",
  },
  "camera-lost": {
    area: "camera",
    says: "The program that reads the camera ended.",
    remedy: "Replug the camera, then try another cable and port; it is opened again by itself.",
  },
  "camera-silent": {
    area: "camera",
    says: "The camera is open and sends no pictures.",
    remedy: "Replug the camera, then try another cable and port.",
  },
  "camera-garbage": {
    area: "camera",
    says: "What the camera sends cannot be read as pictures.",
    remedy: "Replug the camera, then try another cable, without a hub.",
  },
  "tool-missing": {
    area: "camera",
    says: "A program that reads the camera is not installed.",
    remedy: "The finding names it: apt install ffmpeg, or rpicam-apps on a Pi.",
  },
  "camera-held": {
    area: "camera",
    says: "Another program holds the camera.",
    remedy: "End that program; only the clock may have the camera.",
  },
  "camera-slow": {
    area: "camera",
    says: "Fewer than eight pictures come in a second.",
    remedy: "More light (cameras expose longer in the dark), another USB port, no hub.",
  },
  "camera-frozen": {
    area: "camera",
    says: "The camera sends the same picture again and again.",
    remedy: "Replug the camera; if it happens again, replace it.",
  },
  "camera-dark": {
    area: "camera",
    says: "Faces before the camera are too dark.",
    remedy: "Put light on the face, not behind it; lower the mount or turn it away from windows.",
  },
  "camera-bright": {
    area: "camera",
    says: "Faces before the camera are too bright.",
    remedy: "Shade the lamp or sun that shines into faces or into the lens.",
  },
  "camera-blurred": {
    area: "camera",
    says: "Faces before the camera are out of focus.",
    remedy: "Clean the lens, peel off its film, turn its focus ring for 60 cm.",
  },
  "camera-unsteady": {
    area: "camera",
    says: "The running clock cannot use its camera.",
    remedy: "Do what the code says in docs/screens.md; most often: replug it, another cable, another port.",
  },
  "camera-switched-off": {
    area: "camera",
    says: "People switched the camera off.",
    remedy: "A supervisor or the privacy officer switches it on: `lintel camera on`. Badges and PINs count meanwhile.",
  },
  "reader-none": {
    area: "reader",
    says: "No badge reader that a profile knows hangs on this machine.",
    remedy: "Plug one in; `lintel reader list` shows what hangs here, docs/readers.md how to write a profile.",
  },
  "reader-not-open": {
    area: "reader",
    says: "A badge reader is known and cannot be opened.",
    remedy: "Install the udev rules (`lintel reader rules`), reload udev and plug the reader in again.",
  },
  "reader-garbage": {
    area: "reader",
    says: "A reader often says what is no card.",
    remedy: "See what it says with `lintel reader test`; its profile or its own settings do not fit its cards.",
  },
  "housing-open": {
    area: "housing",
    says: "The housing is open.",
    remedy:
      "Close it until its switch clicks. If it is closed: the switch's wire, or the other level (`gpio:CHIP/LINE:low`).",
  },
  "asset-missing": {
    area: "models",
    says: "A file that the manifest names is not on this machine.",
    remedy: "Fetch it (`lintel assets`) or install the package lintel-models.",
  },
  "asset-changed": {
    area: "models",
    says: "A file is not the one that was pinned.",
    remedy: "Delete it and fetch it again; if it happens twice, look at the disk and at who writes there.",
  },
  "model-banned": {
    area: "models",
    says: "The manifest names a model that no time clock may load.",
    remedy: "Take it out of the manifest: docs/models.md says which kinds may be loaded.",
  },
  "model-licence": {
    area: "models",
    says: "A model's weights may not be used commercially.",
    remedy:
      "Choose another model, or start with --allow-non-commercial if this clock serves research or a private home.",
  },
  "models-missing": {
    area: "models",
    says: "A model file is not on this machine.",
    remedy: "Fetch it (`lintel assets`) or install the package lintel-models.",
  },
  "models-changed": {
    area: "models",
    says: "A model file is not the one that was pinned.",
    remedy: "Delete it and fetch it again; if it happens twice, look at the disk and at who writes there.",
  },
  "models-do-not-run": {
    area: "models",
    says: "The models are here and the runtime does not run them.",
    remedy: "Install this release again for this machine's processor (docs/models.md names the runtimes).",
  },
  "journal-notice": {
    area: "journal",
    says: "The journal found something wrong with itself.",
    remedy: "`lintel verify` says what and where; what is there is kept. Tell whoever runs the cloud side.",
  },
  "journal-unread": {
    area: "journal",
    says: "The journal cannot be read here.",
    remedy: "Do not start over: copy the state folder first, then `lintel verify` the copy.",
  },
  "journal-waiting-long": {
    area: "journal",
    says: "A punch has waited more than a day for its receipt.",
    remedy: "Mend what is named under certificate and broker; nothing is lost meanwhile.",
  },
  "journal-room-short": {
    area: "journal",
    says: "At its pace the journal fills the disk within 60 days.",
    remedy: "Lower keepDays if receipts come, or use a larger disk; without receipts nothing may be deleted.",
  },
  "journal-commit-slow": {
    area: "journal",
    says: "Punches take more than a quarter of a second to be durable.",
    remedy: "See storage: a card that stalls is one that fails.",
  },
  "certificate-soon": {
    area: "certificate",
    says: "A certificate ends within 30 days.",
    remedy: "Have it renewed now.",
  },
  "certificate-chain": {
    area: "certificate",
    says: "The certificates in the file do not follow from one another.",
    remedy: "Put this clock's own first, then the one that signed it, and so on; the root is not needed.",
  },
  "certificate-expired": {
    area: "certificate",
    says: "A certificate is past its date.",
    remedy:
      "Renew it and replace the file; punches are kept meanwhile. If it should be good, set this machine's clock.",
  },
  "clock-wrong": {
    area: "certificate",
    says: "A certificate is not valid yet: most likely this machine's clock is wrong.",
    remedy: "Set this machine's clock (NTP, or its battery).",
  },
  "config-invalid": {
    area: "broker",
    says: "A setting, or a file that it names, is not as it must be.",
    remedy: "The finding names the setting; `lintel config --schema` says what it takes.",
  },
  "config-unknown-key": {
    area: "broker",
    says: "A setting does not exist.",
    remedy: "The finding names the nearest that does.",
  },
  "broker-unreachable": {
    area: "broker",
    says: "The broker's name is unknown, or nobody answers at its port.",
    remedy: "The finding tells name, port and TLS apart: look at DNS, at cable and firewall, or at the broker.",
  },
  "broker-refused": {
    area: "broker",
    says: "The broker answers and does not let us do what a clock must do.",
    remedy: "The finding tells TLS, login and access list apart; docs/brokers has a snippet for each broker.",
  },
  "receiver-silent": {
    area: "broker",
    says: "The broker works and nobody answers who could receipt.",
    remedy:
      "Check that the receiver runs, knows this clock's public key (device.pub.jwk in the state folder), and signs with the key that the settings name.",
  },
  "receiver-clock-apart": {
    area: "broker",
    says: "Our clock and the receiver's are more than a minute apart.",
    remedy: "Set this machine's clock (NTP, or its battery), or the receiver's if that is the wrong one.",
  },
  "screen-none": {
    area: "screen",
    says: "No display is connected.",
    remedy: "Plug the display in before power; try another cable and, on a Pi, the port HDMI0.",
  },
  "screen-page-silent": {
    area: "screen",
    says: "The wall's page does not answer.",
    remedy: "Look at lintel.service first (systemctl status lintel); the page is served by the clock itself.",
  },
  "screen-nobody-looks": {
    area: "screen",
    says: "The page answers and no browser shows it.",
    remedy: "systemctl restart lintel-screen; its own log says why it ended (journalctl -u lintel-screen).",
  },
  "clock-locked": {
    area: "services",
    says: "The clock is locked.",
    remedy:
      "By order: whoever runs the cloud side says why, and sends `unlock`. After its housing was opened: a supervisor looks at it and runs `lintel unlock`.",
  },
  "service-failed": {
    area: "services",
    says: "A unit of ours has failed.",
    remedy: "systemctl status UNIT says why; mend that, then systemctl reset-failed UNIT and systemctl start UNIT.",
  },
  "service-out-of-order": {
    area: "services",
    says: "The clock kept failing and rests; the wall says that it is out of order.",
    remedy: "journalctl --namespace=lintel -u lintel -p warning says why; mend that, then systemctl restart lintel.",
  },
  "service-off": {
    area: "services",
    says: "A unit of ours is installed and does not run.",
    remedy: "systemctl enable --now UNIT, unless somebody stopped it on purpose.",
  },
  "service-restarts": {
    area: "services",
    says: "A unit of ours was started anew three times or more since it was last started by hand.",
    remedy: "journalctl --namespace=lintel -u UNIT -p warning says what ended it each time.",
  },
  "version-node": {
    area: "services",
    says: "The clock runs on another Node than the one it was tested on.",
    remedy: "Use the Node of the package (/usr/lib/lintel/bin/node), not the system's.",
  },
  "update-not-whole": {
    area: "services",
    says: "The version that should be current is not whole.",
    remedy: "The clock runs the version of its package meanwhile; let the updater fetch it again.",
  },
  "update-returned": {
    area: "services",
    says: "The last update was taken back, and the version before it runs.",
    remedy:
      "docs/updates.md says what each reason means; it is tried once more by itself, and then with a newer release.",
  },
} as const;
