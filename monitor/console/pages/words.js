// Every word on the screens, in Chinese and English.

const WORDS = {
  zh: {
    title: "直播中控", login: "登录", token: "访问口令", enter: "进入", logout: "退出",
    wrongToken: "口令不对", tooManyTries: "尝试过多,请一分钟后再试", unreachable: "连不上服务",
    wallTitle: "直播中控 · 总览墙", liveOf: "在播 / 全部", onlineSum: "总在线", gmvSum: "今日 GMV",
    unacked: "未确认", openMode: "开放模式 · 未设口令 · 仅限本机",
    activeAlerts: "活动告警", byPriority: "按优先级 · 先发在前", total: "{0} 条", calm: "当前没有告警",
    log: "操作与恢复", fixedPlaces: "房间固定位置 · 无轮播", helpTitle: "键盘", close: "关闭",
    connecting: "连接中", fresh: "实时 · {0} s", late: "迟滞 · {0} s", down: "离线 · {0}",
    lostWhat: "连接中断 {0} · 画面停在 {1},以下均为旧数据",
    lostNext: "第 {0} 次重连,{1} s 后重试 · 告警仍由后台发往各通知渠道", lostNow: "正在第 {0} 次重连 · 告警仍由后台发往各通知渠道",
    retry: "立即重连 R", gmv: "GMV", reached: "达{0}", conversion: "转化", interaction: "互动",
    sellout: "最早售罄 {0}", dark: "◆ 数据中断 {0}", notLive: "未开播",
    hook: "钩子", push: "推", benefit: "福利", other: "其他",
    ack: "确认 A", sending: "确认中…", ackedBy: "{0} 已确认", recovering: "恢复中", quiet: "静默:{0}",
    failed401: "确认失败:请重新登录", failed403: "确认失败:没有权限", failed404: "确认失败:告警已结束",
    failed: "确认失败:连不上服务", logFired: "{0} 触发 {1}", logAcked: "{2} 确认 {0} {1}",
    logResolved: "{0} 恢复(持续 {2}) · {1}", logMuted: "{0} 静默 · {1}",
    keyNext: "下一条 / 上一条告警", keyAck: "确认所选告警", keyFilter: "仅异常房间", keyPage: "上 / 下一页",
    keyRetry: "立即重连", keyHelp: "帮助", hintSelect: "选择", hintAck: "确认", hintFilter: "仅异常", hintHelp: "帮助",
    legend: "▲▼ 近 5 分变化 · 条 = 钩子 15 s / 推 3 m / 福利 5 m", onlyAbnormal: "仅异常 · {0} 间",
    viewer: "只读", operator: "操作员", admin: "管理员", page: "第 {0} 页", other_language: "EN",
    p1: "一级", p2: "二级", p3: "三级", p4: "四级", lost: "数据中断",
  },
  en: {
    title: "Control room", login: "Log in", token: "Access token", enter: "Enter", logout: "Log out",
    wrongToken: "Wrong token", tooManyTries: "Too many tries; wait a minute", unreachable: "The service does not answer",
    wallTitle: "Control room · Wall", liveOf: "Live / all", onlineSum: "Online", gmvSum: "GMV today",
    unacked: "Unacked", openMode: "Open mode · no token · this machine only",
    activeAlerts: "Active alerts", byPriority: "by priority · oldest first", total: "{0}", calm: "No alerts",
    log: "Actions and recoveries", fixedPlaces: "Rooms keep their places · no rotation", helpTitle: "Keyboard", close: "Close",
    connecting: "Connecting", fresh: "Live · {0} s", late: "Late · {0} s", down: "Offline · {0}",
    lostWhat: "Connection lost {0} · picture of {1}, everything below is old",
    lostNext: "try {0} in {1} s · alerts still go out to their channels", lostNow: "try {0} now · alerts still go out to their channels",
    retry: "Reconnect R", gmv: "GMV", reached: "{0}", conversion: "Conv.", interaction: "Inter.",
    sellout: "Sold out in {0}", dark: "◆ No data {0}", notLive: "Not live",
    hook: "Hook", push: "Push", benefit: "Benefit", other: "Other",
    ack: "Ack A", sending: "Acking…", ackedBy: "Acked by {0}", recovering: "recovering", quiet: "quiet: {0}",
    failed401: "Not acked: log in again", failed403: "Not acked: no permission", failed404: "Not acked: it is over",
    failed: "Not acked: the service does not answer", logFired: "{0} fired: {1}", logAcked: "{2} acked {0} {1}",
    logResolved: "{0} recovered after {2} · {1}", logMuted: "{0} muted · {1}",
    keyNext: "next / previous alert", keyAck: "acknowledge the selected alert", keyFilter: "abnormal rooms only", keyPage: "previous / next page",
    keyRetry: "reconnect now", keyHelp: "help", hintSelect: "select", hintAck: "ack", hintFilter: "abnormal", hintHelp: "help",
    legend: "▲▼ change in 5 min · bar = hook 15 s / push 3 m / benefit 5 m", onlyAbnormal: "Abnormal only · {0}",
    viewer: "read only", operator: "operator", admin: "admin", page: "Page {0}", other_language: "中",
    p1: "P1", p2: "P2", p3: "P3", p4: "P4", lost: "data lost",
  },
};

// Metrics by name without their window; one that is not here shows its own name.
const METRICS = {
  online: "在线", viewers: "在线", conversion: "转化", clicks: "点击", orders: "订单", gmv: "GMV", gmv_minor: "GMV",
  comments: "评论", negative_share: "差评占比", negative: "差评", interaction_rate: "互动率", engagement: "互动",
  likes: "点赞", stock: "库存", velocity: "件/分", sellout_s: "售罄秒数", segment_s: "已进行秒数", feed_age_s: "无数据秒数",
};
const WINDOWS = { "10s": "10 秒", "1m": "1 分", "5m": "5 分", session: "本场" };

const kept = localStorage.getItem("language");
export let language = kept in WORDS ? kept : navigator.language.startsWith("zh") ? "zh" : "en";

/** The words for `name`, with {0}, {1}… filled in. */
export function word(name, ...parts) {
  const text = WORDS[language][name] ?? name;
  return parts.length ? text.replace(/\{(\d)\}/g, (_, index) => parts[index]) : text;
}

/** A metric's name for people: `comments_1m` is 评论(1 分). */
export function metric(name) {
  if (language !== "zh") return name;
  const [, base, window_] = name.match(/^(.*?)(?:_(10s|1m|5m|session))?$/);
  if (!(base in METRICS)) return name;
  return window_ ? `${METRICS[base]}(${WINDOWS[window_]})` : METRICS[base];
}

/** Write the words into everything below `root` that names one. */
export function translate(root) {
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  for (const node of root.querySelectorAll("[data-word]")) node.textContent = word(node.dataset.word);
}

/** Go on in the other language, here and next time. */
export function switchLanguage() {
  language = language === "zh" ? "en" : "zh";
  localStorage.setItem("language", language);
}
