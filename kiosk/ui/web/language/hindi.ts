import { hindiAbsence } from "./absence/hindi.ts";
import { hindiAlert } from "./alert/hindi.ts";
import { hindiConsent } from "./consent/hindi.ts";
import { counting } from "./counted.ts";
import { hindiGuests } from "./guests/hindi.ts";
import { languages } from "./languages.ts";
import { hindiRights } from "./rights/hindi.ts";
import { hindiVisit } from "./visit/hindi.ts";
import type { Words } from "./words.ts";

const counted = counting("hi");

const named = (greeting: string) => (name: string) => (name === "" ? `${greeting}।` : `${greeting}, ${name}`);

const problems: Words["look"]["problem"] = {
  "too-far": "थोड़ा पास आइए।",
  "too-close": "ज़रा सा पीछे हटिए।",
  "off-centre": "बीच में आइए।",
  turned: "स्क्रीन की ओर सीधे देखिए।",
  "too-dark": "पीछे की रोशनी से आपका चेहरा नहीं दिख रहा।",
  "too-bright": "चेहरे पर रोशनी बहुत तेज़ है।",
  blurred: "एक पल स्थिर रहिए।",
  several: "कृपया एक बार में एक ही व्यक्ति।",
};
const turn = { left: "कृपया सिर अपनी बाईं ओर घुमाइए।", right: "कृपया सिर अपनी दाईं ओर घुमाइए।" };

