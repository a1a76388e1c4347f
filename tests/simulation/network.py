"""What becomes of a request on its way to the office, and of the answer on its way back."""

import json

import orjson

from tests.simulation.pipe import Ended

PORTAL = {"status": 200, "headers": {"Content-Type": "text/html"}, "body": "<html>Sign in to Hotel WiFi</html>"}
LOST = {"lost": True}


def problem(status: int, code: str, **headers: str) -> dict:
    return {"status": status, "headers": {"Content-Type": "application/json", **headers}, "body": json.dumps({"code": code})}


REFUSALS = {
    "401": problem(401, "session.sign_in"),
    "413": problem(413, "sync.too_large"),
    "429": problem(429, "server.busy", **{"Retry-After": "3"}),
    "503": problem(503, "server.busy", **{"Retry-After": "2"}),
}
WEATHER = ("lost_request", "lost_answer", "lost_answer", "twice", "late_request", "slow_answer", "portal", "torn", "old_answer", *REFUSALS)


class Network:
    """Between the phones and the office. A phone in the dark reaches nobody; else each request meets the next of its phone's weather."""

    def __init__(self, office, judge, ask):
        self.office, self.judge, self._ask = office, judge, ask
        self.dark: set[int] = set()
        self.delivered = 0  # operations, however often
        self.weather: dict[int, list[str]] = {}
        self.jars: dict[int, dict[str, str]] = {}  # each phone's cookies
        self.readers: dict[int, str] = {}  # whose session its cookie is
        self.slow: list[tuple[int, int, dict]] = []  # phone, request, answer: given when the plan says so
        self.late: list[dict] = []  # requests that arrive when nobody waits for an answer any more
        self.beside: dict | None = None  # the request that is to be served in the middle of the next one
        self.last: dict[int, dict] = {}

    def carry(self, request: dict) -> dict:
        phone = request["phone"]
        if phone in self.dark:
            return LOST
        waiting = self.weather.get(phone)
        return self._through(waiting.pop(0) if waiting else "fair", request)

    def _through(self, weather: str, request: dict) -> dict:
        self.judge.reached[f"weather: {weather}"] += weather != "fair"
        phone, is_sync, is_picture = request["phone"], request["path"] == "/api/v1/sync", request.get("is_picture", False)
        if weather == "lost_request":
            return LOST
        if weather == "portal":
            return PORTAL
        if weather in REFUSALS and (is_sync or is_picture):
            return REFUSALS[weather]
        if weather == "late_request":
            self.late.append(request)
            return LOST
        if weather == "old_answer" and is_sync and phone in self.last:
            self.serve(request)
            return self.last[phone]
        if weather == "twice":
            self.serve(request)
        reply = self.serve(request)
        if is_sync and reply.get("status") == 200:
            self.last[phone] = reply
        if weather == "lost_answer":
            return LOST
        if weather == "torn" and "body" in reply:
            return {**reply, "body": reply["body"][: len(reply["body"]) // 2]}
        if weather == "slow_answer" and is_sync:
            self.slow.append((phone, request["request"], reply))
            return {"hold": True}
        return reply

    def serve(self, request: dict) -> dict:
        """The request has arrived. A server that dies over it gives no answer."""
        try:
            answer = self._ask(self.question(request))
        except Ended:
            return LOST
        beside, self.beside = self.beside, None
        if beside and "reply" in (answer["meanwhile"] or {}):  # else something that a desk did stood in the middle of this one
            self._heard(beside, answer["meanwhile"])
        self._heard(request, answer)
        return answer["reply"]

    def question(self, request: dict) -> dict:
        """What the office is asked by this request."""
        headers = dict(request["headers"])
        if request["cookie"]:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.jars.get(request["phone"], {}).items())
        said = {name: request.get(name) for name in ("path", "method", "body", "lines", "is_picture")}
        return {"do": "http", **said, "headers": headers, "reader": self._reader(request)}

    def _reader(self, request: dict) -> str | None:
        """Whose records the answer may hold."""
        reads = request["cookie"] and request["path"] == "/api/v1/sync" and "authorization" not in request["headers"]
        return self.readers.get(request["phone"]) if reads else None

    def _heard(self, request: dict, answer: dict) -> None:
        if request["path"] == "/api/v1/sync":
            self.delivered += len(orjson.loads(request["body"])["operations"])
        self._keep_cookies(request["phone"], request, answer)
        self.judge.heard(request["phone"], self._reader(request), request, answer)

    def _keep_cookies(self, phone: int, request: dict, answer: dict) -> None:
        jar = self.jars.setdefault(phone, {})
        for name, value in (cookie.split("=", 1) for cookie in answer["cookies"]):
            jar[name] = value
        if request["path"] == "/api/v1/session" and request["method"] == "POST" and answer["reply"]["status"] == 200:
            self.readers[phone] = orjson.loads(answer["reply"]["body"])["user"]["id"]
        elif request["path"] == "/api/v1/session" and request["method"] == "DELETE":
            self.readers.pop(phone, None)
