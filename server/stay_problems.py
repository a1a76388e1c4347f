"""The refusals that concern people in their rooms: a part of the catalogue in problems.py."""

STAYS: dict[str, tuple[int, str, str]] = {
    "stay.unknown": (404, "没有找到这次入住，或不归您管。", "This stay was not found, or is not yours."),
    "stay.not_released": (409, "还没有解除，没有证明。请先解除。", "Not released yet: there is no certificate. Release them first."),
    "stay.ended": (409, "这个人已经离开房间了。", "This person has left the room already."),
    "stay.referred": (
        409,
        "这个人已查出阳性，要转走，不能解除。请安排转运。",
        "This person was found positive: they are to be moved, not released. Please make the transfer.",
    ),
    "stay.already_released": (409, "已经解除了，不能再延长。", "Already released; it cannot be extended any more."),
    "stay.not_longer": (422, "要晚于现在的到期日 {day}。", "Choose a day later than the present one, {day}."),
    "stay.is_positive": (
        409,
        "最近一次检测是阳性，不能解除。请安排转运。",
        "The last test was positive; there is no release. Please make the transfer.",
    ),
    "stay.lacks_days": (
        409,
        "{on} 才到期。提前解除要有人同意，并写明原因。",
        "The days are over on {on}. To release earlier, name who allows it, and why.",
    ),
    "stay.lacks_days_strictly": (
        409,
        "{on} 才到期，现行方案不许提前解除。请到那天再解除。",
        "The days are over on {on}, and the edition in force knows no earlier release. Release them on that day.",
    ),
    "stay.lacks_test": (
        409,
        "第 {day} 天（{on}）的检测还没有阴性结果。先补录结果，或写明谁同意、为什么。",
        "The test of day {day} ({on}) has no negative result. Record it first, or name who allows the release, and why.",
    ),
    "stay.lacks_pair": (
        409,
        "第 {day} 天（{on}）要同时采两份样，只记了一份。请补记另一份。",
        "On day {day} ({on}) two samples are taken at once; one is recorded. Record the other one.",
    ),
    "stay.lacks_negatives": (
        409,
        "还没有间隔 24 小时的两次达标结果（Ct ≥ 35 或阴性）。请补检、补录后再解除。",
        "Two results that release (Ct of 35 or more, or negative), 24 hours apart, are not there yet. Test again and record it first.",
    ),
    "stay.lacks_environment": (
        409,
        "环境和物品采样还没有阴性结果。请补采样、补录后再解除。",
        "The sample of the room and belongings has no negative result yet. Take it and record it first.",
    ),
    "stay.lacks_index_tests": (
        409,
        "先确认相关密接的头两次检测都是阴性。",
        "First confirm that the first two tests of the contact were negative.",
    ),
    "stay.lacks_word": (
        409,
        "这类人员由有权的人同意解除：写明谁同意、为什么。",
        "Somebody who may decides this release: name who allows it, and why.",
    ),
    "pack.unknown": (422, "没有这一版方案。请从列表里选。", "There is no such edition. Choose one from the list."),
    "pack.carry_over_later": (
        409,
        "在住的人只能从今天起改用一版指定的方案；以后开始的，到那天再改。",
        "Those who stay already go over to a named edition from today on; for a later day, come back on that day.",
    ),
    "return.not_released": (
        409,
        "{name}还没有解除隔离，不能安排回家。请先在其入住页解除（提前解除要写明谁同意、为什么），再安排返回。",
        "{name} is not released yet and cannot be planned to go home. Release them on the page of their stay first (earlier: with who"
        " allows it, and why), then make the return.",
    ),
    "return.is_positive": (
        409,
        "{name}已查出阳性，不能安排回家。请把此人从名单中去掉，另行安排转往隔离点或医院。",
        "{name} is known to be positive and cannot be planned to go home. Take them off the list, and move them to a site or hospital.",
    ),
}
