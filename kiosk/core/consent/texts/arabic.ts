import type { Facts, Texts } from "./kinds.ts";

const purposes = {
  "work-day": "لتسجيل بداية يوم عملك ونهايته",
  "secure-area": "للسماح لك بدخول الأماكن المغلقة",
  safety: "لحماية سلامة الناس",
} as const;

const right = ({ basis }: Facts): string => {
  if (basis.kind === "consent") return "اختيارك الحر. لا يصيبك أي ضرر إن رفضت.";
  return basis.kind === "law" ? `القانون: ${basis.ref}` : `اتفاق: ${basis.ref}`;
};

export const arabic: Texts = {
  lang: "ar",
  dir: "rtl",
  why: [
    "تستطيع هذه الساعة أن تعرف وجهك عند حضورك وانصرافك.",
    "ومن دون ذلك يُحسب كل شيء كما هو: تبقى بطاقتك ورقمك السري.",
    "القرار لك. يمكنك التراجع هنا في أي وقت بلمستين.",
  ],
  items: (facts) => [
    {
      head: "من يسأل",
      body: `${facts.controller}. للأسئلة: ${facts.contact}.${facts.dpo === null ? "" : ` حماية البيانات: ${facts.dpo}.`}`,
    },
    { head: "لماذا", body: `فقط ${facts.purposes.map((one) => purposes[one]).join("، ")}.` },
    {
      head: "ماذا يُحفظ",
      body: "أرقام محسوبة من وجهك. لا صورة. تبقى مقفلة في هذه الساعة.",
    },
    { head: "بأي حق", body: right(facts) },
    {
      head: "إلى متى",
      body: `حتى تتراجع، أو تترك العمل، أو تغيب ${facts.templateDays} يومًا.${
        facts.termDays === null ? "" : ` وينتهي تلقائيًا بعد ${facts.termDays} يومًا.`
      }`,
    },
    {
      head: "ماذا يبقى",
      body: `أنك وافقت ومتى، ويُحفظ ذلك ${facts.consentDays} يومًا كدليل.`,
    },
    { head: "من يحصل عليه", body: "لا أحد. لا يُباع وجهك ولا يُعار ولا يُعرض على أحد." },
    {
      head: "حقوقك",
      body: `أن تراه وتنسخه وتجمّده وتحذفه: هنا، أو عن طريق ${facts.contact}.`,
    },
    { head: "أين تشتكي", body: `${facts.authority}.` },
    { head: "النسخة", body: `السياسة ${facts.policyV}، ${facts.site}.` },
  ],
  agree: ({ controller }) => `قرأت هذا. أوافق على أن تستخدم ${controller} وجهي لهذا الغرض ولهذه المدة.`,
  both: ({ minAge }) => [
    `دون ${minAge} سنة تقرر مع أحد والديك أو وليّ أمرك.`,
    "اقرآ هذا معًا. إذا رفض أحدكما فلن يُحفظ شيء.",
    "بعد سنة على الأكثر تُسألان كلاكما من جديد.",
    "يمكنك وحدك سحبه هنا في أي وقت.",
    "لا يُحفظ عن وليّ الأمر إلا أن أحدًا وافق، ورقم مشتق من الاسم المرسوم.",
  ],
  guardianAgree: ({ controller }) =>
    `أنا والد هذا الشخص أو والدته أو وليّ أمره. قرأت هذا معه. أوافق على أن يستعمل ${controller} وجهه لهذا الغرض ولهذه المدة.`,
};
