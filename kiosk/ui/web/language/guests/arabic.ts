import type { GuestsWords } from "./words.ts";

/** Kept to itself: a masked name ends in a full stop, which would fall to the wrong side. */
const own = (text: string): string => `\u2068${text}\u2069`;
const the = (host: string): string => (host === "" ? "المكتب" : own(host));

export const arabicGuests: GuestsWords = {
  start: {
    say: "أهلاً بك. كيف نساعدك؟",
    arrive: "أزور شخصًا هنا",
    code: "لديّ رقم",
    leave: "أريد الخروج",
    pass: "لديك رمز كصورة؟ ضعه أمام الكاميرا.",
  },
  ask: { name: "ما اسمك؟", host: "من تزور؟", contact: "كيف نتصل بك؟" },
  hint: {
    name: "اسمك يكفي.",
    host: "اكتب أول ثلاثة أحرف.",
    contact: "هاتف أو بريد، فقط إن أردت.",
  },
  isMore: "أسماء كثيرة تبدأ هكذا. حرف آخر من فضلك.",
  office: "المكتب",
  next: "التالي",
  skip: "بدونه",
  space: "مسافة",
  letters: "أحرف أخرى",
  check: {
    say: "هل هذا صحيح؟",
    name: "الاسم",
    host: "يزور",
    contact: "للاتصال",
    keeps: (days) => `نحفظ هذا ${days} يومًا. ثم يُمحى إلى الأبد.`,
    here: "يبقى مقفلاً في هذه الساعة.",
    sent: "هو مقفل، والمفتاح مع المكتب وحده.",
    ask: (host) => `نعم، اسألوا ${the(host)}`,
    signIn: "نعم، سجّلوا دخولي",
  },
  code: {
    arrive: "اكتب رقمك.",
    leave: "اكتب الرقم الذي أخذته.",
    unknown: "لا نعرف هذا الرقم. حاول مرة أخرى.",
    wait: "محاولات كثيرة. انتظر دقيقة، أو اسأل في المكتب.",
  },
  busy: "لحظة.",
  asking: { say: (host) => `نسأل ${the(host)}.`, more: "انتظر هنا من فضلك، دقيقة على الأكثر." },
  number: "رقمك",
  again: "إن احتاج أحد إلى الساعة الآن، فعُد بهذا الرقم.",
  keep: "تحتاج إليه عند الخروج. يمكنك تصوير الرمز.",
  askAgain: "اسألوا مرة أخرى",
  leaving: { say: "هل تريد الخروج؟", yes: "نعم، سجّلوا خروجي", no: "لا" },
  told: {
    welcome: (host) => ({ say: "أهلاً بك.", more: `وصل الخبر إلى ${the(host)} بأنك هنا.` }),
    soon: (host) => ({ say: "انتظر هنا من فضلك.", more: `وصل الخبر إلى ${the(host)}. الأمر يحتاج إلى لحظة.` }),
    "in-unanswered": (host) => ({
      say: "سُجّل دخولك.",
      more: `لم يصل جواب من ${the(host)} بعد. انتظر هنا، أو اتصل بالهاتف.`,
    }),
    unanswered: (host) => ({
      say: "لم يجب أحد.",
      more: `اتصل بـ ${the(host)}، أو انتظر هنا واسأل مرة أخرى.`,
    }),
    declined: (host) => ({ say: "ليس اليوم، عذرًا.", more: `لا وقت الآن لدى ${the(host)}. لا نحفظ شيئًا من هذا.` }),
    early: (host, when) => ({ say: "جئت مبكرًا.", more: `موعدك من ${own(when)}. يمكننا أن نسأل ${the(host)} الآن.` }),
    expired: () => ({ say: "انتهت هذه الدعوة.", more: "يمكنك الدخول مع ذلك: قل لنا من تزور." }),
    used: () => ({ say: "استُعملت هذه الدعوة.", more: "يمكنك الدخول مع ذلك: قل لنا من تزور." }),
    goodbye: () => ({ say: "مع السلامة.", more: "سُجّل خروجك. شكرًا لزيارتك." }),
    "not-saved": () => ({ say: "لم يُحفظ هذا.", more: "أخبر أحدًا في المكتب من فضلك." }),
    full: () => ({ say: "لا مكان في هذه الساعة.", more: "اذهب إلى المكتب لتسجيل دخولك." }),
  },
  note: {
    "minutes-5": "يستغرق نحو 5 دقائق.",
    "minutes-15": "يستغرق نحو 15 دقيقة.",
    reception: "اذهب إلى الاستقبال من فضلك.",
    "another-day": "تعال في يوم آخر من فضلك.",
  },
  done: "تم",
};
