import { counting } from "../counted.ts";
import type { AbsenceWords } from "./words.ts";

const counted = counting("zh");

export const chineseAbsence: AbsenceWords = {
  say: (name) => `${name}，您的假期`,
  kinds: { 1: "休假", 2: "异地办公", 3: "培训" },
  balance: (days, kind) => counted(days, { other: (n) => `${kind}：${n} 天` }),
  asOf: (balance, day) => `${balance}，截至 ${day}`,
  onLeave: "办公室记录您今天休假。您的时间照样算数。",
  noBalance: "办公室还没有告诉这台钟您有多少假。",
  ask: "申请日期",
  state: { waiting: "等待办公室", granted: "已批准", declined: "未批准" },
  span: (from, to) => (from === to ? from : `${from} 至 ${to}`),
  kind: "您想申请什么？",
  first: "第一天是哪天？",
  last: "最后一天是哪天？",
  earlier: "更早",
  later: "更晚",
  lastMore: (first) => `从 ${first} 起`,
  days: (days) => counted(days, { other: (n) => `${n} 天` }),
  overlaps: "其中有些日子您已经申请过。",
  confirm: "要发给办公室吗？",
  send: "是，发送",
  cancel: "要撤回吗？",
  takeBack: "是，撤回",
  saving: "请稍候",
  told: {
    asked: { say: "已申请。", more: "已保存在这里，正在送往办公室。答复会显示在这台钟上。" },
    cancelled: { say: "已撤回。", more: "办公室会知道。" },
  },
  notSaved: { say: "无法保存。", more: "没有提出申请，请您自己告诉办公室。" },
};
