import type { Facts, Texts } from "./kinds.ts";

const purposes = {
  "work-day": "记录您上下班的时间",
  "secure-area": "让您进入上锁的区域",
  safety: "保障人员安全",
} as const;

const right = ({ basis }: Facts): string => {
  if (basis.kind === "consent") return "您自己的自由选择。不同意没有任何坏处。";
  return basis.kind === "law" ? `法律：${basis.ref}` : `协议：${basis.ref}`;
};

export const chinese: Texts = {
  lang: "zh-Hans",
  dir: "ltr",
  why: [
    "您上下班时，这台钟可以认出您的脸。",
    "不用人脸也一样算数：您的工牌和密码照常使用。",
    "由您决定。您随时可以在这里点两下收回。",
  ],
  items: (facts) => [
    {
      head: "谁在询问",
      body: `${facts.controller}。咨询：${facts.contact}。${facts.dpo === null ? "" : `数据保护：${facts.dpo}。`}`,
    },
    { head: "用来做什么", body: `只用来${facts.purposes.map((one) => purposes[one]).join("、")}。` },
    { head: "保存什么", body: "由您的脸算出的数字。没有照片。加锁保存在这台钟里。" },
    { head: "依据什么", body: right(facts) },
    {
      head: "保存多久",
      body: `直到您收回、离职，或 ${facts.templateDays} 天没有来。${
        facts.termDays === null ? "" : `${facts.termDays} 天后自动结束。`
      }`,
    },
    { head: "留下什么", body: `您何时同意的记录作为证明保存 ${facts.consentDays} 天。` },
    { head: "谁能得到", body: "没有人。您的脸不会被出售、出借或给任何人看。" },
    { head: "您的权利", body: `查看、复制、冻结、删除：就在这里，或通过 ${facts.contact}。` },
    { head: "向谁投诉", body: `${facts.authority}。` },
    { head: "版本", body: `政策 ${facts.policyV}，${facts.site}。` },
  ],
  agree: ({ controller }) => `我已阅读。我同意${controller}为此目的并在此期限内使用我的脸。`,
  both: ({ minAge }) => [
    `未满${minAge}岁时，您和父母或监护人一起决定。`,
    "请一起阅读。只要有一人不同意，就什么都不保存。",
    "最迟一年后会再次询问你们两人。",
    "您自己随时可以在这里撤回。",
    "关于监护人，只保存有人同意了这件事，以及由所画姓名算出的一个数。",
  ],
  guardianAgree: ({ controller }) =>
    `我是其父母或监护人。我已与其一起阅读。我同意${controller}为此目的并在此期限内使用其面容。`,
};
