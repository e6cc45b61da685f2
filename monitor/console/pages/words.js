// Every word on the screens, in Chinese and English.

const WORDS = {
  zh: {
    __proto__: null,
    title: "直播中控", login: "登录", token: "访问口令", enter: "进入", logout: "退出",
    wrongToken: "口令不对", tooManyTries: "尝试过多,请一分钟后再试", unreachable: "连不上服务",
    wallTitle: "直播中控 · 总览墙", liveOf: "在播 / 全部", onlineSum: "总在线", gmvSum: "各场 GMV",
    unacked: "未确认", openMode: "开放模式 · 未设口令 · 仅限本机",
    activeAlerts: "活动告警", byPriority: "按优先级 · 先发在前", total: "{0} 条", calm: "当前没有告警",
    log: "操作与恢复", fixed: "房间固定位置 · 无轮播", rotating: "房间固定位置 · 每 {0} 秒换页", held: "轮播暂停:有一、二级未确认", helpTitle: "键盘", close: "关闭",
    connecting: "连接中", fresh: "实时 · {0} s", late: "迟滞 · {0} s", down: "离线 · {0}",
    lostWhat: "连接中断 {0} · 画面停在 {1},以下均为旧数据",
    lostNext: "第 {0} 次重连,{1} s 后重试 · 告警仍由后台发往各通知渠道", lostNow: "正在第 {0} 次重连 · 告警仍由后台发往各通知渠道",
    retry: "立即重连 R", gmv: "GMV", reached: "达{0}", conversion: "转化", interaction: "互动",
    sellout: "最早售罄 {0}", dark: "◆ 数据中断 {0}", notLive: "未开播",
    hook: "钩子", push: "推", benefit: "福利", other: "其他",
    ack: "确认 A", sending: "确认中…", ackedBy: "{0} 已确认", recovering: "恢复中", muted: "搁置:{0}", explained: "由 {0} 引起,不另通知", quietHours: "静默时段:{0}", onBreak: "直播暂停中,不另通知",
    failed401: "确认失败:请重新登录", failed403: "确认失败:没有权限", failed404: "确认失败:告警已结束",
    failed: "确认失败:连不上服务", logFired: "{0} 触发 {1}", logAgain: "{0} 仍未处理 {1}", everywhere: "全部直播间", logAcked: "{2} 确认 {0} {1}",
    logResolved: "{0} 恢复(持续 {2}) · {1}", logMuted: "{0} 静默 · {1}",
    keyNext: "下一条 / 上一条告警", keyAck: "确认所选告警", keyFilter: "仅异常房间", keyPage: "上 / 下一页",
    keyRetry: "立即重连", keyHelp: "帮助", hintSelect: "选择", hintAck: "确认", hintFilter: "仅异常", hintHelp: "帮助",
    legend: "▲▼ 近 5 分变化 · 条 = 钩子 15 s / 推 3 m / 福利 5 m", onlyAbnormal: "仅异常 · {0} 间",
    viewer: "只读", operator: "操作员", admin: "管理员", page: "第 {0} 页", other_language: "EN",
    settings: "设置", setting_delta: "涨跌颜色", delta_mono: "灰", delta_cn: "红涨绿跌", delta_intl: "绿涨红跌",
    setting_keys: "单键快捷键", keys_on: "开", keys_off: "关", ok: "确定", cancel: "取消",
    sound_on: "声音 开", sound_off: "声音 关", sound_asleep: "点击启用声音", sound_hushed: "静音 {0} s",
    mute: "搁置 S", muteTitle: "搁置告警", reason: "原因(必填)", markTitle: "标记事件", note: "发生了什么",
    span_300: "5 分", span_900: "15 分", span_1800: "30 分", span_session: "到下播",
    failedAct: "没有成功:请再试", rule: "规则 {0}", playbook: "预案 {0}", quietCount: "搁置 {0} · 静默 {1}",
    hintMute: "搁置", hintOpen: "进入直播间", keyMute: "搁置所选告警", keyOpen: "进入所选房间", keyAckAll: "确认全部三级", keyHush: "静音一分钟", keySearch: "搜索",
    search: "搜索房间", platform: "平台", tier: "级别", all_platform: "全部平台", all_tier: "全部级别", walls: "已存的墙", keepWall: "存为一面墙",
    filtered: "{0} / {1} 间", rates: "告警速率", ratesWhy: "条 / 10 分 · 目标 ≤ 2 · 洪泛线 10",
    douyin: "抖音", kuaishou: "快手", taobao: "淘宝", bilibili: "B 站", wechat: "视频号", tiktok: "TikTok", head: "头部", waist: "腰部", tail: "尾部",
    back: "总览墙", anchor: "主播", onAir: "开播时长", goal: "场次目标", prompter: "提词", unknownRoom: "没有这间房:{0}", sessionNo: "场次 {0}",
    headOnline: "在线人数", headGmv: "本场 GMV", headConversion: "转化率", headInteraction: "互动率", headGpm: "千次观看成交", headWatch: "平均停留",
    expected: "预期 {0}–{1}", ofGoal: "目标进度 {0}", baseline: "基线 {0}", wholeSession: "本场 {0}", lately: "近 5 分 {0}", points: "{0} 点", against5m: "与 5 分前比",
    noSegment: "未报段", cycleNo: "第 {0} 轮", nextUp: "下一段 {0} {1}", cueHint: "按 B 报钩子", lastTime: "上轮 {0}", hookLift: "评论 {0}",
    startsAt: "{0} 开始", left: "剩 {0}", cueNext: "进入{0}", markEvent: "标记事件",
    onlineChart: "在线人数", onlineWhy: "近 30 分 · 灰带 = 预期 P10–P90 · 底纹 = 阶段 · 竖线 = 事件", onlineSums: "峰值 {0} · 进场 {1}/分 · 离场 {2}/分", noCharts: "图表未安装",
    salesChart: "GMV / 分", salesWhy: "柱 = 每分钟成交额 · 线 = 转化率", products: "商品", productsSum: "按预计售罄排序 · {0} 在架", productsWhy: "速度为近 1 分 · 区间为 80% 置信",
    product: "商品", price: "价格", stock: "库存", velocity: "件/分", soldOut: "预计售罄", paid: "成交", pinned: "讲解中", isSoldOut: "已售罄", fromToMin: "{0}–{1} 分", fromToS: "{0}–{1} 秒",
    comments: "评论", perMinute: "{0} 条/分", negativeShare: "负面 {0}(本场 {1})", onlyNegative: "仅负面 N", pause: "暂停 空格", goOn: "继续 空格", searchComments: "搜索评论 /", pausedNew: "已暂停 · 新 {0} 条",
    complaint: "差评", asking: "提问", ask: "问", topic_quality: "质量", topic_price: "价格", topic_logistics: "发货", topic_aftersale: "售后", topic_host: "主播", topic_stream: "画面卡顿", topic_compliance: "违规", topic_other: "其他",
    roomAlerts: "本间告警", funnel: "转化漏斗", funnelWhy: "近 5 分 · 白线 = 本场", sources: "流量来源", sourcesWhy: "占比 · 近 5 分变化(百分点)", noSources: "没有来源数据",
    rung_impressions: "曝光", rung_enters: "进入", rung_product_shown: "商品曝光", rung_clicks: "商品点击", rung_orders: "下单", rung_paid: "成交", rungOf: "{0} 占{1}", rungUsual: "本场 {0}",
    via_feed: "推荐流", via_ads: "付费投流", via_paid: "付费投流", via_follow: "关注页", via_video: "短视频", via_search: "搜索", via_other: "其他", via_share: "分享",
    cycles: "循环", cyclesWhy: "各段时长 · 钩子效果 · 成交", sessionLog: "场记 · 操作与恢复", cued: "进入",
    moment_pin: "讲解", moment_price: "改价", moment_lucky_bag_open: "福袋", moment_lucky_bag_draw: "福袋开奖", moment_lucky_bag_close: "福袋结束", moment_coupon: "优惠券", moment_flash_sale_start: "秒杀", moment_flash_sale_end: "秒杀结束", moment_listed: "上架", moment_unlisted: "下架",
    moment_session_start: "开播", moment_session_pause: "暂停", moment_session_resume: "恢复", moment_session_end: "下播", moment_session_warning: "平台警告", moment_session_cut_off: "被断播",
    hintPause: "暂停评论", hintNeighbour: "上/下一间", keyNegative: "仅负面评论", keyPause: "暂停评论", keyCue: "进入下一段", keyMark: "标记事件", keyNeighbour: "上 / 下一间",
    alertsTitle: "告警", tabOpen: "未确认", tabAcked: "已确认", tabMuted: "搁置", tabHistory: "历史", tabDelivery: "送达", searchHistory: "搜索历史", deadLetters: "没有送达的通知", none: "没有", endMute: "结束搁置", mutes: "搁置中", until: "到 {0}", deeds: "操作记录",
    did_acked: "确认", did_cued: "报段", did_marked: "标记", did_muted: "搁置", did_unmuted: "结束搁置", did_acted: "自动处理", openRoom: "进房间", sentOf: "已送 {0} · 待送 {1} · 失败 {2}", healthTitle: "健康", channels: "渠道",
    engine: "核心", store: "存储", screens: "屏幕", allWell: "一切正常", prompterNothing: "等待报段", say_hook: "抛出价格冲击", say_push: "讲卖点,催下单", say_benefit: "发福利,留住人", say_other: "自由讲解", say_over: "时间到:进入{0}",
    dataSources: "数据源", firstOut: "首发", followers: "+{0} 同因:{1}", flood: "告警洪泛:10 分内 {0} 条,先处理一级",
    sessionsTitle: "会话", sessionsWhy: "谁登录着,从哪里。结束一个会话,它的页面立刻回到登录。", adminsOnly: "只有管理员可以看和结束会话", end: "结束", endMine: "结束(我自己)", begunAt: "{0} 登录", seenAgo: "{0} 前还在", thisOne: "就是这里", did_revoked: "结束会话",
    returned: "已恢复 · 未看", onDuty: "值班:{0}", nextSession: "下一场 {0}",
    clickRate: "点击率", breach_overrun: "超时", breach_skipped: "跳段", "breach_out of order": "乱序", priceFell: "钩子降价", brought: "成交 {0}", noReadings: "还没有读数", hookEffect: "钩子效果", noData: "数据中断 {0}", inferred: "推断 {0}", people: "在线 {0}", thisTime: "本段 {0}", samePoint: "(同进度 {0})", between: "{0} 至 {1}(95%)",
    hook_moved: "有效", hook_unmoved: "无效", hook_unclear: "看不清", feed_comments: "评论", feed_arrivals: "进场", feed_clicks: "点击", feed_likes: "点赞", keyCues: "报段:钩子、推、福利、其他",
    gmvMinute: "GMV / 分", onlyAbnormalButton: "仅异常 F", density: "每页", density_auto: "每页 自动", density_of: "每页 {0} 间", dropWall: "删除这面墙",
    setting_critical: "一级的样子", critical_border: "红框", critical_filled: "整条标题", setting_theme: "底色", theme_dark: "深", theme_light: "浅(亮室)", tone: "试音",
    logEscalated: "{0} 升级 → {2} · {1}", onCall: "当前值班", nobodyOnCall: "现在无人值班", from: "{0} 开始", escalated: "升级 {0}/{1},已叫 {2}", escalatesIn: "{0} 后叫 {1}", escalationQuiet: "搁置期间不升级",
    breaker_closed: "正常", breaker_open: "◆ 不通", breaker_half_open: "◆ 试探中", sentAt: "最近 {0}", sentWithin: "耗时 P50 {0} s · P99 {1} s", failedOver: "改道 {0}",
    rulesTitle: "规则 · {0} 条生效", ruleName: "规则", ruleSeverity: "级别", ruleFiring: "触发", rulePending: "待定", ruleErrors: "错误", summaryFails: "摘要模板出错 {0} 次", unknownChannels: "未知渠道 {0}", ruleThrew: "规则出错:{0}", reloadRefused: "{0} 的重载被拒绝,仍用 {1} 的规则和配置:", recorder: "录制",
    replayTitle: "回放", replaying: "回放", replayPaused: "回放 · 已暂停", replayBusy: "回放 · 快进中 {0}%", replayReading: "正在读取录制…", replayFailed: "放不了:{0}", replayPlay: "播放", replayPause: "暂停", replaySpeed: "倍速", replayAt: "位置", replayEnd: "结束回放", replayEnter: "进入", replayOpen: "正在回放", replayFull: "同时回放的已满:先结束一个",
    recordings: "录制与往场", searchRecordings: "搜索录制", noRecordings: "没有录制:在配置里写 [console] recordings 或 [record] folder", keyReplayPlay: "播放 / 暂停回放", keyReplayMove: "后退 / 前进 30 秒", recordedUntil: "录到",
    p1: "一级", p2: "二级", p3: "三级", p4: "四级", lost: "数据中断",
  },
  en: {
    __proto__: null,
    title: "Control room", login: "Log in", token: "Access token", enter: "Enter", logout: "Log out",
    wrongToken: "Wrong token", tooManyTries: "Too many tries; wait a minute", unreachable: "The service does not answer",
    wallTitle: "Control room · Wall", liveOf: "Live / all", onlineSum: "Online", gmvSum: "GMV, sessions",
    unacked: "Unacked", openMode: "Open mode · no token · this machine only",
    activeAlerts: "Active alerts", byPriority: "by priority · oldest first", total: "{0}", calm: "No alerts",
    log: "Actions and recoveries", fixed: "Rooms keep their places · no rotation", rotating: "Rooms keep their places · next page every {0} s", held: "Not turning: P1 or P2 unacked", helpTitle: "Keyboard", close: "Close",
    connecting: "Connecting", fresh: "Live · {0} s", late: "Late · {0} s", down: "Offline · {0}",
    lostWhat: "Connection lost {0} · picture of {1}, everything below is old",
    lostNext: "try {0} in {1} s · alerts still go out to their channels", lostNow: "try {0} now · alerts still go out to their channels",
    retry: "Reconnect R", gmv: "GMV", reached: "{0}", conversion: "Conv.", interaction: "Inter.",
    sellout: "Sold out in {0}", dark: "◆ No data {0}", notLive: "Not live",
    hook: "Hook", push: "Push", benefit: "Benefit", other: "Other",
    ack: "Ack A", sending: "Acking…", ackedBy: "Acked by {0}", recovering: "recovering", muted: "muted: {0}", explained: "explained by {0}: not told", quietHours: "quiet hours: {0}", onBreak: "the room is paused: not told",
    failed401: "Not acked: log in again", failed403: "Not acked: no permission", failed404: "Not acked: it is over",
    failed: "Not acked: the service does not answer", logFired: "{0} fired: {1}", logAgain: "{0} still open: {1}", everywhere: "All rooms", logAcked: "{2} acked {0} {1}",
    logResolved: "{0} recovered after {2} · {1}", logMuted: "{0} muted · {1}",
    keyNext: "next / previous alert", keyAck: "acknowledge the selected alert", keyFilter: "abnormal rooms only", keyPage: "previous / next page",
    keyRetry: "reconnect now", keyHelp: "help", hintSelect: "select", hintAck: "ack", hintFilter: "abnormal", hintHelp: "help",
    legend: "▲▼ change in 5 min · bar = hook 15 s / push 3 m / benefit 5 m", onlyAbnormal: "Abnormal only · {0}",
    viewer: "read only", operator: "operator", admin: "admin", page: "Page {0}", other_language: "中",
    settings: "Settings", setting_delta: "Colour of changes", delta_mono: "grey", delta_cn: "red is up", delta_intl: "green is up",
    setting_keys: "Single-key shortcuts", keys_on: "on", keys_off: "off", ok: "OK", cancel: "Cancel",
    sound_on: "Sound on", sound_off: "Sound off", sound_asleep: "Click for sound", sound_hushed: "Hushed {0} s",
    mute: "Mute S", muteTitle: "Mute an alert", reason: "Reason (required)", markTitle: "Mark an event", note: "What happened",
    span_300: "5 min", span_900: "15 min", span_1800: "30 min", span_session: "rest of the broadcast",
    failedAct: "It did not work: try again", rule: "rule {0}", playbook: "playbook {0}", quietCount: "muted {0} · quiet {1}",
    hintMute: "mute", hintOpen: "open room", keyMute: "mute the selected alert", keyOpen: "open the selected room", keyAckAll: "acknowledge all of P3", keyHush: "no sound for a minute", keySearch: "search",
    search: "Search rooms", platform: "Platform", tier: "Tier", all_platform: "All platforms", all_tier: "All tiers", walls: "Saved walls", keepWall: "Save as a wall",
    filtered: "{0} / {1} rooms", rates: "Alert rate", ratesWhy: "in 10 min · aim ≤ 2 · flood 10",
    douyin: "Douyin", kuaishou: "Kuaishou", taobao: "Taobao", bilibili: "Bilibili", wechat: "WeChat", tiktok: "TikTok", head: "head", waist: "waist", tail: "tail",
    back: "Wall", anchor: "Host", onAir: "On air", goal: "Goal", prompter: "Prompter", unknownRoom: "No such room: {0}", sessionNo: "session {0}",
    headOnline: "Online", headGmv: "GMV", headConversion: "Conversion", headInteraction: "Interaction", headGpm: "GPM", headWatch: "Mean stay",
    expected: "expected {0}–{1}", ofGoal: "{0} of the goal", baseline: "usually {0}", wholeSession: "session {0}", lately: "5 min {0}", points: "{0} pt", against5m: "against 5 min ago",
    noSegment: "not cued", cycleNo: "cycle {0}", nextUp: "next {0} {1}", cueHint: "B cues the hook", lastTime: "last {0}", hookLift: "comments {0}",
    startsAt: "at {0}", left: "{0} left", cueNext: "Go to {0}", markEvent: "Mark event",
    onlineChart: "Online", onlineWhy: "30 min · band = expected P10–P90 · shade = segment · line = event", onlineSums: "peak {0} · in {1}/min · out {2}/min", noCharts: "Charts not installed",
    salesChart: "GMV a minute", salesWhy: "bars = GMV · line = conversion", products: "Products", productsSum: "by predicted sell-out · {0} listed", productsWhy: "pace of 1 min · 80% interval",
    product: "Product", price: "Price", stock: "Stock", velocity: "/min", soldOut: "Sold out in", paid: "Paid", pinned: "pinned", isSoldOut: "sold out", fromToMin: "{0}–{1} min", fromToS: "{0}–{1} s",
    comments: "Comments", perMinute: "{0}/min", negativeShare: "negative {0} (session {1})", onlyNegative: "Negative N", pause: "Pause ␣", goOn: "Go on ␣", searchComments: "Search comments /", pausedNew: "Paused · {0} new",
    complaint: "Complaint", asking: "Questions", ask: "?", topic_quality: "quality", topic_price: "price", topic_logistics: "delivery", topic_aftersale: "after-sale", topic_host: "host", topic_stream: "stream", topic_compliance: "compliance", topic_other: "other",
    roomAlerts: "Alerts here", funnel: "Funnel", funnelWhy: "5 min · white = session", sources: "Traffic", sourcesWhy: "share · change in 5 min (points)", noSources: "Nobody tells",
    rung_impressions: "Shown", rung_enters: "Entered", rung_product_shown: "Cards", rung_clicks: "Clicks", rung_orders: "Orders", rung_paid: "Paid", rungOf: "{0} of {1}", rungUsual: "session {0}",
    via_feed: "Feed", via_ads: "Ads", via_paid: "Ads", via_follow: "Following", via_video: "Videos", via_search: "Search", via_other: "Other", via_share: "Shares",
    cycles: "Cycles", cyclesWhy: "lengths · what the hook moved · GMV", sessionLog: "Session log", cued: "goes to",
    moment_pin: "pin", moment_price: "price", moment_lucky_bag_open: "lucky bag", moment_lucky_bag_draw: "bag drawn", moment_lucky_bag_close: "bag closed", moment_coupon: "coupon", moment_flash_sale_start: "flash sale", moment_flash_sale_end: "flash sale ends", moment_listed: "listed", moment_unlisted: "unlisted",
    moment_session_start: "on air", moment_session_pause: "paused", moment_session_resume: "resumed", moment_session_end: "off air", moment_session_warning: "platform warning", moment_session_cut_off: "cut off",
    hintPause: "pause", hintNeighbour: "rooms", keyNegative: "negative comments only", keyPause: "pause comments", keyCue: "go to the next segment", keyMark: "mark an event", keyNeighbour: "previous / next room",
    alertsTitle: "Alerts", tabOpen: "Open", tabAcked: "Acked", tabMuted: "Muted", tabHistory: "History", tabDelivery: "Delivery", searchHistory: "Search the history", deadLetters: "Notices nobody got", none: "None", endMute: "End", mutes: "Muted", until: "until {0}", deeds: "Who did what",
    did_acked: "acked", did_cued: "cued", did_marked: "marked", did_muted: "muted", did_unmuted: "unmuted", did_acted: "acted", openRoom: "Room", sentOf: "sent {0} · waiting {1} · failed {2}", healthTitle: "Health", channels: "Channels",
    engine: "Engine", store: "Store", screens: "Screens", allWell: "All is well", prompterNothing: "Waiting for a cue", say_hook: "Drop the price", say_push: "Sell: why buy now", say_benefit: "Give, and keep them", say_other: "Talk freely", say_over: "Time: go to {0}",
    dataSources: "Sources", firstOut: "first", followers: "+{0} same cause: {1}", flood: "Alert flood: {0} in 10 min, P1 first",
    sessionsTitle: "Sessions", sessionsWhy: "Who is logged in, and from where. What you end goes back to the login at once.", adminsOnly: "Only an admin sees and ends sessions", end: "End", endMine: "End (my own)", begunAt: "since {0}", seenAgo: "seen {0} ago", thisOne: "this one", did_revoked: "ended the session of",
    returned: "over · not seen", onDuty: "on call: {0}", nextSession: "next {0}",
    clickRate: "Click rate", breach_overrun: "over time", breach_skipped: "skipped", "breach_out of order": "out of order", priceFell: "the price fell", brought: "{0} paid", noReadings: "No readings yet", hookEffect: "Hook moved", noData: "No data {0}", inferred: "inferred {0}", people: "online {0}", thisTime: "now {0}", samePoint: " ({0} at this point)", between: "{0} to {1} (95%)",
    hook_moved: "moved", hook_unmoved: "moved nothing", hook_unclear: "unclear", feed_comments: "comments", feed_arrivals: "arrivals", feed_clicks: "clicks", feed_likes: "likes", keyCues: "cue hook, push, benefit, other",
    gmvMinute: "GMV a minute", onlyAbnormalButton: "Abnormal F", density: "On a page", density_auto: "Auto a page", density_of: "{0} a page", dropWall: "Remove this wall",
    setting_critical: "Look of P1", critical_border: "red frame", critical_filled: "whole heading", setting_theme: "Background", theme_dark: "dark", theme_light: "light (lit room)", tone: "Test tone",
    logEscalated: "{0} escalated → {2}: {1}", onCall: "On call now", nobodyOnCall: "Nobody is on call", from: "from {0}", escalated: "escalated {0}/{1}, called {2}", escalatesIn: "calls {1} in {0}", escalationQuiet: "not escalated while muted",
    breaker_closed: "well", breaker_open: "◆ down", breaker_half_open: "◆ being tried", sentAt: "last {0}", sentWithin: "took P50 {0} s · P99 {1} s", failedOver: "failed over {0}",
    rulesTitle: "Rules · {0} in force", ruleName: "Rule", ruleSeverity: "Priority", ruleFiring: "Firing", rulePending: "Pending", ruleErrors: "Errors", summaryFails: "its summary failed {0} times", unknownChannels: "unknown channels {0}", ruleThrew: "it threw: {0}", reloadRefused: "The reload of {0} was refused; what was loaded at {1} stays in force:", recorder: "Recorder",
    replayTitle: "Replay", replaying: "Replay", replayPaused: "Replay · paused", replayBusy: "Replay · on its way {0}%", replayReading: "Reading the recording…", replayFailed: "Can not be played: {0}", replayPlay: "Play", replayPause: "Pause", replaySpeed: "Speed", replayAt: "Position", replayEnd: "End replay", replayEnter: "Enter", replayOpen: "Being played", replayFull: "As many replays are open as can be: end one first",
    recordings: "Recordings and past sessions", searchRecordings: "Search recordings", noRecordings: "No recordings: write [console] recordings or [record] folder into the config", keyReplayPlay: "Play / pause the replay", keyReplayMove: "30 s back / ahead", recordedUntil: "until",
    p1: "P1", p2: "P2", p3: "P3", p4: "P4", lost: "data lost",
  },
};

