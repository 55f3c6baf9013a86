import { counting } from "../counted.ts";
import { ended } from "../ended.ts";
import type { VisitWords } from "./words.ts";

const counted = counting("ar");

/** Names and times of another script keep their own order inside an Arabic sentence. */
const own = (text: string): string => `\u2068${text}\u2069`;

export const arabicVisit: VisitWords = {
  way: {
    face: { title: "الوجه", how: "انظر إلى الشاشة" },
    pin: { title: "الرقم السري", how: "اكتبه على الشاشة" },
    qr: { title: "التصريح", how: "أرِ الكاميرا رمزه" },
  },
  ways: {
    say: {
      punch: "كيف تريد التسجيل؟",
      me: "من أنت؟ ثم تظهر ساعاتك هنا.",
      muster: "من أنت؟ ثم ترى من في الداخل.",
      override: "للمشرفين: من أنت؟",
      consent: "وجهك في هذه الساعة: من أنت؟",
      rights: "ما تعرفه هذه الساعة عنك: من أنت؟",
      absence: "إجازتك: من أنت؟",
      alert: "للمشرفين: هل انتهى الإنذار؟ من أنت؟",
    },
    more: "لكل منها القيمة نفسها.",
  },
  errand: {
    me: "ساعاتي",
    muster: "من في الداخل",
    override: "مشرف",
    consent: "استخدام وجهي",
    rights: "بياناتي",
    absence: "إجازتي",
    alert: "إنهاء الإنذار",
  },
  back: "رجوع",
  close: "إغلاق",
  without: "المتابعة من دونه",
  withoutMore: "يُحسب. سينظر فيه أحد لاحقًا.",
  pin: {
    number: "اكتب رقمك.",
    pin: "اكتب الآن رقمك السري.",
    typed: (count) => `كُتب ${count}`,
    erase: "محو",
    enter: "تم",
    checking: "لحظة.",
    wrong: "الرقم والرقم السري لا يتطابقان. حاول مرة أخرى.",
    wait: (time) => `محاولات كثيرة. انتظر حتى ${own(time)} أو استخدم طريقة أخرى.`,
  },
  also: { badge: "قرّب بطاقتك أيضًا من فضلك.", pin: "اكتب رقمك السري أيضًا من فضلك.", qr: "أرِ تصريحك أيضًا من فضلك." },
  choose: {
    say: (name) => (name === "" ? "ما هذا التسجيل؟" : `ما هذا التسجيل، ${own(name)}؟`),
    more: (kind) => `إن انصرفت دون اختيار فهو: ${kind}.`,
  },
  openShift: {
    say: "لم تسجل انصرافك.",
    since: (day, time) => `آخر مرة هنا: ${own(day)}، ${own(time)}.`,
    ended: "متى غادرت؟",
    same: "ما زلت في العمل",
  },
  time: { earlier: "قبل ذلك", later: "بعد ذلك", confirm: (time) => `كان ذلك ${own(time)}`, unknown: "لا أعرف" },
  hours: {
    say: (name) => (name === "" ? "ساعاتك" : `ساعاتك، ${own(name)}`),
    standing: { in: "أنت في العمل.", break: "أنت في استراحة.", out: "أنت خارج العمل." },
    today: "اليوم",
    total: "14 يومًا",
    work: "العمل",
    pause: "الاستراحة",
    open: "لم ينتهِ",
    unsure: "غير مؤكد",
    asked: "قيد السؤال",
    job: "تغيير العمل",
    request: "هناك خطأ",
  },
  kind: {
    in: "حضور",
    out: "انصراف",
    "break-start": "استراحة",
    "break-end": "عودة",
    transfer: "عمل جديد",
    attest: "تأكيد",
    unknown: "غير مؤكد",
  },
  job: { say: "على ماذا تعمل الآن؟", now: "الآن" },
  request: {
    day: "أي يوم؟",
    mark: "أي وقت؟",
    missing: "وقت ناقص",
    kind: "ماذا كان؟",
    time: (kind) => `${kind}: متى كان؟`,
    reason: "ماذا حدث؟",
    more: "لا يتغير شيء قبل موافقة مشرفك.",
    reasons: {
      forgot: "نسيت",
      "clock-did-not-work": "الساعة لم تعمل",
      "wrong-button": "لمست الزر الخطأ",
      "worked-elsewhere": "عملت في مكان آخر",
      other: "شيء آخر",
    },
  },
  notMe: "لم أكن أنا",
  told: {
    "not-me": { say: "شكرًا لإخبارنا.", more: "هذا الوقت لا يُحسب لك. سجّل بنفسك مرة أخرى من فضلك." },
    asked: { say: "كُتب ذلك.", more: "مشرفك يقرر. ستراه في ساعاتك." },
    punched: { say: (name) => ended(`كُتب لـ ${own(name)}`), more: "المشرف والسبب مكتوبان معه." },
  },
  muster: {
    say: (count) =>
      counted(count, {
        zero: () => "لا أحد في الداخل.",
        one: () => "شخص واحد في الداخل.",
        two: () => "شخصان في الداخل.",
        few: (n) => `${n} أشخاص في الداخل.`,
        many: (n) => `${n} شخصًا في الداخل.`,
        other: (n) => `${n} شخص في الداخل.`,
      }),
    doubtful: (count) =>
      counted(count, {
        one: () => "ربما غادر واحد دون تسجيل.",
        two: () => "ربما غادر اثنان دون تسجيل.",
        few: (n) => `ربما غادر ${n} دون تسجيل.`,
        many: (n) => `ربما غادر ${n} دون تسجيل.`,
        other: (n) => `ربما غادر ${n} دون تسجيل.`,
      }),
    isDoubtful: "ربما غادر",
    isBreak: "في استراحة",
    since: (time) => `منذ ${own(time)}`,
  },
  page: (page, pages) => `صفحة ${page} من ${pages}`,
  next: "التالي",
  before: "السابق",
  override: {
    person: "لمن؟",
    reason: (name) => `لماذا، لـ ${own(name)}؟`,
    kind: (name) => `ما التسجيل لـ ${own(name)}؟`,
    reasons: {
      "badge-forgotten": "نسي البطاقة",
      "badge-broken": "البطاقة تالفة",
      "not-recognised": "لم تعرفه الساعة",
      "not-enrolled-yet": "جديد هنا",
      "cannot-reach": "لا يصل إلى الساعة",
      other: "شيء آخر",
    },
  },
};
