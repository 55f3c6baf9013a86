import { counting } from "../counted.ts";
import type { AlertWords } from "./words.ts";

const counted = counting("zh");

export const chineseAlert: AlertWords = {
  entry: "紧急情况",
  raise: {
    say: "要发出警报吗？",
    more: "会通知所有人，这里会显示谁在里面。",
    yes: "发出警报",
    no: "不，返回",
  },
  on: {
    say: "紧急情况",
    since: (time) => `始于 ${time}`,
    people: (count) => counted(count, { other: (n) => `员工 ${n} 人` }),
    visitors: (count) => counted(count, { other: (n) => `访客 ${n} 人` }),
    doubtful: (count) => counted(count, { other: (n) => `${n} 人可能已离开` }),
    stage: {
      "not-saved": "未保存也未发送：请您自己求助。",
      saved: "正在发送。如无人回应，请您自己求助。",
      sent: "办公室已得到通知。",
    },
    visitor: "访客",
    isDoubtful: "可能已离开",
    nobody: "这台钟不知道有人在里面。",
    badge: "工牌照常有效。",
    end: "已经结束",
  },
  end: {
    say: "已经结束了吗？",
    more: "这面墙上的警报会解除，并通知办公室。",
    yes: "是，已经结束",
    no: "不，返回",
  },
};
