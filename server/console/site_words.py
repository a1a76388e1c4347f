"""What the codes of sites on their way are called: checks, shifts, roles on duty."""

SITE_WORDS: dict[str, dict[str, tuple[str, str]]] = {
    "site_check": {"safety": ("安全核查", "safety check"), "qualification": ("资格核对", "qualification check")},
    "check_ended": {"again": ("又查了一次", "checked again"), "works": ("动工作废", "ended by works")},
    "check_item": {
        "structure": ("房屋结构安全，没有违建加层", "The structure is sound, nothing was added to it"),
        "fire": ("消防合格：通道、报警、灭火器", "Fire safety: ways out, alarms, extinguishers"),
        "no_works": ("没有在施工，承重没有拆改", "No works are going on, nothing bearing was altered"),
        "kind_of_house": (
            "酒店、招待所、集体宿舍、公租房，或其他符合条件的房屋",
            "A hotel, guesthouse, dormitory, public rental or other fit house",
        ),
        "three_zones": ("三区两通道，工作人员和隔离人员不走同一条", "Three zones, two passages: staff and residents never share one"),
        "two_entrances": ("至少两个出入口", "At least two entrances"),
        "vehicle_wash": ("出入口附近能洗消车辆", "A place to wash vehicles near the entrances"),
        "waste_store": ("有医疗废物暂存处", "A store for infectious waste"),
        "power_heat_water": ("水、电、暖正常", "Water, power and heating work"),
        "single_rooms": ("以单人单间为主", "Mostly single rooms"),
        "own_bathroom": ("房间有独立卫生间", "Rooms have their own bathroom"),
        "windows": ("窗能开（可开面积不小于 0.2 平方米）", "Windows open (0.2 m² or more)"),
        "aircon": ("分体空调，或中央空调已关回风", "Split units, or central air with return air closed"),
        "barrier_free": ("有无障碍房间", "There are barrier-free rooms"),
        "size": ("50 到 200 间", "50 to 200 rooms"),
    },
    "dock_part": {"beds": ("床位", "beds"), "rooms": ("房间", "rooms"), "staff": ("当班人手", "staff of the shift")},
    "safety_result": {"safety_failed": ("安全核查没有通过", "the safety check was not passed")},
    "shift": {"day": ("白班", "day shift"), "night": ("夜班", "night shift")},
    "duty_role": {
        "head": ("点长", "site head"),
        "health_observation": ("健康观察（医护）", "health observation (medical)"),
        "disinfection": ("清洁消毒", "disinfection"),
        "information": ("信息联络", "information"),
        "security": ("安全保卫", "security"),
        "logistics": ("后勤保障", "logistics"),
        "case_transfer": ("病例转运", "case transfer"),
        "humanistic_care": ("人文关怀", "humanistic care"),
    },
}