export const hindi: Words = {
  ...languages.hindi,
  languages: "भाषाएँ",
  moreTime: "और समय",
  fullStop: "।",
  greeting: { morning: named("सुप्रभात"), afternoon: named("नमस्ते"), evening: named("शुभ संध्या") },
  starting: {
    say: "एक पल। यह घड़ी चालू हो रही है।",
    step: {
      journal: "समय की किताब खुल रही है",
      people: "यहाँ कौन काम करता है, यह पढ़ा जा रहा है",
      models: "आपको देखने की तैयारी हो रही है",
      camera: "कैमरा चालू हो रहा है",
    },
  },
  idle: {
    say: "आने या जाने का समय दर्ज करने के लिए स्क्रीन की ओर देखिए।",
    sayBadgeOnly: "आने या जाने का समय दर्ज करने के लिए अपना बैज लगाइए।",
    sayWaking: "कैमरा चालू हो रहा है। अपना बैज लगाइए, वह भी उतना ही मान्य है।",
    sayResting: "कैमरा आराम पर है। अपना बैज लगाइए, वह भी उतना ही मान्य है।",
    sayRestingAlone: "कैमरा आराम पर है। थोड़ी देर में लौट आएगा।",
    sayNothing: "यह घड़ी अभी आपको देख नहीं पा रही। कृपया दफ़्तर में बताइए।",
    sayBadgeUntil: (time) => `कृपया ${time} तक अपना बैज इस्तेमाल कीजिए।`,
    sayNoFaceUntil: (time) => `यह घड़ी ${time} तक चेहरा नहीं देखेगी। कृपया दफ़्तर में बताइए।`,
    badgeAlone: "तब तक यहाँ सिर्फ़ बैज चलेगा।",
    camera: {
      on: "कैमरा चालू · चेहरे यहीं रहते हैं",
      starting: "कैमरा चालू हो रहा है",
      lost: "कैमरा आराम पर है",
      off: "कैमरा बंद",
    },
    keeps: "यह घड़ी आपके बारे में क्या रखती है",
  },
  identify: {
    say: "मैं यहाँ हूँ: आप इसी घड़ी को ढूँढ रहे हैं।",
    more: "आने-जाने का समय हमेशा की तरह दर्ज होता है।",
    site: "जगह",
    gate: "दरवाज़ा",
    device: "घड़ी",
  },
  look: {
    say: "स्क्रीन की ओर देखिए।",
    hold: "ठीक है। ऐसे ही रहिए।",
    problem: problems,
    challenge: { "turn-left": turn.left, "turn-right": turn.right, blink: "कृपया पलक झपकाइए।" },
    straightAgain: "ठीक है। अब फिर सीधे देखिए।",
    alsoBadge: "कृपया अपना बैज भी लगाइए।",
    alsoFace: "धन्यवाद। अब स्क्रीन की ओर देखिए।",
    badgeRead: "आपका बैज पढ़ लिया गया है।",
    orBadge: "या अपना बैज लगाइए, वह भी उतना ही मान्य है",
    aside: "समय दर्ज नहीं करना? एक ओर हट जाइए।",
  },
  enrol: {
    pose: {
      straight: "स्क्रीन की ओर सीधे देखिए।",
      "a-little-left": "सिर थोड़ा अपनी बाईं ओर घुमाइए।",
      "a-little-right": "सिर थोड़ा अपनी दाईं ओर घुमाइए।",
      "turn-left": turn.left,
      "turn-right": turn.right,
      blink: "कृपया पलक झपकाइए।",
    },
    problem: {
      ...problems,
      turned: "सिर चित्र की तरह रखिए।",
      "too-dark": "बहुत अँधेरा है। कृपया बत्ती जलाइए।",
      "too-bright": "रोशनी बहुत तेज़ है। कृपया उससे हट जाइए।",
      nobody: "कृपया घड़ी के सामने आइए।",
      "another-face": "कृपया घड़ी के सामने अकेले रहिए।",
      "eyes-closed": "कृपया आँखें खुली रखिए।",
    },
    taken: (accepted, needed) => `${needed} में से ${accepted} पूरे`,
    keeps: "आपके चेहरे से बने सिर्फ़ अंक रखे जाते हैं। कोई तस्वीर नहीं।",
    keeping: "एक पल।",
    keepingMore: "अंक लिखे जा रहे हैं।",
    stop: "रोकिए",
  },
  enrolled: {
    kept: (name) => (name === "" ? "हो गया।" : `हो गया, ${name}`),
    keptMore: "यह घड़ी अब आपको पहचानती है।",
    notKept: "यह नहीं हो पाया। कुछ भी नहीं रखा गया।",
    notKeptMore: "इसमें आपकी ग़लती नहीं है। जो आपके साथ यह कर रहे हैं, उनसे पूछिए: वे कारण देख सकते हैं।",
    close: "बंद कीजिए",
  },
  saving: {
    say: (name) => (name === "" ? "एक पल।" : `एक पल, ${name}`),
    more: "आपका समय लिखा जा रहा है।",
  },
  thanks: {
    kind: { in: "आना", out: "जाना", "break-start": "विराम", "break-end": "वापसी", transfer: "नया काम" },
    changed: "बदला गया",
    saved: "इस घड़ी में सहेजा गया",
    received: (by) => `${by} को मिल गया`,
    onItsWay: "रास्ते में है",
    noNetwork: "नेटवर्क का इंतज़ार है",
    choose: {
      in: "काम पर आना",
      out: "काम से जाना",
      "break-start": "इसे विराम कीजिए",
      "break-end": "विराम से वापसी",
    },
    next: "अगले व्यक्ति आ सकते हैं",
  },
  receipt: {
    say: "आपकी रसीद। यह इस समय का सबूत है।",
    hold: "रोके रखने के लिए छुइए",
    stays: "यह कुछ देर रहेगी",
  },
  refused: {
    notSure: "हम पक्का नहीं कर पाए कि यह आप हैं।",
    several: "कृपया एक बार में एक ही व्यक्ति।",
    severalMore: "घड़ी के सामने सिर्फ़ एक व्यक्ति रहे।",
    needsBadge: "यहाँ सिर्फ़ चेहरा काफ़ी नहीं है।",
    needsBadgeTap: "कृपया अपना बैज लगाइए।",
    needsBadgeMore: "यह इस घड़ी की सीमा है, आपकी नहीं।",
    badgeUnknown: "यह बैज इस घड़ी के लिए नया है।",
    badgeUnknownMore: "कृपया इसे दफ़्तर में दिखाइए, ताकि अगली बार चले।",
    notAllowed: "यह सुपरवाइज़र के लिए है।",
    notAllowedMore: "कृपया अपने सुपरवाइज़र को घड़ी के पास बुलाइए।",
    pass: {
      "pass-late": { say: "यह पास पुराना हो गया है।", more: "इसे ऐप में फिर खोलिए: यह हर आधे मिनट में नया होता है।" },
      "pass-used": { say: "यह पास पहले दिखाया जा चुका है।", more: "एक पल रुकिए और अगला दिखाइए।" },
      "pass-elsewhere": { say: "यह पास किसी और जगह का है।", more: "कृपया दफ़्तर में पूछिए।" },
      "pass-visitor": { say: "यह आगंतुक का पास है।", more: "यह घड़ी आगंतुकों के लिए नहीं है। कृपया रिसेप्शन पर पूछिए।" },
    },
    notSaved: "आपका समय सहेजा नहीं गया।",
    notSavedMore: "यह घड़ी उसे लिख नहीं पाई। कृपया अभी अपने सुपरवाइज़र को बताइए।",
    tellWhen: "अगर न हो पाए, तो दफ़्तर में बताइए कि आप यहाँ थे, समय:",
    tellNow: "बताइए कि आप यहाँ थे, समय:",
    useBadge: "अपना बैज लगाइए, वह भी उतना ही मान्य है।",
    useCamera: "स्क्रीन की ओर देखिए, वह भी उतना ही मान्य है।",
    retryCamera: "कैमरे से फिर कोशिश",
    retry: "फिर कोशिश",
    close: "बंद कीजिए",
  },
  duplicate: {
    since: {
      in: (time) => `आप ${time} से काम पर हैं।`,
      out: (time) => `आप ${time} पर जा चुके हैं।`,
      "break-start": (time) => `आप ${time} से विराम पर हैं।`,
      "break-end": (time) => `आप ${time} पर लौट आए हैं।`,
      transfer: (time) => `आप ${time} से इस काम पर हैं।`,
    },
    more: (name) => (name === "" ? "यह एक ही बार गिना जाएगा।" : `यह एक ही बार गिना जाएगा, ${name}`),
    choose: {
      in: "काम पर आना",
      out: "काम से जाना",
      "break-start": "विराम शुरू",
      "break-end": "विराम से वापसी",
    },
    close: "ठीक है",
  },
  outOfOrder: {
    say: "यह घड़ी ख़राब है।",
    more: "यह आपका समय सहेज नहीं सकती। कृपया अभी अपने सुपरवाइज़र को बताइए।",
    forTechnician: "तकनीशियन के लिए",
  },
  unreachable: {
    say: "कृपया एक पल रुकिए।",
    more: "यह स्क्रीन अपनी घड़ी से जुड़ नहीं पा रही, इसलिए नहीं बता सकती कि आपका समय सहेजा गया या नहीं। कृपया दफ़्तर में बताइए।",
  },
  otherWay: "दूसरा तरीक़ा",
  badge: {
    title: "बैज",
    how: "स्क्रीन के नीचे लगाइए",
    starting: "बैज रीडर चालू हो रहा है",
    resting: "बैज रीडर आराम पर है",
  },
  truths: {
    offline: (waiting) =>
      waiting === 0
        ? "नेटवर्क नहीं है। जो दर्ज होता है, यहीं रहता है।"
        : counted(waiting, { other: (n) => `नेटवर्क नहीं है। यहाँ सहेजा गया; ${n} भेजना बाक़ी है।` }),
    undelivered: (waiting) =>
      waiting === 0
        ? "जो दर्ज होता है, यहाँ सहेजा जाता है और भेजा जाएगा।"
        : counted(waiting, { other: (n) => `यहाँ सहेजा गया; ${n} भेजना बाक़ी है।` }),
    setAside: "समय की एक पुरानी किताब यहाँ अलग रखी गई। दफ़्तर में पूछिए कि आपका समय छूटा तो नहीं।",
    damaged: "इस घड़ी की समय की किताब का एक पन्ना ख़राब है। जो आप अभी दर्ज करते हैं, वह सुरक्षित है।",
    lost: (from, to) => (from === to ? `नंबर ${from} नहीं है।` : `नंबर ${from} से ${to} तक नहीं हैं।`),
    pretended: "कैमरा, बैज रीडर और वेतन विभाग यहाँ नकली हैं",
    demo: "डेमो",
  },
  outage: {
    cause: {
      "broker-unreachable": "ब्रोकर जवाब नहीं दे रहा।",
      "broker-refused": "ब्रोकर इस घड़ी को आने नहीं देता, या यह ग़लत ब्रोकर है।",
      "broker-taken-over": "कोई और डिवाइस इस घड़ी की पहचान इस्तेमाल कर रहा है।",
      "certificate-expired": "एक सर्टिफ़िकेट की अवधि ख़त्म हो गई है।",
      "clock-wrong": "इस डिवाइस का समय ग़लत है।",
      "receipt-invalid": "एक रसीद आई जो असली नहीं है।",
      "receiver-silent": "ब्रोकर सब ले लेता है, पर कोई रसीद नहीं भेजता।",
    },
    otherCause: "यहाँ जो दर्ज होता है, वह पहुँच नहीं रहा।",
    safe: (waiting) =>
      waiting === 0
        ? "कुछ भी खोया नहीं: जो दर्ज होता है, यहाँ सहेजा जाता है और भेजा जाएगा।"
        : counted(waiting, { other: (n) => `कुछ भी खोया नहीं: ${n} यहाँ सहेजे गए हैं और भेजे जाएँगे।` }),
    next: "क्या करें",
    found: "घड़ी ने क्या पाया",
    since: "कब से",
    code: "कोड",
  },
  notice: {
    title: "यह घड़ी आपके बारे में क्या रखती है",
    parts: {
      camera: {
        head: "कैमरा देखता है और भूल जाता है।",
        body: "वह घड़ी के सामने चेहरा ढूँढता है। तस्वीरें कभी सहेजी नहीं जातीं और इस घड़ी से बाहर नहीं जातीं।",
      },
      face: {
        head: "आप राज़ी हों, तो आपका चेहरा अंकों में रखा जाता है।",
        body: "वे इस घड़ी में बंद हैं और सिर्फ़ यहीं मिलाए जाते हैं। अपनी रज़ामंदी कभी भी वापस लीजिए: वे मिटा दिए जाएँगे।",
      },
      times: {
        head: "आपके समय रखे जाते हैं और वेतन विभाग को भेजे जाते हैं।",
        body: "हर एक में समय, आना या जाना, और आपके लिए एक नंबर होता है। न नाम, न तस्वीर।",
      },
      badge: {
        head: "आपका बैज भी उतना ही मान्य है।",
        body: "कैमरा इस्तेमाल करना कभी ज़रूरी नहीं।",
      },
    },
    close: "बंद कीजिए",
  },
  consent: hindiConsent,
  rights: hindiRights,
  guests: hindiGuests,
  absence: hindiAbsence,
  alert: hindiAlert,
  visit: hindiVisit,
};
