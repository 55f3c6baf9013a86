import { arabicAbsence } from "./absence/arabic.ts";
import { arabicAlert } from "./alert/arabic.ts";
import { arabicConsent } from "./consent/arabic.ts";
import { counting } from "./counted.ts";
import { ended } from "./ended.ts";
import { arabicGuests } from "./guests/arabic.ts";
import { languages } from "./languages.ts";
import { arabicRights } from "./rights/arabic.ts";
import { arabicVisit } from "./visit/arabic.ts";
import type { Words } from "./words.ts";

const counted = counting("ar");

/** Names and times of another script keep their own order inside an Arabic sentence. */
const own = (text: string): string => `\u2068${text}\u2069`;

const named = (greeting: string) => (name: string) => (name === "" ? `${greeting}.` : `${greeting}، ${own(name)}`);

const problems: Words["look"]["problem"] = {
  "too-far": "اقترب قليلًا.",
  "too-close": "تراجع خطوة صغيرة من فضلك.",
  "off-centre": "قف في الوسط.",
  turned: "انظر مباشرة إلى الشاشة.",
  "too-dark": "الضوء خلفك يخفي وجهك.",
  "too-bright": "الضوء على وجهك قوي جدًا.",
  blurred: "اثبت لحظة.",
  several: "شخص واحد في كل مرة من فضلك.",
};
const turn = { left: "أدر رأسك إلى يسارك من فضلك.", right: "أدر رأسك إلى يمينك من فضلك." };

