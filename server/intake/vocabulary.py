"""The words that headers use, by the field they mean: for daily lists here, for ledgers in ledger_words.py.

A header is first stripped bare (brackets, spaces, punctuation, traditional characters). A whole word decides before a part of a word does;
among parts the first pattern wins, so that "户主姓名" and "紧急联系人电话" are not taken for the person's own.
"""

from __future__ import annotations

import re

from server.intake.words import bare

# field: whole words, in both languages. The field names are those of a person and a case in the register.
LIST_WORDS: dict[str, str] = {
    "ordinal": "序号 编号 序 号 no num number 序列 排序 序列号 行号 顺序号 id # 总序号 项次 序次",
    "name": "姓名 名字 人员姓名 患者姓名 病例姓名 转运人员 转运人员姓名 被转运人 人员名称 名称 人员 患者 对象 对象姓名 密接姓名 感染者姓名 当事人 居民姓名"
    " name fullname personname person patient patientname",
    "sex": "性别 男女 男或女 sex gender",
    "age": "年龄 岁数 年纪 周岁 实足年龄 岁 age years",
    "birth_date": "出生日期 出生年月 生日 出生年月日 出生时间 birthdate dateofbirth dob birthday born",
    "id_type": "证件类型 证件种类 证件名称 idtype documenttype",
    "id_number": "身份证号 身份证号码 身份证 证件号码 证件号 证件 公民身份号码 身份号码 身份证件号码 身份证件号 身份证明号码 有效证件号 有效证件号码 居民身份证号"
    " 居民身份证 居民身份证号码 护照号 idnumber idno idcard idcardnumber identitynumber nationalid idcardno identity identitycard",
    "phone": "电话 联系电话 手机 手机号 手机号码 联系方式 电话号码 联系手机 本人电话 移动电话 联系号码 联络电话 联系电话手机 通讯方式 本人联系方式 电话手机 联系"
    " phone mobile telephone tel cell phonenumber contactnumber mobilephone mobilenumber contact",
    "second_phone": "第二电话 备用电话 其他电话 其它电话 第二联系电话 备用联系方式 电话2 手机2 联系电话2 固定电话 座机 secondphone phone2 otherphone",
    "address": "现住址 住址 居住地址 地址 家庭住址 详细地址 现住地址 家庭地址 居住地 现居住地 现居地 现居住地址 常住地址 详细住址 住所 居家地址 所在地址"
    " 详细居住地址 现住址详细到门牌号 接人地址 接送地址 上车地点 目前所在地 所在位置 现住地 住处 address homeaddress residence fulladdress",
    "area": "区 区县 县区 所属区 所属区县 区域 辖区 城区 行政区 所在区 来源区域 报送单位 上报单位 填报单位 所属辖区 属地 district area",
    "street": "街道 乡镇 街道乡镇 责任街道 所属街道 镇街 街镇 乡镇街道 街 street subdistrict town",
    "community": "社区 责任社区 所属社区 村居 村社区 社区村 网格 居委会 村委会 社区居委会 community neighbourhood neighborhood",
    "compound": "小区 小区名称 居住小区 住宅小区 小区名 所在小区 楼盘 院落 小区院落 村屯 自然村 compound estate residentialcompound",
    "building": "楼 楼栋 楼号 栋 栋号 幢 幢号 楼栋号 楼幢 座 楼座 几号楼 号楼 楼房号 building block bldg buildingno",
    "unit": "单元 单元号 门 门栋 unit entrance unitno 单元门",
    "room": "室 房号 房间号 门牌号 门牌 户 户号 室号 房间 房门号 房 room roomno flat apartment apt door doorno",
    "place": "楼单元室 楼栋单元室 楼单元门牌 楼栋单元房号 楼栋单元 楼栋单元门牌号 单元房号 楼门室 楼门号 楼单元房 栋单元室 楼号单元室号 楼号单元房号"
    " 楼单元房号 幢单元室 楼栋门牌 楼栋房号 buildingunitroom",
    "category": "类别 人员类别 类型 人员类型 人员分类 分类 人员性质 转运类别 感染类型 病例类型 诊断类型 诊断 人员属性 身份 管控类型 风险类别 风险类型 人群分类 转运类型 性质"
    " 情形 病例分类 判定结果 判定类型 判定 人员种类 种类 感染状态 检测结果 核酸结果 结果 category type class personcategory status casetype diagnosis result",
    "case_type": "临床分型 分型 病情 病情分型 临床类型 病例分型 轻重 病情程度 clinicaltype severity",
    "found": "发现途径 发现方式 发现地点 筛查途径 感染来源 发现来源 来源 发现渠道 是否管控 管控情况 管控状态 是否社会面 发现场所 检出途径 来源途径 foundin source foundvia",
    "detected_at": "检测时间 发现时间 报告时间 初筛时间 阳性发现时间 时间 阳性时间 检出时间 阳性报告时间 结果时间 出结果时间 检测日期 发现日期 报告日期 日期 初筛日期"
    " 判定时间 判定日期 确诊时间 确诊日期 诊断时间 诊断日期 上报时间 上报日期 报出时间 阳性日期 结果报告时间 检出日期 认定时间 核酸时间 核酸检测时间 检验时间 推送时间"
    " detectedat time date datetime foundat reportedat testtime detectiontime reporttime testdate dateofresult resulttime",
    "sample_at": "采样时间 采样日期 采集时间 采集日期 标本采集时间 sampledat sampletime samplingtime",
    "last_exposure_at": "末次暴露时间 末次暴露日期 末次接触时间 最后接触时间 末次接触日期 最后暴露时间 接触时间 暴露时间 末次暴露 lastexposure exposuredate lastcontact",
    "ct_n": "n基因 ctn n基因ct值 ct值n n ctvaluen",
    "ct_orf": "orf orf1ab orf1ab基因 ctorf orf基因 orf1ab基因ct值 ct值orf ct值orf1ab",
    "relation": "与户主关系 与病例关系 关系 与阳性关系 与感染者关系 与患者关系 家庭关系 relation relationship",
    "index_name": "关联病例 病例 关联阳性 所属病例 密接来源 接触病例 涉及病例 关联人员 传染源 indexcase index relatedcase",
    "contact_name": "联系人 监护人 户主 紧急联系人 户主姓名 家长 guardian householder emergencycontact",
    "temperature": "体温 体温℃ temperature",
    "symptoms": "症状 临床症状 有无症状 symptoms symptom",
    "destination": "转运目的地 拟转运地点 隔离点 目的地 拟隔离地点 隔离地点 接收医院 接收单位 转运地点 拟转运隔离点 转往 destination",
    "remarks": "备注 特殊需求 情况说明 特殊情况 说明 其他 其它 备注说明 特殊人群 特殊事项 需求 注意事项 健康状况 基础疾病 基础病 既往病史 病史 是否有基础疾病 其他情况 其他说明"
    " 特殊说明 用药情况 身体状况 特殊要求 身体情况 是否孕妇 备注特殊情况 remarks remark notes note comment comments needs specialneeds",
}

