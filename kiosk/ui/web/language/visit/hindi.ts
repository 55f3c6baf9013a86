import { counting } from "../counted.ts";
import { ended } from "../ended.ts";
import type { VisitWords } from "./words.ts";

const counted = counting("hi");

export const hindiVisit: VisitWords = {
  way: {
    face: { title: "चेहरा", how: "स्क्रीन की ओर देखिए" },
    pin: { title: "पिन", how: "स्क्रीन पर लिखिए" },
    qr: { title: "पास", how: "उसका कोड कैमरे को दिखाइए" },
  },
  ways: {
    say: {
      punch: "आप समय कैसे दर्ज करना चाहेंगे?",
      me: "आप कौन हैं? फिर आपके घंटे यहाँ दिखेंगे।",
      muster: "आप कौन हैं? फिर दिखेगा कि कौन यहाँ है।",
      override: "सुपरवाइज़र: आप कौन हैं?",
      consent: "इस घड़ी पर आपका चेहरा: आप कौन हैं?",
      rights: "यह घड़ी आपके बारे में क्या जानती है: आप कौन हैं?",
      absence: "आपकी छुट्टी: आप कौन हैं?",
      alert: "सुपरवाइज़र: क्या आपात स्थिति ख़त्म हुई? आप कौन हैं?",
    },
    more: "सब उतने ही मान्य हैं।",
  },
  errand: {
    me: "मेरे घंटे",
    muster: "कौन यहाँ है",
    override: "सुपरवाइज़र",
    consent: "मेरा चेहरा",
    rights: "मेरी जानकारी",
    absence: "मेरी छुट्टी",
    alert: "आपात स्थिति ख़त्म",
  },
  back: "पीछे",
  close: "बंद कीजिए",
  without: "इसके बिना आगे",
  withoutMore: "यह मान्य है। कोई इसे बाद में देखेगा।",
  pin: {
    number: "अपना नंबर लिखिए।",
    pin: "अब अपना पिन लिखिए।",
    typed: (count) => `${count} लिखे गए`,
    erase: "मिटाइए",
    enter: "हो गया",
    checking: "एक पल।",
    wrong: "नंबर और पिन मेल नहीं खाते। कृपया फिर कोशिश कीजिए।",
    wait: (time) => `बहुत बार हुआ। कृपया ${time} तक रुकिए या दूसरा तरीक़ा लीजिए।`,
  },
  also: { badge: "कृपया अपना बैज भी लगाइए।", pin: "कृपया अपना पिन भी लिखिए।", qr: "कृपया अपना पास भी दिखाइए।" },
  choose: {
    say: (name) => (name === "" ? "यह क्या है?" : `यह क्या है, ${name}?`),
    more: (kind) => `आप चले जाएँ तो यह माना जाएगा: ${kind}।`,
  },
  openShift: {
    say: "आपने जाने का समय दर्ज नहीं किया।",
    since: (day, time) => `पिछली बार यहाँ: ${day}, ${time}।`,
    ended: "आप कब गए?",
    same: "मेरा काम अभी जारी है",
  },
  time: { earlier: "पहले", later: "बाद में", confirm: (time) => `${time} पर`, unknown: "पता नहीं" },
  hours: {
    say: (name) => (name === "" ? "आपके घंटे" : `आपके घंटे, ${name}`),
    standing: { in: "आप काम पर हैं।", break: "आप विराम पर हैं।", out: "आप जा चुके हैं।" },
    today: "आज",
    total: "14 दिन",
    work: "काम",
    pause: "विराम",
    open: "अभी जारी",
    unsure: "पक्का नहीं",
    asked: "पूछा गया",
    job: "दूसरा काम",
    request: "कुछ ग़लत है",
  },
  kind: {
    in: "आना",
    out: "जाना",
    "break-start": "विराम",
    "break-end": "वापसी",
    transfer: "नया काम",
    attest: "पुष्टि",
    unknown: "पक्का नहीं",
  },
  job: { say: "आप अब किस काम पर हैं?", now: "अभी" },
  request: {
    day: "कौन सा दिन?",
    mark: "कौन सा समय?",
    missing: "एक समय छूट गया है",
    kind: "वह क्या था?",
    time: (kind) => `${kind}: कब?`,
    reason: "क्या हुआ?",
    more: "सुपरवाइज़र की सहमति से पहले कुछ नहीं बदलता।",
    reasons: {
      forgot: "भूल हो गई",
      "clock-did-not-work": "घड़ी नहीं चली",
      "wrong-button": "ग़लत बटन छुआ",
      "worked-elsewhere": "काम कहीं और था",
      other: "कुछ और",
    },
  },
  notMe: "वह मेरा नहीं है",
  told: {
    "not-me": { say: "बताने के लिए धन्यवाद।", more: "यह समय आपका नहीं गिना जाएगा। कृपया अपना समय फिर दर्ज कीजिए।" },
    asked: { say: "लिख लिया गया है।", more: "आपके सुपरवाइज़र तय करेंगे। आप इसे अपने घंटों में देखेंगे।" },
    punched: { say: (name) => ended(`${name} के लिए लिखा गया`, "।"), more: "सुपरवाइज़र और कारण साथ में लिखे हैं।" },
  },
  muster: {
    say: (count) =>
      count === 0
        ? "यहाँ कोई नहीं है।"
        : counted(count, { one: () => "एक व्यक्ति यहाँ है।", other: (n) => `${n} लोग यहाँ हैं।` }),
    doubtful: (count) =>
      counted(count, { one: () => "शायद एक बिना दर्ज किए जा चुके हैं।", other: (n) => `शायद ${n} बिना दर्ज किए जा चुके हैं।` }),
    isDoubtful: "शायद जा चुके",
    isBreak: "विराम पर",
    since: (time) => `${time} से`,
  },
  page: (page, pages) => `पन्ना ${page} / ${pages}`,
  next: "आगे",
  before: "पहले",
  override: {
    person: "किसके लिए?",
    reason: (name) => `${name} के लिए क्यों?`,
    kind: (name) => `${name} के लिए यह क्या है?`,
    reasons: {
      "badge-forgotten": "बैज भूल गए",
      "badge-broken": "बैज ख़राब",
      "not-recognised": "पहचान नहीं हुई",
      "not-enrolled-yet": "यहाँ नए हैं",
      "cannot-reach": "घड़ी तक नहीं पहुँचते",
      other: "कुछ और",
    },
  },
};
