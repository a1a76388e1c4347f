// The codes of the agreement in Chinese. Records typed by the code's own type: a code without a word fails the type check.
import type { Arguments, DockRefusal, IdentityCode, OperationType, ProblemReason, ReceptionRefusal, VehicleItem } from "../operations.ts";
import type { Category, LineOutcome, LineState, Moment, Reception, RoomState, StaysBehind, Step, Transfer } from "../records.ts";
import type { GateCode } from "../rules/gates.ts";

export interface Codes {
  /** What is called otherwise where people go home: a community takes them, out of a site. */
  homeward: Pick<Codes, "steps" | "moments" | "doMoment">;
  steps: Record<Step, string>;
  categories: Record<Category, string>;
  kinds: Record<Transfer["kind"], string>;
  moments: Record<Moment, string>;
  doMoment: Record<Moment, string>;
  outcomes: Record<LineOutcome, string>;
  receptions: Record<Reception, string>;
  lineStates: Record<LineState, string>;
  roomStates: Record<RoomState, string>;
  identity: Record<IdentityCode, string>;
  vehicleItems: Record<VehicleItem, string>;
  dockRefusals: Record<DockRefusal, string>;
  dockResults: Record<Arguments["record_dock_call"]["result"], string>;
  refusalReasons: Record<ReceptionRefusal, string>;
  problemReasons: Record<ProblemReason, string>;
  staysBehind: Record<StaysBehind["answer"], string>;
  pets: Record<NonNullable<Arguments["verify_person"]["pets"]>["answer"], string>;
  agrees: Record<Arguments["verify_person"]["agrees"], string>;
  whereabouts: Record<Arguments["verify_person"]["whereabouts"], string>;
  agents: Record<Arguments["disinfect_vehicle"]["agent"], string>;
  places: Record<Arguments["disinfect_vehicle"]["place"], string>;
  care: Record<Arguments["hand_to_care"]["to"], string>;
  operations: Record<OperationType, string>;
  sexes: { male: string; female: string };
  gates: Record<GateCode, { waiting: string; met: string; names: (count: number) => string }>;
  /** Codes whose list the server or a person's record may extend: one without a word is shown as it came. */
  needs: Record<string, string>;
  symptoms: Record<string, string>;
  weather: Record<string, string>;
  verdictCodes: Record<string, string>;
  services: Record<string, string>;
  /** Words that conflicts bring: what was too little, what a side said. */
  hospitalColours: Record<string, string>;
  vehicleKinds: Record<string, string>;
}