# Parts of words, tried in this order when no whole word fits. An empty field: understood, and kept as a remark, never as the person's own.
LIST_PARTS: list[tuple[str, str]] = [
    ("", "密码|签名|签字|填表|审核|单位电话|社区电话|网格员|包保|责任人|楼长|专班"),
    ("contact_name", "(户主|监护人|家长|联系人|家属|亲属)(的?姓名)?$"),
    ("second_phone", "(户主|监护人|家长|紧急|家属|亲属|第二|备用|其他|其它).*(电话|手机|联系方式)|固定电话|座机"),
    ("index_name", "(病例|阳性|感染者|接触者|来源).*姓名|关联.*(病例|阳性|感染者)"),
    ("id_type", "证件(类型|种类)"),
    ("id_number", "身份证|证件号|证号|护照|idcard|idn"),
    ("phone", "电话|手机|联系方式|phone|mobile"),
    ("birth_date", "出生|birth"),
    ("sample_at", "采样|采集"),
    ("last_exposure_at", "(末次|最后).*(暴露|接触)"),
    ("detected_at", "(检测|发现|报告|初筛|阳性|检出|确诊|判定|诊断|上报|结果|核酸).*(时间|日期)"),
    ("case_type", "临床分型|病情"),
    ("found", "途径|发现方式|社会面|是否.*管控"),
    ("name", "姓名$|name$"),
    ("sex", "性别"),
    ("age", "年龄|age$"),
    ("place", "楼.*单元.*(室|房|门牌)|栋.*单元.*(室|房|门牌)"),
    ("address", "住址|地址|address|居住地"),
    ("compound", "小区"),
    ("community", "社区|村委|居委"),
    ("street", "街道|乡镇"),
    ("building", "楼栋|栋号|楼号|building"),
    ("unit", "单元"),
    ("room", "房号|门牌|室号|房间号"),
    ("symptoms", "症状"),
    ("destination", "目的地|隔离点|隔离酒店"),
    ("category", "类别|人员类型|分类|性质|category"),
    ("remarks", "备注|说明|特殊|病史|疾病|需求|用药|remark"),
]


class Vocabulary:
    """Header word → field, for one kind of table."""

    def __init__(self, words: dict[str, str], parts: list[tuple[str, str]]) -> None:
        self.fields = tuple(words)
        self._whole = {word: field for field, line in words.items() for word in line.split()}
        self._parts = [(field, re.compile(pattern)) for field, pattern in parts]

    def knows(self, header: str) -> bool:
        """Whether a header is one of the whole words."""
        return bare(header) in self._whole

    def field_of(self, header: str) -> tuple[str, float] | None:
        """(field, confidence 0–1) for a header; the field is "" where a header is understood not to be the person's own."""
        word = bare(header)
        if not word or len(word) > 24:
            return None
        if field := self._whole.get(word):
            return field, 1.0
        for field, pattern in self._parts:
            if pattern.search(word):
                return field, 0.8
        return None


LIST = Vocabulary(LIST_WORDS, LIST_PARTS)
