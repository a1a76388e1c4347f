// What only the rooms' screens say. They are a part of their own, so these words are too; the catalogue of the first part stays small.
import type { RoomState } from "../records.ts";
import { plural } from "./plural.ts";
import { language } from "./words.ts";

type Verbs = Partial<Record<RoomState, string>>;

const zh = {
  verbs: {
    vacated_dirty: "已腾空，待消杀", disinfecting: "开始消杀", contact_time: "喷完，开始作用", aerating: "开窗通风", inspecting: "通风够了，请人检查",
    provisioning: "检查通过", ready: "物品备齐",
  } as Verbs,
  jobs: "本层要做的",
  job: (verb: string, n: number) => `${verb} ${n} 间`,
  late: (n: number) => `${n} 间超时`,
  justNow: "刚刚",
  over: (span: string) => `超 ${span}`,
  left: (span: string) => `还有 ${span}`,
  timeUp: "到时了",
  owed: (n: number) => `路上还有 ${n} 人没有房间，先做快好的`,
  oneTap: "做完一间，点一下",
  doneHere: (n: number) => `刚记下 ${n} 间`,
  allDone: "这一步，本层没有要做的了",
  nextJob: (floor: string, verb: string, n: number) => `${floor} ${verb} ${n} 间`,
  howDone: (agent: string, strength: number | null, contact: number | null) => `${agent}${strength ? ` ${strength} mg/L` : ""}，作用\u00a0${contact ?? "—"}\u00a0分`,
  change: "改",
  stocked: (n: number) => `清单 ${n} 项都齐`,
  unstocked: (n: number) => `清单还缺 ${n} 项`,
  checklist: "房间里有",
  aired: "至少通风几分钟",
  lacks: {
    contact_time: "消毒液作用时间还不够", aired: "通风时间还不够", second_person: "你做的消杀，请另一个人检查", agent: "还没写用什么消杀",
    strength: "浓度不够", inspector: "还没有人检查", order: "前面的步骤还没做", reason: "要写原因",
  } as Record<string, string>,
  items: {
    waste_removed: "废物已清走", linen: "床单被套", towels: "毛巾", water: "饮用水", kettle: "烧水壶", tissues: "纸巾", soap: "肥皂", thermometer: "体温计",
    masks: "口罩", gloves: "手套", disinfectant: "消毒用品", bin_and_bags: "垃圾桶、黄袋", sockets: "插座有电", heating: "暖气热", wifi_code: "无线网密码",
    notice_sheet: "告知单", special_kit: "儿童、无障碍用品", environment_negative: "环境采样阴性",
  } as Record<string, string>,
  walkIn: "自行到达的人入住", walkInHow: "没有单也先安顿下来；记下是谁、怎么来的，调度会看到。", walkInWhy: "怎么来的", walkInSave: "让他住下", whoFirst: "请写姓名和怎么来的", category: "人员类别（不清楚就不选）",
  waste: "医疗废物交接", wasteUnder: "两个人都要签名字，存放不超过两天", bags: "几袋", weight: "重量 公斤", handedBy: "交的人（本点）", collectedBy: "收的人", company: "收运单位",
  stored: "最早一袋是哪天的", days: ["今天", "昨天", "前天", "更久"], wasteSave: "交接完成", namesFirst: "请写两个人的名字", bagsFirst: "请填几袋", wasteDone: "刚记下的交接",
  record: "周转记录", noReason: "没说原因",
  oneRoom: (number: string) => `房间 ${number}`,
  toPerson: "看住客：检测、解除",
  livedIn: "有人住着。人离开时（上车返回或转走），房间自己变成待消杀。",
  began: { vacated_at: "腾空", disinfecting_at: "开始消杀", contact_at: "开始作用", aerating_at: "开窗", inspecting_at: "请检查", provisioning_at: "检查通过", ready_at: "可用" },
};

const en: typeof zh = {
  verbs: {
    vacated_dirty: "Emptied", disinfecting: "Start cleaning", contact_time: "Sprayed", aerating: "Open windows", inspecting: "Aired", provisioning: "Inspected",
    ready: "Stocked",
  },
  jobs: "To do on this floor",
  job: (verb, n) => `${verb}: ${plural(n, "room")}`,
  late: (n) => `${n} late`,
  justNow: "just now",
  over: (span) => `${span} late`,
  left: (span) => `${span} left`,
  timeUp: "time is up",
  owed: (n) => `${n} on the way have no room yet: finish those nearly ready first`,
  oneTap: "One tap for each room that is done",
  doneHere: (n) => `Just recorded: ${n}`,
  allDone: "Nothing left of this on this floor",
  nextJob: (floor, verb, n) => `${floor}: ${verb.toLowerCase()}, ${plural(n, "room")}`,
  howDone: (agent, strength, contact) => `${agent}${strength ? ` ${strength} mg/L` : ""}, ${contact ?? "—"}\u00a0min`,
  change: "Change",
  stocked: (n) => `All ${n} items are there`,
  unstocked: (n) => `${n} missing`,
  checklist: "In the room",
  aired: "Air for at least, minutes",
  lacks: {
    contact_time: "The agent has not worked long enough", aired: "Not aired long enough", second_person: "You cleaned it: somebody else inspects",
    agent: "Nobody said what it was cleaned with", strength: "Too weak", inspector: "Nobody inspected it", order: "A step before it is missing", reason: "Say why",
  },
  items: {
    waste_removed: "Waste is gone", linen: "Bed linen", towels: "Towels", water: "Drinking water", kettle: "Kettle", tissues: "Tissues", soap: "Soap",
    thermometer: "Thermometer", masks: "Masks", gloves: "Gloves", disinfectant: "Disinfectant", bin_and_bags: "Bin, yellow bags", sockets: "Sockets work",
    heating: "Heating works", wifi_code: "Wi-Fi code", notice_sheet: "Notice sheet", special_kit: "Children's or barrier-free kit",
    environment_negative: "Surfaces sampled negative",
  },
  walkIn: "Let a walk-in stay", walkInHow: "Nobody is left outside for want of a list: write down who it is and how they came; the desk will see it.", walkInWhy: "How they came", walkInSave: "Let them in", whoFirst: "Write the name and how they came", category: "Category (leave open if unknown)",
  waste: "Waste collected", wasteUnder: "Two names; two days at most", bags: "Bags", weight: "Weight, kg", handedBy: "Handed over by (site)", collectedBy: "Taken by", company: "Company",
  stored: "The oldest bag is from", days: ["today", "yesterday", "the day before", "earlier"], wasteSave: "Handed over", namesFirst: "Write both names", bagsFirst: "How many bags?", wasteDone: "Just recorded",
  record: "Turnover record", noReason: "no reason given",
  oneRoom: (number) => `Room ${number}`,
  toPerson: "The occupant: tests, release",
  livedIn: "Somebody lives here. The room turns to “to clean” by itself when they board to leave.",
  began: { vacated_at: "Emptied", disinfecting_at: "Cleaning", contact_at: "Soaking", aerating_at: "Windows open", inspecting_at: "To inspect", provisioning_at: "Passed", ready_at: "Ready" },
};

/** The words of the language in use. */
export const roomWords = (): typeof zh => (language === "en" ? en : zh);