// Metrics by name without their window; one that is not here shows its own name.
const METRICS = {
  online: "在线", viewers: "在线", conversion: "转化", clicks: "点击", orders: "订单", gmv: "GMV", gmv_minor: "GMV",
  comments: "评论", negative_share: "差评占比", negative: "差评", interaction_rate: "互动率", engagement: "互动",
  likes: "点赞", stock: "库存", velocity: "件/分", sellout_s: "售罄秒数", segment_s: "已进行秒数", feed_age_s: "无数据秒数",
  online_before: "5 分前在线", eta_s: "预计秒数", pinned: "讲解中", live: "在播", minutes_live: "开播分钟", copied: "复制评论", confusion: "听不懂", praise: "好评",
  questions: "提问", questions_open: "未答提问", question_wait_s: "最久等待秒数", forbidden_terms: "违禁词", incident_level: "舆情级别", hook_price_drop: "钩子降价",
  step: "段", breach: "问题", lasted_s: "持续秒数", max_s: "上限秒数", over_s: "超出秒数", left_s: "剩余秒数", level: "级别", topic_share: "话题占比",
  segment_confidence: "段的把握", buyers: "买家", enters: "进场", leaves: "离场", topic: "话题", people: "人数", words: "原话", share: "占比", usual: "平时", lift: "倍数",
};
const WINDOWS = { "10s": "10 秒", "1m": "1 分", "5m": "5 分", session: "本场" };

