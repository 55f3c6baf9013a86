import { counting } from "../counted.ts";
import type { AbsenceWords } from "./words.ts";

const counted = counting("hi");

export const hindiAbsence: AbsenceWords = {
  say: (name) => `${name}, आपकी छुट्टी`,
  kinds: { 1: "छुट्टी", 2: "दूसरी जगह से काम", 3: "प्रशिक्षण" },
  balance: (days, kind) => counted(days, { other: (n) => `${kind}: ${n} दिन` }),
  asOf: (balance, day) => `${balance}, ${day} तक`,
  onLeave: "दफ़्तर के अनुसार आज आपकी छुट्टी है। आपका समय मान्य है।",
  noBalance: "दफ़्तर ने इस घड़ी को नहीं बताया कि आपकी कितनी छुट्टी बची है।",
  ask: "दिन माँगिए",
  state: { waiting: "दफ़्तर के जवाब का इंतज़ार", granted: "मंज़ूर", declined: "नामंज़ूर" },
  span: (from, to) => (from === to ? from : `${from} से ${to}`),
  kind: "आप क्या माँगना चाहते हैं?",
  first: "पहला दिन कौन सा है?",
  last: "आख़िरी दिन कौन सा है?",
  earlier: "पहले के दिन",
  later: "बाद के दिन",
  lastMore: (first) => `${first} से`,
  days: (days) => counted(days, { other: (n) => `${n} दिन` }),
  overlaps: "इनमें से कुछ दिन आप पहले ही माँग चुके हैं।",
  confirm: "क्या यह दफ़्तर को भेजें?",
  send: "हाँ, भेजिए",
  cancel: "इसे वापस लें?",
  takeBack: "हाँ, वापस लीजिए",
  saving: "एक पल",
  told: {
    asked: { say: "माँग दर्ज हुई।", more: "यहाँ सुरक्षित है और दफ़्तर जा रही है। जवाब इसी घड़ी पर दिखेगा।" },
    cancelled: { say: "वापस ली गई।", more: "दफ़्तर को पता चल जाएगा।" },
  },
  notSaved: { say: "यह सुरक्षित नहीं हो सका।", more: "कुछ नहीं माँगा गया। कृपया दफ़्तर को ख़ुद बताइए।" },
};
