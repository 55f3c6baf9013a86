import { chineseAbsence } from "./absence/chinese.ts";
import { chineseAlert } from "./alert/chinese.ts";
import { chineseConsent } from "./consent/chinese.ts";
import { counting } from "./counted.ts";
import { chineseGuests } from "./guests/chinese.ts";
import { languages } from "./languages.ts";
import { chineseRights } from "./rights/chinese.ts";
import { chineseVisit } from "./visit/chinese.ts";
import type { Words } from "./words.ts";

const counted = counting("zh-Hans");

const named = (greeting: string) => (name: string) => (name === "" ? `${greeting}。` : `${greeting}，${name}`);

const problems: Words["look"]["problem"] = {
  "too-far": "请靠近一点。",
  "too-close": "请稍微后退一步。",
  "off-centre": "请站到中间。",
  turned: "请正对屏幕。",
  "too-dark": "您身后的光挡住了您的脸。",
  "too-bright": "您脸上的光太强了。",
  blurred: "请稍等，不要动。",
  several: "请一次一位。",
};
const turn = { left: "请把头转向您的左边。", right: "请把头转向您的右边。" };

export const chinese: Words = {
  ...languages.chinese,
  languages: "语言",
  moreTime: "再等一会儿",
  fullStop: "。",
  greeting: { morning: named("早上好"), afternoon: named("下午好"), evening: named("晚上好") },
  starting: {
    say: "请稍等，考勤机正在启动。",
    step: {
      journal: "正在打开考勤记录",
      people: "正在读取员工名单",
      models: "正在准备识别",
      camera: "正在启动摄像头",
    },
  },
  idle: {
    say: "请看屏幕打卡。",
    sayBadgeOnly: "请刷工卡打卡。",
    sayWaking: "摄像头正在启动。请刷工卡，效果一样。",
    sayResting: "摄像头在休息。请刷工卡，效果一样。",
    sayRestingAlone: "摄像头在休息，马上就好。",
    sayNothing: "考勤机现在看不到您。请告诉办公室。",
    sayBadgeUntil: (time) => `${time} 之前请用工卡。`,
    sayNoFaceUntil: (time) => `${time} 之前本机不用人脸。请告诉办公室。`,
    badgeAlone: "在那之前，本机只认工卡。",
    camera: {
      on: "摄像头已开 · 人脸信息只留在本机",
      starting: "摄像头正在启动",
      lost: "摄像头在休息",
      off: "摄像头已关",
    },
    keeps: "本机保存您的哪些信息",
  },
  identify: {
    say: "我在这里，您找的就是这台。",
    more: "打卡照常。",
    site: "地点",
    gate: "门",
    device: "考勤机",
  },
  look: {
    say: "请看屏幕。",
    hold: "很好，请保持。",
    problem: problems,
    challenge: { "turn-left": turn.left, "turn-right": turn.right, blink: "请眨一下眼睛。" },
    straightAgain: "很好，现在请再看正前方。",
    alsoBadge: "请再刷一下工卡。",
    alsoFace: "谢谢，现在请看屏幕。",
    badgeRead: "工卡已读取。",
    orBadge: "或者刷工卡，效果一样",
    aside: "不是来打卡？请站到旁边。",
  },
  enrol: {
    pose: {
      straight: "请正对屏幕。",
      "a-little-left": "请把头稍微转向您的左边。",
      "a-little-right": "请把头稍微转向您的右边。",
      "turn-left": turn.left,
      "turn-right": turn.right,
      blink: "请眨一下眼睛。",
    },
    problem: {
      ...problems,
      turned: "请照图摆好头的位置。",
      "too-dark": "太暗了，请开灯。",
      "too-bright": "光太强了，请避开一点。",
      nobody: "请站到考勤机前面。",
      "another-face": "考勤机前请只留一个人。",
      "eyes-closed": "请睁开眼睛。",
    },
    taken: (accepted, needed) => `已完成 ${accepted}/${needed}`,
    keeps: "只保存由您的脸算出的数字，不保存照片。",
    keeping: "请稍等。",
    keepingMore: "正在写下这些数字。",
    stop: "停止",
  },
  enrolled: {
    kept: (name) => (name === "" ? "好了。" : `好了，${name}`),
    keptMore: "考勤机现在认识您了。",
    notKept: "没有成功，什么都没有保存。",
    notKeptMore: "这不是您的问题。请问帮您登记的人，他们能看到原因。",
    close: "关闭",
  },
  saving: {
    say: (name) => (name === "" ? "请稍等。" : `请稍等，${name}`),
    more: "正在记下您的时间。",
  },
  thanks: {
    kind: { in: "上班", out: "下班", "break-start": "休息", "break-end": "回来", transfer: "换工作" },
    changed: "已更改",
    saved: "已保存在本机",
    received: (by) => `${by} 已收到`,
    onItsWay: "正在发送",
    noNetwork: "等待网络",
    choose: {
      in: "我来上班",
      out: "我要下班",
      "break-start": "改成休息",
      "break-end": "休息完回来",
    },
    next: "请下一位",
  },
  receipt: {
    say: "您的凭证，可证明这次打卡。",
    hold: "点一下让它多留一会儿",
    stays: "会多留一会儿",
  },
  refused: {
    notSure: "我们没能确认是您。",
    several: "请一次一位。",
    severalMore: "考勤机前请只站一个人。",
    needsBadge: "在这里只用人脸还不够。",
    needsBadgeTap: "请刷工卡。",
    needsBadgeMore: "这是本机的限制，不是您的问题。",
    badgeUnknown: "本机还不认识这张工卡。",
    badgeUnknownMore: "请拿给办公室看，下次就能用了。",
    notAllowed: "这是给主管用的。",
    notAllowedMore: "请让您的主管到考勤机前来。",
    pass: {
      "pass-late": { say: "这个通行码过期了。", more: "请在应用里重新打开，它每半分钟更新一次。" },
      "pass-used": { say: "这个通行码已经用过。", more: "请稍等，出示下一个。" },
      "pass-elsewhere": { say: "这个通行码是别的地点的。", more: "请问办公室。" },
      "pass-visitor": { say: "这是访客通行码。", more: "本机不接待访客，请问前台。" },
    },
    notSaved: "您的时间没有保存。",
    notSavedMore: "本机没能写下来。请马上告诉您的主管。",
    tellWhen: "如果还是不行，请告诉办公室您到这里的时间：",
    tellNow: "请说明您到这里的时间：",
    useBadge: "请刷工卡，效果一样。",
    useCamera: "请看屏幕，效果一样。",
    retryCamera: "再用摄像头试一次",
    retry: "再试一次",
    close: "关闭",
  },
  duplicate: {
    since: {
      in: (time) => `${time} 已打上班卡。`,
      out: (time) => `${time} 已打下班卡。`,
      "break-start": (time) => `${time} 起在休息。`,
      "break-end": (time) => `${time} 已回来。`,
      transfer: (time) => `${time} 起在做这项工作。`,
    },
    more: (name) => (name === "" ? "只算一次。" : `只算一次，${name}`),
    choose: {
      in: "我来上班",
      out: "我要下班",
      "break-start": "我要休息",
      "break-end": "休息完回来",
    },
    close: "没问题",
  },
  outOfOrder: {
    say: "这台考勤机出了故障。",
    more: "它不能保存您的时间。请马上告诉您的主管。",
    forTechnician: "技术人员请看",
  },
  unreachable: {
    say: "请稍等。",
    more: "屏幕连不上考勤机，不知道您的时间是否已保存。请告诉办公室。",
  },
  otherWay: "其他方式",
  badge: {
    title: "工卡",
    how: "在屏幕下方刷卡",
    starting: "读卡器正在启动",
    resting: "读卡器在休息",
  },
  locked: {
    order: "为安全起见，本机已锁定。您打的卡照常有效，安全存在本机，解锁后发送。",
    housing: "有人打开了本机外壳。检查之前不使用人脸；您打的卡照常有效。",
    kept: "解锁后发送",
  },
  truths: {
    offline: (waiting) =>
      waiting === 0
        ? "没有网络。您打的卡会存在本机。"
        : counted(waiting, { other: (n) => `没有网络。已存在本机，${n} 条待发送。` }),
    undelivered: (waiting) =>
      waiting === 0
        ? "您打的卡已存在本机，之后会发送。"
        : counted(waiting, { other: (n) => `已存在本机，${n} 条待发送。` }),
    setAside: "本机有一份旧的考勤记录被另外存放。请问办公室您的记录有没有缺。",
    damaged: "本机考勤记录有一页损坏。您现在打的卡是安全的。",
    lost: (from, to) => (from === to ? `缺第 ${from} 号。` : `缺第 ${from} 到 ${to} 号。`),
    pretended: "这里的摄像头、读卡器和工资系统都是演示",
    demo: "演示",
  },
  outage: {
    cause: {
      "broker-unreachable": "消息服务器没有回应。",
      "broker-refused": "消息服务器不让本机登录，或者连错了。",
      "broker-taken-over": "另一台设备在用本机的身份。",
      "certificate-expired": "有证书过期了。",
      "clock-wrong": "本机的时间不对。",
      "receipt-invalid": "收到一张不真实的回执。",
      "receiver-silent": "消息服务器都收下了，但没有人发回执。",
    },
    otherCause: "这里打的卡没有送达。",
    safe: (waiting) =>
      waiting === 0
        ? "没有丢失：打的卡已存在本机，之后会发送。"
        : counted(waiting, { other: (n) => `没有丢失：${n} 条已存在本机，之后会发送。` }),
    next: "怎么办",
    found: "本机发现了什么",
    since: "开始时间",
    code: "代码",
  },
  notice: {
    title: "本机保存您的哪些信息",
    parts: {
      camera: {
        head: "摄像头看过就忘。",
        body: "它只看考勤机前有没有人脸。照片从不保存，也从不离开本机。",
      },
      face: {
        head: "您同意后，您的脸以数字保存。",
        body: "这些数字锁在本机，只在这里比对。您随时可以收回同意，数字就会删除。",
      },
      times: {
        head: "您的打卡时间会保存，并发给工资部门。",
        body: "每条记录有时间、上班或下班，以及代表您的编号。没有姓名，没有照片。",
      },
      badge: {
        head: "刷工卡效果一样。",
        body: "您可以永远不用摄像头。",
      },
    },
    close: "关闭",
  },
  consent: chineseConsent,
  rights: chineseRights,
  guests: chineseGuests,
  absence: chineseAbsence,
  alert: chineseAlert,
  visit: chineseVisit,
};
