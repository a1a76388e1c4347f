"""The nine ledgers: the words of their headers, the fields each needs, and the words of their values in the identifiers of the glossary."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from server.intake.vocabulary import LIST, Vocabulary

_PLACE_WORDS = {
    "lat": "纬度 lat latitude latwgs84 纬度wgs84 y坐标",
    "lng": "经度 lng lon long longitude lngwgs84 经度wgs84 x坐标",
}
_AREA = "区域 所属区域 区 区县 驻地区域 所在区域 辖区 所在区 所属区 来源区域 属地 来源区 area district city"
_ROOM_WORDS = {
    "site": "场所编号 隔离点编号 隔离点 场所 场所名称 隔离点名称 酒店 酒店名称 site sitecode sitename siteid",
    "building": "楼栋 楼号 栋 幢 楼 building block",
    "floor": "楼层区 楼层 层 区 分区 floor level ward zone",
    "number": "房号 房间号 房间 床号 床位号 房床号 房间床位 室 门牌 room roomnumber number roomno bed bedno",
}
_YES = "独立卫生间 是否独卫 独卫 卫生间 ownbathroom bathroom ensuite"

AREA_WORDS = {
    "name": "名称 区域 区域名称 区 市州 地区 name area areaname",
    "short": "简称 short shortname abbreviation",
    "kind": "类型 性质 类别 kind type",
    "adcode": "区划代码 行政区划代码 代码 adcode code",
    **_PLACE_WORDS,
    "tier": "分级 等级 颜色 分区 级别 风险分级 tier colour color zone zonecolour",
    "tier_from": "分级时间 起始日期 生效日期 分级日期 自 tierfrom from since",
    "partner_city": "对口市州 对口城市 对口支援市州 支援城市 对口支援 partnercity partner",
    "population": "人口 常住人口 人口数 居民数 population residents",
    "rooms_per_10k": "每万人房间数 每万人隔离房间 每万人隔离房间数 每万人间数 roomsper10k roomsper10000",
}
COMMUNITY_WORDS = {
    "area": _AREA,
    "name": "小区 小区名称 住宅小区 院落 楼盘 compound community estate name",
    **_PLACE_WORDS,
    "contact_name": "社区联系人 联系人 社区负责人 网格员 负责人 contact contactname contactperson",
    "contact_phone": "电话 联系电话 联系人电话 手机 手机号 联系方式 社区电话 phone contactphone mobile",
    "street": "街道 乡镇 街道乡镇 责任街道 street",
    "community": "社区 责任社区 所属社区 neighbourhood",
    "address": "地址 详细地址 address",
}
SITE_WORDS = {
    "code": "编号 场所编号 隔离点编号 代码 code siteid sitecode id",
    "name": "场所名称 名称 隔离点名称 隔离点 酒店名称 场所 name sitename site",
    "kind": "场所类型 类型 隔离点类型 性质 种类 kind type sitetype",
    "area": _AREA,
    "address": "地址 详细地址 场所地址 位置 address",
    **_PLACE_WORDS,
    "rooms_total": "房间总数 房间数 总房间数 客房数 房间 可用房间数 rooms roomstotal totalrooms",
    "beds_total": "床位总数 床位数 床位 总床位数 beds bedstotal totalbeds",
    "accepts": "收治类别 接收类别 收治对象 接收人员类别 隔离对象 收治人员 接收对象 accepts categories",
    "state": "状态 启用状态 使用状态 运行状态 state status",
    "head_name": "负责人 点长 场所负责人 隔离点负责人 站长 联系人 head headname manager",
    "head_phone": "负责人电话 点长电话 联系电话 手机 电话 负责人联系方式 headphone managerphone phone",
    "duty_phone": "24小时值班电话 值班电话 24小时电话 dutyphone phone24h",
    "aircon": "空调形式 空调 空调类型 aircon airconditioning",
    "own_bathroom": _YES,
    "accepts_family": "可收家庭 是否可收家庭 家庭房 接收家庭 acceptsfamily family",
    "barrier_free_rooms": "无障碍房间 无障碍房间数 无障碍 barrierfreerooms accessiblerooms",
    "legal_basis": "征用依据 征用文号 征用文书 依据 legalbasis",
    "requisitioned_on": "征用日期 征用时间 requisitionedon requisitioned",
    "converting_on": "改造日期 改造开始日期 改造开工日期 开工日期 convertingon",
    "safety_checked_on": "安全核查日期 安全检查日期 安全鉴定日期 safetycheckedon",
    "accepted_on": "验收日期 验收时间 acceptedon",
    "standby_on": "备用日期 转备用日期 standbyon",
    "opened_on": "启用日期 启用时间 开始使用日期 openedon opened",
    "opens_on": "计划启用日期 预计启用日期 计划启用时间 预计启用 计划启用 openson plannedopening",
    "stage_owner": "牵头人 建点负责人 改造负责人 stageowner",
}
SITE_DAYS = ("requisitioned_on", "converting_on", "safety_checked_on", "accepted_on", "standby_on", "opened_on", "opens_on")
ROOM_WORDS = {
    **_ROOM_WORDS,
    "kind": "房型 类型 房间类型 床型 kind type roomtype",
    "own_bathroom": _YES,
    "capacity": "可住人数 容量 床位数 capacity beds",
}
ROOM_STATE_WORDS = {
    **_ROOM_WORDS,
    "state": "状态 房态 房间状态 当前状态 state status",
    "state_since": "状态时间 更新时间 时间 起始时间 statesince since updatedat time",
    "reason": "原因 说明 备注 reason remark",
}
OCCUPANT_WORDS = {
    **_ROOM_WORDS,
    "name": "姓名 人员姓名 隔离人员 name",
    "sex": "性别 sex gender",
    "age": "年龄 age",
    "id_number": "身份证号 身份证号码 身份证 证件号码 证件号 idnumber idcard idno",
    "phone": "电话 联系电话 手机 手机号 联系方式 phone mobile",
    "area": _AREA,
    "category": "类别 人员类别 类型 人员类型 category type",
    "checked_in_at": "入住时间 入住日期 开始隔离时间 隔离开始时间 入点时间 checkedinat checkin arrival",
    "last_exposure_at": "末次暴露日期 末次暴露时间 末次接触时间 末次接触日期 末次暴露 lastexposure lastexposureat",
}
VEHICLE_WORDS = {
    "plate": "车牌号 车牌 车牌号码 号牌 车号 plate plateno platenumber registration",
    "kind": "车型 车辆类型 类型 车辆种类 kind type vehicletype",
    "seats": "核定座位 座位数 核载 核载人数 核定人数 座位 核定载客 seats seatsrated capacity",
    "cab_partition": "驾驶室物理隔离 物理隔离 驾驶室隔离 隔断 隔板 是否物理隔离 cabpartition partition",
    "area": _AREA + " 驻地 停放地 停放地点 归属地",
    **_PLACE_WORDS,
    "licensed": "营运资质 资质 道路运输证 营运证 licensed commerciallicence licence",
    "state": "状态 车况 车辆状态 使用状态 state status",
    "last_disinfected_at": "最近消杀时间 上次消杀时间 最近消毒时间 消杀时间 lastdisinfected lastdisinfectedat",
    "owner": "所属单位 车主 车辆单位 公司 owner company",
}
STAFF_WORDS = {
    "name": "姓名 人员姓名 名字 name",
    "phone": "电话 联系电话 手机 手机号 联系方式 phone mobile",
    "role": "岗位 职务 角色 工种 职责 工作岗位 role position job",
    "unit": "单位场所编号 单位 所属单位 场所编号 工作单位 所在单位 驻点 派驻单位 unit organisation organization site",
    "licence": "证件或驾照 驾照 准驾车型 驾驶证 驾照类型 证件 licence license",
    "last_test_on": "最近核酸 最近核酸日期 核酸日期 最近核酸时间 核酸时间 lasttest lastpcr pcrdate",
}
HOSPITAL_WORDS = {
    "name": "医院 医院名称 名称 机构名称 hospital name hospitalname",
    "colour": "颜色 黄绿码 类别 类型 码色 医院类别 colour color code",
    "area": _AREA,
    "address": "地址 详细地址 address",
    "phone": "24小时电话 电话 值班电话 联系电话 急诊电话 phone phone24h",
    "services": "科室 服务 诊疗科目 可接诊科室 收治范围 services departments",
    "how_to_get_there": "到达方式 就诊方式 交通方式 到达 access transport howtogetthere",
    "admission": "就诊条件 接诊条件 条件 admission condition",
    "checked_at": "核对时间 更新时间 核实时间 checkedat updated verified",
    **_PLACE_WORDS,
}


@dataclass(frozen=True, slots=True)
class Ledger:
    """A kind of ledger: its words, the fields that each row needs, fields of which one must head a column, and what makes a row unique."""

    vocabulary: Vocabulary
    needed: tuple[str, ...]
    told_by: tuple[str, ...]
    unique: tuple[str, ...]


LEDGERS: dict[str, Ledger] = {
    "areas": Ledger(Vocabulary(AREA_WORDS, []), ("name",), ("tier", "partner_city", "adcode"), ("name",)),
    "communities": Ledger(Vocabulary(COMMUNITY_WORDS, []), ("name", "area"), ("lat", "contact_name", "contact_phone"), ("area", "name")),
    "sites": Ledger(Vocabulary(SITE_WORDS, []), ("name",), ("kind", "rooms_total", "beds_total", "accepts"), ("code", "name")),
    "rooms": Ledger(
        Vocabulary(ROOM_WORDS, []),
        ("site", "number"),
        ("kind", "own_bathroom", "capacity"),
        ("site", "building", "floor", "number"),
    ),
    "room_states": Ledger(
        Vocabulary(ROOM_STATE_WORDS, []),
        ("site", "number", "state"),
        ("state",),
        ("site", "building", "floor", "number"),
    ),
    "occupants": Ledger(
        Vocabulary(OCCUPANT_WORDS, []),
        ("site", "number", "name"),
        ("checked_in_at", "number"),
        ("site", "building", "floor", "number", "name"),
    ),
    "vehicles": Ledger(Vocabulary(VEHICLE_WORDS, []), ("plate",), ("seats", "kind", "state"), ("plate",)),
    "staff": Ledger(Vocabulary(STAFF_WORDS, []), ("name", "role"), ("role",), ("name", "phone", "role")),
    "hospitals": Ledger(Vocabulary(HOSPITAL_WORDS, []), ("name",), ("colour", "services", "admission"), ("name", "colour", "address")),
}

# Words of values: (identifier, pattern), the first that fits.
SITE_KINDS = [
    ("small_fangcang", "小方舱|区级.*方舱"), ("modular", "方舱隔离点|模块|板房|箱式|健康驿站"), ("fangcang", "方舱|fangcang"), ("hospital", "医院|hospital"),
    ("guesthouse", "招待所|旅馆|宾馆|旅社|民宿|guest"), ("hotel", "酒店|饭店|hotel"), ("dormitory", "宿舍|dorm"), ("public_rental", "公租房|廉租|保障房|人才公寓|公寓|rental"),
    ("other", "其他|其它|学校|培训|other"),
]  # fmt: skip
SITE_STATES = [
    ("candidate", "排摸|摸排|待征用|candidate"), ("requisitioned", "征用|requisition"), ("converting", "改造|convert"), ("safety_checked", "安全核查|safety"),
    ("accepted", "验收合格|accepted"), ("standby", "备用|储备|standby"), ("paused", "暂停|停收|paused"), ("clearing", "清仓|清舱|腾退|clearing"),
    ("closed", "退出|关闭|停用|closed"), ("open", "启用|在用|使用中|运行|open"),
]  # fmt: skip
ROOM_KINDS = [
    ("barrier_free", "无障碍|barrier|accessible"),
    ("bed", "床位|^床|^bed$"),
    ("multi", "双人|双床|标间|多人|家庭|三人|multi|double|twin|family"),
    ("single", "单人|单间|大床|单床|single"),
]
ROOM_STATES = [
    ("building_up", "改造中|搭建|buildingup"), ("vacated_dirty", "待消杀|待消毒|待清洁|脏房|已腾退|dirty"), ("disinfecting", "消杀中|消毒中|正在消|disinfecting"),
    ("contact_time", "作用时间|作用中|contacttime"), ("aerating", "通风|aerating"), ("provisioning", "配备|布草|配物|provisioning"),
    # Said of rooms in use between airing and ready: someone has to look at them. A site still being built says so in its own state.
    ("inspecting", "待验收|验收中|待检查|检查中|inspecting|awaiting"), ("hold", "锁定|封存|hold"), ("blocked", "停用|维修|损坏|故障|blocked|outofuse"),
    ("staff_use", "工作人员|staff"), ("reserved", "预留|预订|已锁|reserved"), ("occupied", "在住|已住|入住|占用|occupied"), ("ready", "空闲|可用|已备好|待入住|空房|净房|ready|free|available"),
]  # fmt: skip
VEHICLE_KINDS = [
    ("negative_pressure_ambulance", "负压|negativepressure"), ("ambulance", "救护|120|ambulance"), ("minibus", "中巴|小巴|商务|面包|minibus|van|mpv"), ("coach", "大巴|客车|大客|公交|coach|bus"),
    ("car", "轿车|小车|出租|car|taxi"),
]  # fmt: skip
VEHICLE_STATES = [
    ("out_of_service", "维修|停用|故障|报废|不可用|检修|outofservice|repair|broken"),
    ("contaminated", "待消杀|污染|待消毒|contaminated"),
    ("disinfecting", "消杀中|消毒中|disinfecting"),
    ("clean_ready", "可用|正常|良好|备用|空闲|已消杀|ready|available|ok"),
]
STAFF_ROLES = [
    ("driver", "驾驶员|司机|driver"), ("receiver", "接收员|接收人|receiver"), ("site_head", "点长|负责人|站长|sitehead"), ("escort", "随车|护送|跟车|押运|医护|护士|医生|escort|nurse"),
    ("community_worker", "社区|网格|communityworker"), ("partner_city_desk", "对口|市州专班|partner"), ("commander", "指挥部|省专班|国家|工作组|command"),
    ("city_desk", "市(?:级)?(?:转运)?专班|调度|citydesk|dispatcher"), ("district_desk", "区(?:县)?(?:转运)?专班|区级|转运专班|districtdesk|^desk$"), ("disinfector", "消杀|消毒|disinfect"),
]  # fmt: skip
AREA_KINDS = [
    ("development_zone", "开发区|新区|高新|development"),
    ("partner_city", "对口|市州|partner"),
    ("county_city", "县级市|县|county"),
    ("prefecture", "自治州|州|prefecture"),
    ("district", "区|district"),
    ("city", "市|city"),
]
TIERS = [("red", "红|red"), ("yellow", "黄|yellow"), ("green", "绿|green")]
AIRCONS = [
    ("central_return_closed", "中央.*(?:关闭|关|停).*回风|central.*closed"),
    ("central", "中央|central"),
    ("split", "分体|挂机|柜机|split"),
    ("none", "无|没有|none"),
]
SERVICES = [
    ("dialysis", "透析|血透|dialysis"), ("delivery", "产科|分娩|妇产|delivery|obstetric"), ("paediatrics", "儿科|paediatric|pediatric"), ("chemotherapy", "化疗|放化疗|放疗|肿瘤|chemo"),
    ("cardiac_stroke", "胸痛|卒中|心脑|cardiac|stroke"), ("emergency", "急诊|急救|emergency"), ("fever", "发热|fever"), ("mental", "精神|mental"),
]  # fmt: skip


@lru_cache(maxsize=20_000)
def is_header_word(text: str) -> bool:
    """Whether a text is a header word of any kind of table that is read here, a list's or a ledger's."""
    return LIST.knows(text) or any(ledger.vocabulary.knows(text) for ledger in LEDGERS.values())
