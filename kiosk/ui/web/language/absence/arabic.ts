import { counting } from "../counted.ts";
import type { AbsenceWords } from "./words.ts";

const counted = counting("ar");

export const arabicAbsence: AbsenceWords = {
  say: (name) => `إجازتك يا ${name}`,
  kinds: { 1: "إجازة", 2: "عمل من مكان آخر", 3: "تدريب" },
  balance: (days, kind) =>
    counted(days, {
      one: () => `${kind}: يوم واحد`,
      two: () => `${kind}: يومان`,
      few: (n) => `${kind}: ${n} أيام`,
      other: (n) => `${kind}: ${n} يومًا`,
    }),
  asOf: (balance, day) => `${balance}، حتى ${day}`,
  onLeave: "المكتب يقول إنك في إجازة اليوم. وقتك محسوب.",
  noBalance: "لم يخبر المكتب هذه الساعة بما بقي لك من إجازة.",
  ask: "اطلب أيامًا",
  state: { waiting: "بانتظار المكتب", granted: "مقبول", declined: "غير مقبول" },
  span: (from, to) => (from === to ? from : `من ${from} إلى ${to}`),
  kind: "ماذا تريد أن تطلب؟",
  first: "ما اليوم الأول؟",
  last: "ما اليوم الأخير؟",
  earlier: "أيام سابقة",
  later: "أيام لاحقة",
  lastMore: (first) => `ابتداءً من ${first}`,
  days: (days) =>
    counted(days, { one: () => "يوم واحد", two: () => "يومان", few: (n) => `${n} أيام`, other: (n) => `${n} يومًا` }),
  overlaps: "سبق أن طلبت بعض هذه الأيام.",
  confirm: "هل نرسل هذا إلى المكتب؟",
  send: "نعم، أرسل",
  cancel: "هل تسحب هذا الطلب؟",
  takeBack: "نعم، اسحبه",
  saving: "لحظة",
  told: {
    asked: { say: "تم الطلب.", more: "حُفظ هنا وهو في طريقه إلى المكتب. سيظهر الجواب على هذه الساعة." },
    cancelled: { say: "سُحب الطلب.", more: "سيعلم المكتب بذلك." },
  },
  notSaved: { say: "تعذّر حفظ هذا.", more: "لم يُطلب شيء. أخبر المكتب بنفسك من فضلك." },
};
