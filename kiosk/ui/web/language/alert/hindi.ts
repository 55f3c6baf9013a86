import { counting } from "../counted.ts";
import type { AlertWords } from "./words.ts";

const counted = counting("hi");

export const hindiAlert: AlertWords = {
  entry: "आपात स्थिति",
  raise: {
    say: "क्या चेतावनी दें?",
    more: "सबको बताया जाएगा, और यहाँ दिखेगा कि कौन अंदर है।",
    yes: "चेतावनी दीजिए",
    no: "नहीं, पीछे",
  },
  on: {
    say: "आपात स्थिति",
    since: (time) => `${time} से`,
    people: (count) => counted(count, { other: (n) => `यहाँ काम करने वाले: ${n}` }),
    visitors: (count) => counted(count, { other: (n) => `मेहमान: ${n}` }),
    doubtful: (count) => counted(count, { other: (n) => `शायद जा चुके: ${n}` }),
    stage: {
      "not-saved": "न सुरक्षित हुआ, न भेजा गया: ख़ुद मदद बुलाइए।",
      saved: "भेजा जा रहा है। जवाब न मिले तो ख़ुद मदद बुलाइए।",
      sent: "दफ़्तर को पता है।",
    },
    visitor: "मेहमान",
    isDoubtful: "शायद जा चुके",
    nobody: "इस घड़ी के अनुसार अंदर कोई नहीं है।",
    badge: "बैज अब भी मान्य हैं।",
    end: "ख़त्म हुआ",
  },
  end: {
    say: "क्या ख़त्म हुआ?",
    more: "इस दीवार पर चेतावनी ख़त्म होगी और दफ़्तर को बताया जाएगा।",
    yes: "हाँ, ख़त्म हुआ",
    no: "नहीं, पीछे",
  },
};
