"""The catalogue of refusals: code → HTTP status and the sentence a person reads, in Chinese and in English."""

from server.stay_problems import STAYS


class Refused(Exception):
    """A rule said no. `code` stands in REFUSALS; `values` fill its sentence."""

    def __init__(self, code: str, /, **values):
        super().__init__(code)
        self.code = code
        self.values = values


REFUSALS: dict[str, tuple[int, str, str]] = {
    # sign-in and access
    "session.sign_in": (401, "请先登录。", "Please sign in first."),
    "session.wrong_password": (401, "用户名或密码不对。", "The user name or the password is wrong."),
    "session.too_many_tries": (429, "试得太多了，请过几分钟再试。", "Too many tries. Please wait a few minutes."),
    "session.invitation_unknown": (
        404,
        "这个邀请链接已经用过或已过期，请向管理员再要一个。",
        "This invitation was used or has expired. Ask the administrator for a new one.",
    ),
    "session.password_too_short": (422, "密码至少 12 个字符。", "A password has at least 12 characters."),
    "access.denied": (403, "您的岗位不能做这一步。要办请找专班或管理员。", "Your role may not do this. Ask the desk or an administrator."),
    "request.forged": (403, "这个请求不是从本页发出的，请刷新后再试。", "This request did not come from this page. Reload and try again."),
    "request.unreadable": (422, "提交的内容看不懂，请检查标出的项目。", "Something in the form is not readable. Check the marked fields."),
    "page.unknown": (
        404,
        "没有这个页面，或您看不到它。请从菜单进入。",
        "There is no such page, or it is not yours to see. Go on from the menu.",
    ),
    "server.busy": (503, "服务器正忙，您的内容没有丢，请稍后再试。", "The server is busy. Nothing was lost; try again in a moment."),
    "server.failed": (
        500,
        "服务器出错了，已经记录下来。请刷新再试。",
        "Something broke on the server and was written down. Reload and try again.",
    ),
    # the agreement
    "sync.not_this_protocol": (
        400,
        "这部手机上的程序与服务器不一致，请联网更新。",
        "This phone speaks another protocol. Connect and update the app.",
    ),
    "sync.too_large": (413, "这次送得太多，手机会分开再送。", "Too much at once; the phone will send it in parts."),
    "sync.too_often": (429, "这部手机问得太频繁，过一会儿会自动再送。", "This phone asks too often; it comes again by itself."),
    "device.forked": (
        409,
        "这部手机的数据是复制来的，将换新编号重新发送。",
        "This phone's data was copied; it takes a new number and sends again.",
    ),
    "device.revoked": (403, "这部手机已停用，请联系管理员。", "This phone was switched off. Call the administrator."),
    "copy.unreadable": (
        422,
        "这不是未上传记录的副本，或者文件坏了。什么都没有读入；请本人在手机上再分享一次。",
        "This is no copy of unsent records, or the file is damaged. Nothing was read in; ask for it to be shared again from the phone.",
    ),
    "copy.of_another_office": (
        422,
        "这份副本是给另一个中心的，这里打不开。什么都没有读入。",
        "This copy was made for another office and cannot be opened here. Nothing was read in.",
    ),
    "copy.of_no_phone": (
        422,
        "这份副本不是本中心登记过的手机做的。什么都没有读入；请核对是谁给的。",
        "This copy does not come from a phone that is enrolled here. Nothing was read in; check who gave it.",
    ),
    "copy.phone_switched_off": (
        422,
        "做这份副本的手机已停用。什么都没有读入；确认手机在本人手里，由管理员恢复后再读。",
        "The phone that made this copy was switched off. Nothing was read in; when its person has it, let the administrator switch it on, then try again.",
    ),
    "blob.too_large": (413, "照片太大，没有收下。请换一张小一些的。", "The picture is too large and was not taken. Choose a smaller one."),
    "blob.too_many": (429, "今天的照片太多，明天会自动再送。", "Too many pictures in a day; the phone sends the rest by itself."),
    "blob.wrong_hash": (
        422,
        "照片在路上坏了，手机会从头再送。",
        "The picture was damaged on its way; the phone sends it again from its beginning.",
    ),
    "blob.not_a_picture": (422, "这不是照片，没有收下。请换一张照片。", "This is no picture; it was not taken. Choose a photo."),
    "blob.unknown": (
        404,
        "没有这张照片，还没送到，或不归您看。",
        "There is no such picture, it has not come yet, or it is not yours to see.",
    ),
    "operation.unreadable": (422, "这条记录看不懂，已保留，请联系专班。", "This record cannot be read. It is kept; call the desk."),
    "operation.unknown_type": (
        422,
        "服务器还不认识这种记录，已保留。请联系专班。",
        "The server does not know this kind of record yet. It is kept. Call the desk.",
    ),
    "predecessor.missing": (
        422,
        "它接在另一条记录之后，那一条没有送到，所以没有办理，已保留。请联系专班。",
        "It follows another record that never came, so it was not done. It is kept. Call the desk.",
    ),
    "predecessor.refused": (
        422,
        "它接在另一条记录之后，那一条没有被接受，所以没有办理，已保留。请联系专班。",
        "It follows another record that was not accepted, so it was not done. It is kept. Call the desk.",
    ),
    "waits_for": (
        409,
        "在等前一条记录送到，到了就办；超过时限也会按事实记下。",
        "It waits for the record before it, and goes on when that has come; after its time as a fact without it.",
    ),
    "newer": (
        409,
        "这部手机的程序比中心新，中心升级后自动办理，已保留。",
        "The phone's app is newer than the office's server. It is kept, and done after the upgrade.",
    ),
    "internal": (
        500,
        "中心处理这一条时出了错，已保留，可以再判一次。",
        "The server failed over this record. It is kept, and may be judged again.",
    ),
    "operation.id_reused": (
        422,
        "两条不同的记录用了同一个编号，已保留。请联系专班。",
        "Two different records came under one number. Both are kept. Call the desk.",
    ),
    "operation.void": (
        422,
        "这部手机丢失了一条记录，请专班联系本人核对。",
        "This phone has lost a record. The desk asks the person what it was.",
    ),
    "operation.not_the_author": (
        422,
        "这条记录的签名人不是这部手机的登录人。请联系专班核对是谁做的。",
        "This record names another person than the one signed in on the phone. Call the desk: who did it?",
    ),
    "target.unknown": (404, "没有找到，或不归您管。", "It was not found, or it is not yours."),
    # people
    "person.unknown": (404, "没有找到这个人，或不归您管。", "This person was not found, or is not yours."),
    "person.name_missing": (422, "请填写姓名。", "Please give a name."),
    "person.id_taken": (
        409,
        "已经有人用这个身份证号登记：{name}。请先核对是否同一人。",
        "This ID number is already registered: {name}. Check whether it is the same person.",
    ),
    "person.id_taken_elsewhere": (
        409,
        "这个身份证号已在{area}登记。请打电话给{area}专班核对，不要再录一份。",
        "This ID number is registered in {area}. Call its desk and check, instead of entering the person again.",
    ),
    "person.similar_known": (
        409,
        "登记里已有 {count} 个可能是同一人的。核对后请勾选“不是同一人”，再保存。",
        "{count} known people may be the same. Compare, tick “not the same person”， then save.",
    ),
    "person.changed": (
        409,
        "这一项刚被别人改过：现在是“{now}”。请看过后再改。",
        "Somebody changed this just now: it is “{now}”. Look, then change it again.",
    ),
    "person.already_merged": (409, "这份记录已经并入另一份。请打开那一份。", "This record is already part of another. Open that one."),
    "person.merge_open_lines": (
        409,
        "两份记录都在转运任务里，请先取消其中一个。",
        "Both records are on open transfers. Cancel one of them first.",
    ),
    "person.not_merged": (409, "这份记录没有并入别的记录。没有要撤销的。", "This record is not merged. There is nothing to undo."),
    "person.same": (422, "不能与自己合并。请另选一份记录。", "A record cannot be merged with itself. Choose another record."),
    "reason.missing": (422, "请写明原因。", "Please give a reason."),
    # transfers
    "transfer.unknown": (404, "没有找到这个转运任务，或不归您管。", "This transfer was not found, or is not yours."),
    "transfer.no_people": (422, "请先选择人员。", "Choose people first."),
    "transfer.categories_mixed": (
        422,
        "阳性与密接不能同车，请分开编组。",
        "Positives and contacts never share a vehicle. Make two groups.",
    ),
    "transfer.category_unknown_alone": (422, "类别不明的人要单独一车。", "Someone whose category is unknown rides alone."),
    "transfer.household_split": (
        422,
        "{name}是 14 岁以下儿童，不能与全部监护人分开；确需分开请写明批准人和原因。",
        "{name} is a child of 14 or less and would be parted from every guardian. Name who approves it and why.",
    ),
    "transfer.person_busy": (
        409,
        "{name}已在另一个转运任务 {code} 里。请先从那个任务里取消，或换别人。",
        "{name} is already on transfer {code}. Cancel that one first, or choose somebody else.",
    ),
    "transfer.too_many_for_vehicle": (
        422,
        "这辆车按 50% 只能坐 {seats} 人，已选 {people} 人。请换大车，或分成两趟。",
        "At 50 % this vehicle takes {seats} people; {people} are chosen. Take a larger one, or make two transfers.",
    ),
    "transfer.no_crew": (422, "请选择司机。", "Choose a driver."),
    "transfer.no_destination": (422, "请选择目的地。", "Choose a destination."),
    "transfer.has_begun": (
        409,
        "车已出发或有人在车上，不能这样改；请用换班或改送。",
        "The vehicle has left or someone is aboard. Relieve the crew or divert instead.",
    ),
    "transfer.people_aboard": (
        409,
        "车上还有 {people} 人，请办理换班，写明地点和双方姓名。",
        "{people} people are aboard. Relieve the crew: place and both names.",
    ),
    "person.not_aboard": (409, "{name}不在车上。请刷新名单再选。", "{name} is not aboard. Reload the list and choose again."),
    "transfer.already_ended": (
        409,
        "这个转运任务已经结束。还要送人，请新建一个。",
        "This transfer has already ended. Make a new one for people who still have to go.",
    ),
    "transfer.already_accepted": (409, "社区已经确认接收。", "The community has already accepted."),
    "transfer.dock_already_answered": (
        409,
        "对接已经答复过了，请看最新状态。",
        "This docking was answered already. Look at its newest state.",
    ),
    "site.unknown": (404, "没有找到这个隔离点，或不归您管。", "This site was not found, or is not yours."),
    "site.not_open": (
        409,
        "{name}现在不接收：{reason}。请换一个隔离点。",
        "{name} does not take people now: {reason}. Choose another site.",
    ),
    "site.recheck": (
        409,
        "{name}动过工，或安全核查没有通过：重新核查合格以前不收新人。",
        "{name} had works or failed its safety check: no new people before it is checked again.",
    ),
    "site.stage_order": (
        409,
        "{name}：阶段不能跳过，请按顺序一步一步登记。",
        "{name}: no stage is skipped. Record the stages one after another.",
    ),
    "site.stage_reached": (409, "{name}已经到过这一阶段，不用再计划。", "{name} has reached this stage already; there is nothing to plan."),
    "site.stage_day": (
        422,
        "日期不能在今天以后，也不能早于上一阶段。",
        "The day can be neither after today nor before the stage before it.",
    ),
    "site.legal_basis_missing": (
        422,
        "征用要有依据：请填文书名称和文号。",
        "A requisition needs its legal basis: name the document and its number.",
    ),
    "site.safety_missing": (
        409,
        "{name}还没有通过安全核查（结构、消防、施工）。请先核查并登记。",
        "{name} has not passed its safety check (structure, fire, works). Check it and record that first.",
    ),
    "site.qualification_missing": (
        409,
        "{name}还没有通过资格核对，请先填。",
        "{name} has not passed its qualification check; fill that in first.",
    ),
    "site.not_standby": (
        409,
        "{name}不在备用阶段，不能激活。请先登记到备用阶段。",
        "{name} is not on standby; only such a site is activated. Record that stage first.",
    ),
    "site.no_rooms": (409, "{name}没有登记房间，先导入房间台账。", "{name} has no rooms registered. Import its rooms first."),
    "site.category": (409, "{name}不收这一类人员。请换一个隔离点。", "{name} does not take this category. Choose another site."),
    "site.rooms_kept_first": (
        409,
        "{name}新腾退的 {rooms} 间先给排在前面的区。要先用，请写明谁批准、为什么。",
        "{name}: {rooms} newly freed rooms go to the areas that come first. To use them now, say who allows it, and why.",
    ),
    "site.too_few_rooms": (
        409,
        "{name}现在只有 {rooms} 间可用，需要 {people} 间。请减少人数，或换一个隔离点。",
        "{name} has {rooms} rooms ready; {people} are needed. Send fewer, or choose another site.",
    ),
    "site.has_people": (
        409,
        "还有 {people} 人在住或在路上，不能退出。请先安排他们转走。",
        "{people} people stay there or are on their way; it cannot close. Move them first.",
    ),
    "room.unknown": (404, "没有找到这个房间，或不归您管。", "This room was not found, or is not yours."),
    "room.not_ready": (409, "{room}现在不可用({state})。请换一间。", "{room} cannot be taken now ({state}). Choose another."),
    **STAYS,
    "contact.unknown": (404, "没有找到这个电话，或不归您管。", "This telephone number was not found, or is not yours."),
    "vehicle.unknown": (404, "没有找到这辆车。", "This vehicle was not found."),
    "vehicle.not_ready": (
        409,
        "{plate}现在不能派({state}):先完成消杀记录或排除故障。",
        "{plate} cannot be sent now ({state}): record its disinfection or its repair first.",
    ),
    "vehicle.busy": (409, "{plate}已派给 {code}。请换一辆。", "{plate} is already on {code}. Choose another."),
    "vehicle.wrong_kind": (422, "{plate}不适合这类人员。请换一辆。", "{plate} is not fit for this category. Choose another."),
    "conflict.unknown": (404, "没有找到这条冲突，或不归您管。", "This conflict was not found, or is not yours."),
    "conflict.already_closed": (
        409,
        "这条冲突已经处理过。请刷新看怎么定的。",
        "This conflict is already closed. Reload to read the decision.",
    ),
    "withdraw.not_yours": (
        422,
        "只能撤回自己的记录。请让做记录的人撤回，或告诉专班。",
        "You can only take back your own record. Ask whoever made it, or tell the desk.",
    ),
    "withdraw.built_upon": (409, "后面已有记录，不能直接撤回，已转为更正。", "Something was built upon it; it is kept as a correction."),
    "readiness.no_override": (
        422,
        "驾驶时长和夜间停驶没有例外。请换司机，或等到可以走的时间。",
        "Driver hours and the night stop have no exception. Take another driver, or wait.",
    ),
    # users
    "user.unknown": (404, "没有找到这个用户。", "This user was not found."),
    "user.name_taken": (409, "用户名 {username} 已有人用。请换一个。", "The user name {username} is taken. Choose another."),
    "user.site_missing": (422, "这个岗位要选一个隔离点。", "This role needs a site."),
    "user.area_missing": (422, "这个岗位要选一个区域。", "This role needs an area."),
    "user.disabled": (409, "这个账号已停用，请先恢复。", "This account is disabled. Enable it first."),
    "user.last_administrator": (
        409,
        "这是最后一个管理员，不能停用或改岗。请先设另一个管理员。",
        "This is the last administrator; it cannot be disabled or given another role. Make another one first.",
    ),
    "device.unknown": (404, "没有找到这部手机。", "This phone was not found."),
    "person.two_ids": (
        409,
        "两份记录有不同的身份证号(…{one} 与 …{other}),不是同一人，或有一个写错：请先更正。",
        "The records have two ID numbers (…{one} and …{other}): two people, or one is wrong. Correct it first.",
    ),
    "user.yourself": (409, "不能停用自己的账号。请另一个管理员来停用。", "You cannot disable your own account. Ask another administrator."),
    # ledgers
    "room.in_use": (
        409,
        "{room}正在使用({state}),台账不能改。请等腾空后再导入这一行。",
        "{room} is in use ({state}); a ledger does not change it. Import this row again when it is empty.",
    ),
    "occupant.elsewhere": (
        409,
        "{name}已登记在别处。请核对现在到底住在哪里。",
        "{name} is registered somewhere else. Check where they really are.",
    ),
    "staff.role_unknown": (
        422,
        "看不懂这个岗位。请改成用户页里的岗位名称。",
        "This role is not understood. Use the name of a role on the users' page.",
    ),
    "staff.unit_unknown": (
        422,
        "没有这个单位或场所：{unit}。请先导入它的台账。",
        "There is no unit or site {unit}. Import its ledger first.",
    ),
    "person.not_own_area": (403, "只能登记本区域的人员。", "You can register people of your own area only."),
    # intake
    "file.kind_later": (
        422,
        "{file}不是名单，也不是本版本能读的台账，没有导入。",
        "{file} is neither a list nor a ledger that this version reads; it was left out.",
    ),
    "import.day_missing": (
        422,
        "看不出{file}是哪一天的名单，请写明日期(--day 2022-04-03)。",
        "{file} does not say of which day it is. Give the day (--day 2022-04-03).",
    ),
    "import.area_missing": (
        422,
        "看不出{file}是哪个区域的名单，请写明区域(--area 宽城区),并先导入区域台账。",
        "{file} does not say whose list it is. Give the area (--area 宽城区), and import the ledger of areas first.",
    ),
    "import.other_area": (
        403,
        "{file}不是本区域的名单，不能导入。请交给那个区域的专班导入。",
        "{file} is not a list of your area. Hand it to the desk of its area.",
    ),
    "export.unknown": (422, "没有“{noun}”这种导出，可选：{nouns}。", "There is no export of {noun}. Choose one of: {nouns}."),
    "export.file_kind": (422, "请给出 .xlsx 或 .csv 的文件名。", "Give a file name that ends in .xlsx or .csv."),
    "row.still_held": (
        422,
        "这一行还不能入库：{reasons}。请补齐后再试。",
        "This row cannot be taken in yet: {reasons}. Complete it and try again.",
    ),
    "import.unknown": (404, "没有找到这次导入，或不归您管。", "This import was not found, or is not yours."),
    "import.already_accepted": (409, "这份文件已经入库。请看它的报告。", "This file is already taken in. Open its report."),
    "row.unknown": (404, "没有找到这一行，或不归您管。", "This row was not found, or is not yours."),
    "row.already_mended": (409, "这一行已经处理过。请刷新列表。", "This row was already dealt with. Reload the list."),
    "area.unknown": (422, "没有这个区域：{name}。请先导入区域台账。", "There is no area {name}. Import the ledger of areas first."),
}


def status_of(code: str) -> int:
    """The HTTP status of a refusal."""
    return REFUSALS[code][0]


def sentence(code: str, language: str = "zh", /, **values) -> str:
    """The sentence of a refusal, filled with its values; a missing value shows as a dash."""
    _status, zh, en = REFUSALS[code]
    return (en if language == "en" else zh).format_map(_Values(values))


class _Values(dict):
    def __missing__(self, key: str) -> str:
        return "—"
