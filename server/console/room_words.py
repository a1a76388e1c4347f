"""What the codes of a room's turnover are called."""

ROOM_WORDS: dict[str, dict[str, tuple[str, str]]] = {
    "room_wanted": {"promised": ("已答应路上的人", "promised to people on the way"), "in_demand": ("有人在等", "somebody waits for it")},
    "room_owner": {
        "disinfector": ("消杀组", "disinfection"),
        "site_head": ("检查人（不是消杀的人）", "inspector (not who disinfected)"),
        "receiver": ("接收组", "receivers"),
    },
    "agent": {
        "chlorine": ("含氯消毒液", "chlorine"),
        "hydrogen_peroxide": ("过氧化氢", "hydrogen peroxide"),
        "uv": ("紫外线", "ultraviolet"),
    },
    "turnover_moment": {
        "vacated_at": ("腾空", "emptied"),
        "disinfecting_at": ("开始消杀", "disinfection began"),
        "contact_at": ("开始作用", "agent began to work"),
        "aerating_at": ("开窗通风", "windows opened"),
        "inspecting_at": ("请人检查", "to be inspected"),
        "provisioning_at": ("检查通过", "passed inspection"),
        "ready_at": ("可用", "ready"),
    },
    "checklist": {
        "waste_removed": ("废物已清走", "waste removed"),
        "linen": ("床单被套", "bed linen"),
        "towels": ("毛巾", "towels"),
        "water": ("饮用水", "drinking water"),
        "kettle": ("烧水壶", "kettle"),
        "tissues": ("纸巾", "tissues"),
        "soap": ("肥皂", "soap"),
        "thermometer": ("体温计", "thermometer"),
        "masks": ("口罩", "masks"),
        "gloves": ("手套", "gloves"),
        "disinfectant": ("消毒用品", "disinfectant"),
        "bin_and_bags": ("垃圾桶、黄袋", "bin and yellow bags"),
        "sockets": ("插座有电", "sockets work"),
        "heating": ("暖气热", "heating works"),
        "wifi_code": ("无线网密码", "Wi-Fi code"),
        "notice_sheet": ("告知单", "notice sheet"),
        "special_kit": ("儿童、无障碍用品", "children's or barrier-free kit"),
        "environment_negative": ("环境采样阴性", "surfaces sampled negative"),
    },
}
