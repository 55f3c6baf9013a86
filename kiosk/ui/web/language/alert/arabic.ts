import { counting } from "../counted.ts";
import type { AlertWords } from "./words.ts";

const counted = counting("ar");

export const arabicAlert: AlertWords = {
  entry: "طوارئ",
  raise: {
    say: "هل تطلق الإنذار؟",
    more: "يُبلَّغ الجميع، ويظهر هنا من في الداخل.",
    yes: "أطلق الإنذار",
    no: "لا، رجوع",
  },
  on: {
    say: "طوارئ",
    since: (time) => `منذ ${time}`,
    people: (count) =>
      counted(count, {
        zero: () => "لا أحد ممن يعملون هنا",
        one: () => "شخص واحد يعمل هنا",
        two: () => "شخصان يعملان هنا",
        few: (n) => `${n} أشخاص يعملون هنا`,
        other: (n) => `${n} شخصًا يعملون هنا`,
      }),
    visitors: (count) =>
      counted(count, {
        zero: () => "لا زوار",
        one: () => "زائر واحد",
        two: () => "زائران",
        few: (n) => `${n} زوار`,
        other: (n) => `${n} زائرًا`,
      }),
    doubtful: (count) =>
      counted(count, { one: () => "ربما خرج واحد", two: () => "ربما خرج اثنان", other: (n) => `ربما خرج ${n}` }),
    stage: {
      "not-saved": "لم يُحفظ ولم يُرسل: اطلب المساعدة بنفسك.",
      saved: "جارٍ الإرسال. إن لم يجب أحد فاطلب المساعدة بنفسك.",
      sent: "تم إبلاغ المكتب.",
    },
    visitor: "زائر",
    isDoubtful: "ربما خرج",
    nobody: "لا تعلم هذه الساعة بأحد في الداخل.",
    badge: "البطاقات ما زالت تُحتسب.",
    end: "انتهى الأمر",
  },
  end: {
    say: "هل انتهى الأمر؟",
    more: "ينتهي الإنذار على هذا الجدار، ويُبلَّغ المكتب.",
    yes: "نعم، انتهى",
    no: "لا، رجوع",
  },
};