const kept = new URLSearchParams(location.search).get("lang") ?? localStorage.getItem("language");
export let language = kept in WORDS ? kept : navigator.language.startsWith("zh") ? "zh" : "en";

/** The words for `name`, with {0}, {1}… filled in. */
export function word(name, ...parts) {
  const text = WORDS[language][name] ?? name;
  return parts.length ? text.replace(/\{(\d)\}/g, (_, index) => parts[index]) : text;
}

/** Why nobody is told of an alert, as the daemon says it, in this language. */
export function whyQuiet(text) {
  for (const [start, name] of [["muted: ", "muted"], ["explained by ", "explained"], ["quiet hours: ", "quietHours"], ["a break", "onBreak"]]) {
    if (text.startsWith(start)) return word(name, text.slice(start.length));
  }
  return text;
}

/** A metric's name for people: `comments_1m` is 评论(1 分). */
export function metric(name) {
  if (language !== "zh") return name.replaceAll("_", " ");
  const [, base, window_] = name.match(/^(.*?)(?:_(10s|1m|5m|session))?$/);
  if (name in METRICS) return METRICS[name];
  if (!(base in METRICS)) return name;
  return window_ ? `${METRICS[base]}(${WINDOWS[window_]})` : METRICS[base];
}

/** A value that is a name of ours, in words; another text as it is. */
export function named(value) {
  return WORDS[language][value] ?? WORDS[language][`breach_${value}`] ?? value;
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