export const arabic: Words = {
  ...languages.arabic,
  languages: "اللغات",
  moreTime: "وقت أطول",
  fullStop: ".",
  greeting: { morning: named("صباح الخير"), afternoon: named("طاب يومك"), evening: named("مساء الخير") },
  starting: {
    say: "لحظة. هذه الساعة تستيقظ الآن.",
    step: {
      journal: "فتح دفتر الأوقات",
      people: "قراءة أسماء العاملين هنا",
      models: "الاستعداد لرؤيتك",
      camera: "تشغيل الكاميرا",
    },
  },
  idle: {
    say: "انظر إلى الشاشة لتسجيل الحضور أو الانصراف.",
    sayBadgeOnly: "قرّب بطاقتك لتسجيل الحضور أو الانصراف.",
    sayWaking: "الكاميرا تستيقظ. قرّب بطاقتك، فلها القيمة نفسها.",
    sayResting: "الكاميرا في استراحة. قرّب بطاقتك، فلها القيمة نفسها.",
    sayRestingAlone: "الكاميرا في استراحة. ستعود بعد لحظة.",
    sayNothing: "هذه الساعة لا تستطيع رؤيتك الآن. أخبر المكتب من فضلك.",
    sayBadgeUntil: (time) => `استخدم بطاقتك حتى الساعة ${own(time)} من فضلك.`,
    sayNoFaceUntil: (time) => `لا تعتمد هذه الساعة على الوجوه حتى الساعة ${own(time)}. أخبر المكتب من فضلك.`,
    badgeAlone: "حتى ذلك الحين تعتمد هذه الساعة على البطاقات وحدها.",
    camera: {
      on: "الكاميرا تعمل · الوجوه تبقى هنا",
      starting: "الكاميرا تستيقظ",
      lost: "الكاميرا في استراحة",
      off: "الكاميرا متوقفة",
    },
    keeps: "ما تحتفظ به هذه الساعة عنك",
  },
  identify: {
    say: "أنا هنا: هذه هي الساعة التي تبحث عنها.",
    more: "تسجيل الحضور والانصراف يعمل كالمعتاد.",
    site: "الموقع",
    gate: "البوابة",
    device: "الساعة",
  },
  look: {
    say: "انظر إلى الشاشة.",
    hold: "جيد. ابقَ هكذا.",
    problem: problems,
    challenge: { "turn-left": turn.left, "turn-right": turn.right, blink: "أغمض عينيك وافتحهما من فضلك." },
    straightAgain: "جيد. انظر الآن إلى الأمام مرة أخرى.",
    alsoBadge: "قرّب بطاقتك أيضًا من فضلك.",
    alsoFace: "شكرًا. انظر الآن إلى الشاشة.",
    badgeRead: "تمت قراءة بطاقتك.",
    orBadge: "أو قرّب بطاقتك، فلها القيمة نفسها",
    aside: "لست هنا للتسجيل؟ قف جانبًا.",
  },
  enrol: {
    pose: {
      straight: "انظر مباشرة إلى الشاشة.",
      "a-little-left": "أدر رأسك قليلًا إلى يسارك.",
      "a-little-right": "أدر رأسك قليلًا إلى يمينك.",
      "turn-left": turn.left,
      "turn-right": turn.right,
      blink: "أغمض عينيك وافتحهما من فضلك.",
    },
    problem: {
      ...problems,
      turned: "اجعل رأسك كما في الرسم.",
      "too-dark": "المكان مظلم جدًا. أشعل ضوءًا من فضلك.",
      "too-bright": "الضوء قوي جدًا. ابتعد عنه قليلًا من فضلك.",
      nobody: "قف أمام الساعة من فضلك.",
      "another-face": "ابقَ وحدك أمام الساعة من فضلك.",
      "eyes-closed": "أبقِ عينيك مفتوحتين من فضلك.",
    },
    taken: (accepted, needed) => `تم ${accepted} من ${needed}`,
    keeps: "تُحفظ أرقام مأخوذة من وجهك فقط. لا صورة.",
    keeping: "لحظة.",
    keepingMore: "تُكتب الأرقام الآن.",
    stop: "توقف",
  },
  enrolled: {
    kept: (name) => (name === "" ? "تم." : ended(`تم، ${own(name)}`)),
    keptMore: "هذه الساعة تعرفك الآن.",
    notKept: "لم ينجح ذلك. لم يُحفظ شيء.",
    notKeptMore: "ليس الخطأ منك. اسأل من يُعدّ هذا معك، فهو يرى السبب.",
    close: "إغلاق",
  },
  saving: {
    say: (name) => (name === "" ? "لحظة." : `لحظة، ${own(name)}`),
    more: "يُكتب وقتك الآن.",
  },
  thanks: {
    kind: { in: "حضور", out: "انصراف", "break-start": "استراحة", "break-end": "عودة", transfer: "عمل جديد" },
    changed: "تم التغيير",
    saved: "محفوظ على هذه الساعة",
    received: (by) => `استلمه ${own(by)}`,
    onItsWay: "في الطريق",
    noNetwork: "بانتظار الشبكة",
    choose: {
      in: "تسجيل حضور",
      out: "تسجيل انصراف",
      "break-start": "اجعلها استراحة",
      "break-end": "عودة من الاستراحة",
    },
    next: "يمكن للشخص التالي أن يتقدم",
  },
  receipt: {
    say: "إيصالك. إنه يثبت هذا الوقت.",
    hold: "المس ليبقى هنا",
    stays: "سيبقى بعض الوقت",
  },
  refused: {
    notSure: "لم نتأكد من أنك أنت.",
    several: "شخص واحد في كل مرة من فضلك.",
    severalMore: "ليقف شخص واحد فقط أمام الساعة.",
    needsBadge: "وجهك وحده لا يكفي هنا.",
    needsBadgeTap: "قرّب بطاقتك من فضلك.",
    needsBadgeMore: "هذا حدّ هذه الساعة، وليس حدّك أنت.",
    badgeUnknown: "هذه البطاقة جديدة على هذه الساعة.",
    badgeUnknownMore: "أرِها للمكتب من فضلك لتعمل في المرة القادمة.",
    notAllowed: "هذا للمشرفين.",
    notAllowedMore: "اطلب من مشرفك أن يأتي إلى الساعة من فضلك.",
    pass: {
      "pass-late": { say: "هذا التصريح قديم.", more: "افتحه مرة أخرى في التطبيق: يتجدد كل نصف دقيقة." },
      "pass-used": { say: "هذا التصريح عُرض من قبل.", more: "انتظر لحظة واعرض التالي." },
      "pass-elsewhere": { say: "هذا التصريح لموقع آخر.", more: "اسأل المكتب من فضلك." },
      "pass-visitor": { say: "هذا تصريح زائر.", more: "هذه الساعة لا تستقبل الزوار. اسأل الاستقبال من فضلك." },
    },
    notSaved: "وقتك لم يُحفظ.",
    notSavedMore: "لم تستطع هذه الساعة كتابته. أخبر مشرفك الآن من فضلك.",
    tellWhen: "إن لم ينجح ذلك، فأخبر المكتب أنك كنت هنا الساعة",
    tellNow: "قل إنك كنت هنا الساعة",
    useBadge: "قرّب بطاقتك، فلها القيمة نفسها.",
    useCamera: "انظر إلى الشاشة، فلذلك القيمة نفسها.",
    retryCamera: "جرّب الكاميرا مرة أخرى",
    retry: "حاول مرة أخرى",
    close: "إغلاق",
  },
  duplicate: {
    since: {
      in: (time) => `حضورك مسجل منذ ${own(time)}.`,
      out: (time) => `انصرافك مسجل منذ ${own(time)}.`,
      "break-start": (time) => `أنت في استراحة منذ ${own(time)}.`,
      "break-end": (time) => `عدت من الاستراحة منذ ${own(time)}.`,
      transfer: (time) => `أنت في هذا العمل منذ ${own(time)}.`,
    },
    more: (name) => (name === "" ? "يُحسب مرة واحدة." : `يُحسب مرة واحدة، ${own(name)}`),
    choose: {
      in: "تسجيل حضور",
      out: "تسجيل انصراف",
      "break-start": "بدء استراحة",
      "break-end": "عودة من الاستراحة",
    },
    close: "حسنًا",
  },
  outOfOrder: {
    say: "هذه الساعة معطلة.",
    more: "لا تستطيع حفظ وقتك. أخبر مشرفك الآن من فضلك.",
    forTechnician: "للفني",
  },
  unreachable: {
    say: "لحظة من فضلك.",
    more: "هذه الشاشة لا تصل إلى ساعتها، فلا تعرف هل حُفظ وقتك. أخبر أحدًا في المكتب من فضلك.",
  },
  otherWay: "طريقة أخرى",
  badge: {
    title: "البطاقة",
    how: "قرّبها أسفل الشاشة",
    starting: "قارئ البطاقات يستيقظ",
    resting: "قارئ البطاقات في استراحة",
  },
  locked: {
    order: "هذه الساعة مقفلة احترازًا. أوقاتك محسوبة ومحفوظة هنا بأمان، وتُرسل عند فتح القفل.",
    housing: "فتح أحدهم غلاف هذه الساعة. لا تستخدم الوجوه حتى تُفحص؛ وأوقاتك محسوبة كالمعتاد.",
    kept: "يُرسل عند فتح القفل",
  },
  truths: {
    offline: (waiting) =>
      counted(waiting, {
        zero: () => "لا توجد شبكة. ما تسجله يُحفظ هنا.",
        one: () => "لا توجد شبكة. محفوظ هنا؛ تسجيل واحد ينتظر الإرسال.",
        two: () => "لا توجد شبكة. محفوظ هنا؛ تسجيلان ينتظران الإرسال.",
        few: (n) => `لا توجد شبكة. محفوظ هنا؛ ${n} تسجيلات تنتظر الإرسال.`,
        many: (n) => `لا توجد شبكة. محفوظ هنا؛ ${n} تسجيلًا ينتظر الإرسال.`,
        other: (n) => `لا توجد شبكة. محفوظ هنا؛ ${n} تسجيل ينتظر الإرسال.`,
      }),
    undelivered: (waiting) =>
      counted(waiting, {
        zero: () => "ما تسجله محفوظ هنا وسيُرسل.",
        one: () => "محفوظ هنا؛ تسجيل واحد ينتظر الإرسال.",
        two: () => "محفوظ هنا؛ تسجيلان ينتظران الإرسال.",
        few: (n) => `محفوظ هنا؛ ${n} تسجيلات تنتظر الإرسال.`,
        many: (n) => `محفوظ هنا؛ ${n} تسجيلًا ينتظر الإرسال.`,
        other: (n) => `محفوظ هنا؛ ${n} تسجيل ينتظر الإرسال.`,
      }),
    setAside: "وُضع هنا دفتر أوقات أقدم جانبًا. اسأل المكتب إن كان وقتك ناقصًا.",
    damaged: "صفحة من دفتر أوقات هذه الساعة تالفة. ما تسجله الآن آمن.",
    lost: (from, to) => (from === to ? `الرقم ${from} مفقود.` : `الأرقام من ${from} إلى ${to} مفقودة.`),
    pretended: "الكاميرا وقارئ البطاقات والرواتب هنا للعرض فقط",
    demo: "عرض",
  },
  outage: {
    cause: {
      "broker-unreachable": "الوسيط لا يجيب.",
      "broker-refused": "الوسيط لا يسمح لهذه الساعة بالدخول، أو أنه الوسيط الخطأ.",
      "broker-taken-over": "جهاز آخر يستخدم هوية هذه الساعة.",
      "certificate-expired": "انتهت صلاحية شهادة.",
      "clock-wrong": "وقت هذا الجهاز خطأ.",
      "receipt-invalid": "وصل إيصال غير أصلي.",
      "receiver-silent": "الوسيط يأخذ كل شيء، ولا أحد يرسل إيصالات.",
    },
    otherCause: "ما يُسجل هنا لا يصل.",
    safe: (waiting) =>
      counted(waiting, {
        zero: () => "لم يضِع شيء: ما يُسجل محفوظ هنا وسيُرسل.",
        one: () => "لم يضِع شيء: تسجيل واحد محفوظ هنا وسيُرسل.",
        two: () => "لم يضِع شيء: تسجيلان محفوظان هنا وسيُرسلان.",
        few: (n) => `لم يضِع شيء: ${n} تسجيلات محفوظة هنا وستُرسل.`,
        many: (n) => `لم يضِع شيء: ${n} تسجيلًا محفوظًا هنا وستُرسل.`,
        other: (n) => `لم يضِع شيء: ${n} تسجيل محفوظ هنا وسيُرسل.`,
      }),
    next: "ما العمل",
    found: "ما وجدته الساعة",
    since: "منذ",
    code: "الرمز",
  },
  notice: {
    title: "ما تحتفظ به هذه الساعة عنك",
    parts: {
      camera: {
        head: "الكاميرا تنظر وتنسى.",
        body: "تبحث عن وجه أمام الساعة. لا تُحفظ الصور أبدًا ولا تغادر هذه الساعة.",
      },
      face: {
        head: "يُحفظ وجهك أرقامًا، إن وافقت.",
        body: "الأرقام مقفلة على هذه الساعة ولا تُقارن إلا هنا. اسحب موافقتك متى شئت فتُمحى.",
      },
      times: {
        head: "تُحفظ أوقاتك وتُرسل إلى الرواتب.",
        body: "كل منها يقول متى، وحضور أم انصراف، ورقمًا يمثلك. لا اسم ولا صورة.",
      },
      badge: {
        head: "لبطاقتك القيمة نفسها.",
        body: "لست مضطرًا أبدًا إلى استخدام الكاميرا.",
      },
    },
    close: "إغلاق",
  },
  consent: arabicConsent,
  rights: arabicRights,
  guests: arabicGuests,
  absence: arabicAbsence,
  alert: arabicAlert,
  visit: arabicVisit,
};
