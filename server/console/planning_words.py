"""What the codes of planning are called: balance, forecast, what would close a shortfall."""

PLANNING_WORDS: dict[str, dict[str, tuple[str, str]]] = {
    "balance": {
        "filling": ("进多出少", "filling up"),
        "balanced": ("平衡", "in balance"),
        "emptying": ("在腾出", "being freed"),
    },
    "group": {"positive": ("阳性", "positives"), "contact": ("密接", "contacts")},
}
