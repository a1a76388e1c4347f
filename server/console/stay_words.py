"""What the codes of stays are called: from what a clock counts, how it ends, what lacks, tests and rounds."""

STAY_WORDS: dict[str, dict[str, tuple[str, str]]] = {
    "clock_basis": {
        "last_exposure": ("末次暴露", "last exposure"),
        "arrival": ("入住（暴露日不明）", "arrival (exposure unknown)"),
        "positive_sample": ("阳性采样", "positive sample"),
        "reset": ("楼内查出阳性", "a positive in the house"),
    },
    "clock_change": {
        "reset": ("楼内查出阳性，重新计算", "a positive in the house: counted anew"),
        "extended": ("延长", "extended"),
        "pack": ("改用另一版方案", "another edition"),
        "corrected": ("更正暴露日或类别", "exposure or category corrected"),
    },
    "lack": {
        "positive": ("最近一次是阳性", "last test positive"),
        "days": ("没到期", "days not over"),
        "test": ("缺检测", "test missing"),
        "pair": ("末次要两份样", "last test needs two samples"),
        "environment": ("缺环境采样", "room sample missing"),
        "index_tests": ("要核对密接头两次检测", "the contact's first two tests to be seen"),
        "negatives": ("缺两次达标结果", "two good results missing"),
        "word": ("要有权的人同意", "somebody who may decides"),
    },
    "release": {
        "days": ("期满", "the days are over"),
        "last_test": ("期满，末次检测阴性", "the days are over, the last test is negative"),
        "all_tests": ("期满，各次检测阴性", "the days are over, every test is negative"),
        "negative_twice": ("期满，间隔 24 小时两次阴性", "the days are over, two negative tests 24 hours apart"),
        "ct_twice": ("间隔 24 小时两次 Ct ≥ 35 或阴性", "two tests with Ct of 35 or more, or negative, 24 hours apart"),
        "by_word": ("有权的人同意", "by the word of somebody who may"),
    },
    "test_result": {
        "negative": ("阴性", "negative"),
        "positive": ("阳性", "positive"),
        "invalid": ("看不清，重采", "unreadable, to be repeated"),
    },
    "test_kind": {"person": ("本人", "the person"), "environment": ("环境和物品", "room and belongings")},
    "day_part": {"morning": ("早上", "morning"), "evening": ("晚上", "evening")},
    "running": {
        "keep": ("在住的人仍按原方案", "those who stay keep their edition"),
        "carry_over": ("在住的人也改用这一版", "those who stay go over to it too"),
    },
    "stay_view": {
        "due": ("到期未解除", "due, not released"),
        "released": ("已解除未离点", "released, still there"),
        "today": ("今天到期", "due today"),
        "referred": ("查出阳性待转", "found positive, to be moved"),
        "reset": ("重新计算过的", "counted anew"),
        "request": ("昨天今天要东西的", "asked for something since yesterday"),
        "all": ("全部在住", "everybody who stays"),
    },
}
