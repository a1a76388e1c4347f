"""What the codes of planning are called: balance, forecast, what would close a shortfall."""

PLANNING_WORDS: dict[str, dict[str, tuple[str, str]]] = {
    "balance": {
        "filling": ("进多出少", "filling up"),
        "balanced": ("平衡", "in balance"),
        "emptying": ("在腾出", "being freed"),
    },
    "group": {"positive": ("阳性床位", "beds for positives"), "contact": ("密接房间", "rooms for contacts")},
    "way": {
        "turnaround": ("周转达到目标时间", "turnaround at its target"),
        "expired": ("到期的人马上腾退", "the expired leave at once"),
        "units": ("其他区有余", "spare in other units"),
        "standby": ("启用备用点", "call on a standby site"),
        "partner": ("对口市有余", "spare in partner cities"),
    },
}