export const codes: Codes = {
  homeward: {
    steps: { verify: "核实信息", dock: "对接社区", vehicle: "安排车辆", route: "规划路线", move: "人员接送", handover: "交给社区" },
    moments: { en_route: "出发", at_pickup: "到隔离点", people_called: "请人出来", left_pickup: "离开隔离点", at_site: "到社区" },
    doMoment: {
      en_route: "出发去隔离点接人", at_pickup: "到隔离点了", people_called: "请人出来", left_pickup: "人齐了，离开隔离点", at_site: "到社区了",
    },
  },
  steps: { verify: "核实信息", dock: "对接隔离点", vehicle: "安排车辆", route: "规划路线", move: "人员接送", handover: "交接清单" },
  categories: {
    confirmed: "确诊病例", asymptomatic: "无症状感染者", screen_positive: "初筛阳性", pooled_positive: "混管阳性", close_contact: "密接",
    secondary_contact: "次密接", general_contact: "一般接触者", risk_area_person: "风险区人员", accompanying: "陪护人员",
  },
  kinds: { outbound: "转运", return: "点对点返回", hospital: "送医", site_to_site: "隔离点之间" },
  moments: { en_route: "出发", at_pickup: "到上车点", people_called: "叫人下楼", left_pickup: "离开上车点", at_site: "到隔离点" },
  doMoment: {
    en_route: "出发去接人", at_pickup: "到上车点了", people_called: "叫人下楼", left_pickup: "人齐了，离开上车点", at_site: "到隔离点了",
  },
  outcomes: { absent: "不在", refused: "拒绝", unfit: "发热不适", emergency: "急症", wrong_person: "不是本人", already_moved: "已转走" },
  receptions: { received: "已接收", refused: "拒收", absent: "没来" },
  lineStates: { expected: "待上车", aboard: "已上车", received: "已接收", elsewhere: "在别处", ended: "已结束" },
  roomStates: {
    building_up: "改造中", awaiting_acceptance: "待验收", ready: "可用", reserved: "已锁定", occupied: "在住", vacated_dirty: "待消杀",
    disinfecting: "消杀中", contact_time: "作用中", aerating: "通风中", inspecting: "待检查", provisioning: "备物品", blocked: "停用",
    hold: "封存", staff_use: "工作用房",
  },
  identity: { id_card: "身份证", face: "面貌对得上", call_back: "电话回拨", household_register: "户口簿", birthday: "本人说出生日" },
  vehicleItems: {
    partition_sealed: "驾驶室隔断密封", vents_work: "车窗、排风能用", waste_place: "废物位、双层废物袋", vomit_kit: "呕吐包",
    disinfectant: "消毒液（没过期）", hand_rub: "免洗手消毒液", masks: "给乘客的口罩", spare_ppe: "备用防护服", fuel: "油够来回",
    heating: "暖风", seat_belts: "安全带", fire_extinguisher: "灭火器", first_aid: "急救包、氧气", phone_charger: "手机、充电器",
    printed_list: "纸质名单、签字笔", pass: "通行证", disinfected: "上一趟已消毒", driver_hours: "司机驾驶时间没超",
  },
  dockRefusals: {
    full: "住满了", not_disinfected: "还没消杀好", no_staff: "没有人手", category: "不收这类人员", no_power_or_heat: "没电或没暖气", other: "其他",
  },
  dockResults: { confirmed: "答应接收", refused: "不接收", no_answer: "没人接" },
  problemReasons: {
    unreachable: "联系不上人", refused: "本人不肯走", wrong_person: "人不对", wrong_address: "门牌不对", wrong_site: "隔离点不对",
    site_refused: "隔离点不收", category_changed: "人员类别变了", emergency: "有人急症", vehicle_breakdown: "车坏了", accident: "出了事故",
    driver_over_hours: "司机超时", room_not_ready: "房间没备好", cross_infection: "可能交叉感染", property_lost: "东西丢了",
    dependant_left_alone: "家里有人没人照看", other: "其他",
  },
  staysBehind: { nobody: "没有人留下", can_be_alone: "有，能自己照顾自己", carer: "有，已有人答应照看", desk: "有，由专班安排人照看" },
  pets: { none: "没有宠物", carer: "有，有人照看", alone: "有，没人照看" },
  agrees: { agrees: "同意", objects: "有异议", absent: "人不在" },
  whereabouts: { home: "在家", elsewhere: "在别处" },
  agents: { chlorine: "含氯消毒液", hydrogen_peroxide: "过氧化氢", uv: "紫外线" },
  places: { site: "隔离点", depot: "车场", other: "其他地方" },
  care: { ambulance_120: "120 救护车", hospital: "医院" },
  operations: {
    verify_person: "核实信息", record_dock_call: "记一次对接电话", check_vehicle: "车辆检查", plan_route: "定路线", record_moment: "记时间",
    board_person: "上车", record_outcome: "没上车", add_extra_person: "名单外的人上了车", hand_to_care: "交给 120 或医院",
    receive_person: "接收", sign_handover: "交接签字", disinfect_vehicle: "车辆消毒", report_problem: "报告问题", report_emergency: "急救",
    answer_docking: "答复对接", set_room_state: "改房间状态", count_rooms: "清点房间", record_waste: "废物交接", admit_walk_in: "自行到达入住", release_stay: "解除隔离",
    record_test_result: "记检测结果", record_health: "健康巡查", withdraw: "撤销", acknowledge_refusal: "已看过退回的",
  },
  sexes: { male: "男", female: "女" },
  gates: {
    "room_waits.rooms": { met: "房等人：房间都已锁定", waiting: "房等人：有人还没有房间", names: (n) => `${n} 人没有房间` },
    "room_waits.dock": { met: "对接已确认，没有过时", waiting: "隔离点没有确认，或确认已过时", names: () => "" },
    "accepted": { met: "社区已答应接收", waiting: "社区还没答应接收", names: () => "" },
    "vehicle_waits": { met: "车等人：车已到上车点", waiting: "车等人：车到了再叫人下楼", names: () => "" },
    "safe.readiness": { met: "车辆检查齐全", waiting: "车辆检查没做完", names: (n) => `缺 ${n} 项` },
    "safe.driver_hours": { met: "司机驾驶时间没超", waiting: "司机驾驶时间没有确认，谁都不能放行", names: () => "" },
    "safe.night": { met: "不在 02:00–05:00 行车", waiting: "02:00–05:00 停驶，谁都不能放行", names: () => "" },
    "steps": { met: "前四步已办完", waiting: "前面的步骤没办完", names: (n) => `还有 ${n} 步` },
    "carer": { met: "家里留下的人有着落", waiting: "没问过家里留下谁，或留下的人没人照看", names: () => "" },
  },
  needs: {
    wheelchair: "轮椅", hard_to_walk: "行动不便", stretcher: "担架", cannot_self_care: "不能自理", hearing: "听力障碍", sight: "视力障碍",
    oxygen: "吸氧", insulin: "胰岛素", dialysis: "透析", pregnant: "孕妇", newborn: "新生儿", child: "儿童", elderly: "高龄", disabled: "残障",
    medicine: "长期服药", chronic_illness: "慢性病", cancer_treatment: "肿瘤治疗", mental_illness: "精神疾病", pets: "宠物", language: "语言",
    diet: "饮食", accompanied: "要人陪", alone: "独自一人",
  },
  symptoms: { fever: "发热", cough: "咳嗽", sore_throat: "咽痛", breathless: "气促", diarrhoea: "腹泻" },
  weather: { clear: "好", rain: "雨", snow: "雪", ice: "结冰", fog: "雾" },
  refusalReasons: { no_room: "没有房间", fever: "发热，要送医", wrong_person: "人不对", not_on_list: "不在名单上", category: "类别不收", younger_test: "要更近的检测", other: "其他" },
  verdictCodes: {
    "stay.ended": "已经离开房间了。",
    "stay.referred": "已查出阳性，要转走，不能解除。",
    "stay.is_positive": "最近一次检测是阳性，不能解除。",
    "stay.lacks_days": "还没到期；要提前，请写谁同意、为什么。",
    "stay.lacks_days_strictly": "还没到期，现行方案不许提前解除。",
    "stay.lacks_test": "缺末次检测的阴性结果，先补记。",
    "stay.lacks_pair": "末次要同时采两份样，只记了一份。",
    "stay.lacks_negatives": "缺间隔 24 小时的两次达标结果。",
    "stay.lacks_environment": "缺环境采样的阴性结果。",
    "stay.lacks_index_tests": "先核对密接头两次检测。",
    "stay.lacks_word": "要由有权的人同意，请写谁、为什么。",
    "reason.missing": "请写原因。",
    "target.unknown": "中心找不到这一项，可能不是派给您的。", "operation.id_reused": "编号重复，请打电话给调度。",
    "operation.unreadable": "内容读不出来，请打电话给调度。", "internal": "中心暂时处理不了，正在查。",
    "waits_for": "在等前一条送到，到了自动办理。", "newer": "中心的程序要先升级，升级后自动办理。",
    "predecessor.missing": "前一条一直没送到，这一条没有办。", "predecessor.refused": "前一条没有被接受，这一条没有办。",
    "room.not_ready": "这间房现在不可用。", "transfer.dock_already_answered": "已经答复过了，请看最新状态。",
    "access.denied": "您的岗位不能做这一步。", "transfer.already_ended": "这趟已经结束。",
  },
  services: {
    dialysis: "透析", delivery: "产科", paediatrics: "儿科", chemotherapy: "化疗", cardiac_stroke: "心脑", emergency: "急诊", fever: "发热门诊",
    mental: "精神科",
  },
  hospitalColours: { yellow: "黄码医院", green: "绿码医院", red: "红码医院", designated: "定点医院", fangcang: "方舱医院" },
  vehicleKinds: {
    coach: "大巴", minibus: "中巴", ambulance: "救护车", negative_pressure_ambulance: "负压救护车", van: "面包车",
  },
};
