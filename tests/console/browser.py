"""A browser of text: it follows links, fills in forms, and fails by itself on a page that is not fit for people."""

from collections import Counter
from html.parser import HTMLParser
from urllib.parse import urlencode

from flask import g

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
LABELLED = {"input", "select", "textarea"}
NEEDS_NO_LABEL = {"hidden", "submit", "button"}


class Element:
    """One element with its attributes, its text and its children."""

    def __init__(self, tag: str, attributes: dict[str, str | None]):
        self.tag, self.attributes, self.children, self.pieces = tag, attributes, [], []

    def __getitem__(self, name: str) -> str:
        return self.attributes.get(name) or ""

    @property
    def text(self) -> str:
        """Its text, and that of all it holds, with single spaces."""
        return " ".join(" ".join(piece.text if isinstance(piece, Element) else piece for piece in self.pieces).split())

    def all(self, *tags: str) -> list["Element"]:
        """Every element below with one of these tags, in the order of the page."""
        found = []
        for child in self.children:
            if child.tag in tags:
                found.append(child)
            found += child.all(*tags)
        return found


class Reader(HTMLParser):
    """HTML into elements; an end tag that closes nothing is a fault of the page."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.root = Element("page", {})
        self.open = [self.root]

    def handle_starttag(self, tag, attributes):
        element = Element(tag, dict(attributes))
        self.open[-1].children.append(element)
        self.open[-1].pieces.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        if tag in VOID:
            return
        assert self.open[-1].tag == tag, f"</{tag}> closes <{self.open[-1].tag}>"
        self.open.pop()

    def handle_data(self, data):
        self.open[-1].pieces.append(data)


class Page:
    """An answer of the console, read and checked."""

    def __init__(self, response):
        self.response, self.status, self.html = response, response.status_code, response.get_data(as_text=True)
        reader = Reader()
        reader.feed(self.html)
        self.root = reader.root
        check(self)

    @property
    def text(self) -> str:
        return self.root.text

    def all(self, *tags: str) -> list[Element]:
        return self.root.all(*tags)

    def one(self, tag: str) -> Element:
        found = self.all(tag)
        assert len(found) == 1, f"{len(found)} × <{tag}>"
        return found[0]

    def with_id(self, id: str) -> Element:
        [found] = [element for element in every(self.root) if element["id"] == id]
        return found

    @property
    def refusal(self) -> str:
        """The sentence of the rule that said no, as it stands on the form."""
        return self.with_id("refusal").text if 'id="refusal"' in self.html else ""

    def links(self, part: str = "") -> list[str]:
        return [link["href"] for link in self.all("a") if part in link["href"]]


def every(element: Element):
    for child in element.children:
        yield child
        yield from every(child)


def check(page: Page) -> None:
    """What every page owes its readers (style-example 12)."""
    html, title, heading = page.one("html"), page.one("title"), page.one("h1")
    assert html["lang"] in ("zh-CN", "en"), "the page does not say its language"
    assert title.text and title.text != "· 闭环", "the page has no title"
    assert heading.text, "the page has no heading"
    elements = list(every(page.root))
    ids = Counter(element["id"] for element in elements if element["id"])
    assert [id for id, times in ids.items() if times > 1] == [], "an id stands twice"
    assert [element.tag for element in elements if "style" in element.attributes] == [], "a style stands in the page"
    assert [name for element in elements for name in element.attributes if name.startswith("on")] == [], "code stands in the page"
    assert all(script["src"] for script in page.all("script")), "code stands in the page"
    check_labels(page, elements)
    check_tables(page)
    for form in page.all("form"):
        if form["method"] == "post":
            assert any(field["name"] == "csrf_token" for field in form.all("input")), "a form without its token"


def check_labels(page: Page, elements: list[Element]) -> None:
    for_ids = {label["for"] for label in page.all("label")}
    inside = {id(field) for label in page.all("label") for field in label.all(*LABELLED)}
    for field in elements:
        if field.tag in LABELLED and field["type"] not in NEEDS_NO_LABEL:
            named = field["aria-label"] or field["id"] in for_ids or id(field) in inside
            assert named, f"a field without a label: {field['name']}"
    for button in page.all("button", "a"):
        assert button.text or button["aria-label"], "a link or button without words"


def check_tables(page: Page) -> None:
    for table in page.all("table"):
        assert table.all("caption"), "a table without a caption"
        assert all(head["scope"] for head in table.all("th")), f"a head without scope: {table.all('caption')[0].text}"


class Browser:
    """Somebody at the console; without a name, a stranger at its door."""

    def __init__(self, world, username: str, language: str = "zh"):
        self.world = world
        self.client = world.signed_in(username) if username else world.app.test_client()
        self.client.set_cookie("language", language)

    def open(self, address: str) -> Page:
        """A page, wherever it leads on."""
        return Page(self.ask("get", address, follow_redirects=True))

    def status(self, address: str, method: str = "GET", **fields) -> int:
        """What the server answers, without reading the page; a form comes with its token."""
        if method == "GET":
            return self.ask("get", address).status_code
        return self.ask("post", address, data={"csrf_token": self.token(), **fields}).status_code

    def send(self, to: str, /, **fields) -> Page:
        """Post a form to this address and read where it leads."""
        values = {"csrf_token": self.token(), **fields}
        pairs = [(name, one) for name, value in values.items() for one in (value if isinstance(value, list) else [value])]
        return Page(self.ask("post", to, data=urlencode(pairs), content_type="application/x-www-form-urlencoded", follow_redirects=True))

    def send_file(self, to: str, /, file, **fields) -> Page:
        """Post a form with a file: `(content, name)`."""
        return Page(self.ask("post", to, data={"csrf_token": self.token(), "file": file, **fields}, follow_redirects=True))

    def token(self) -> str:
        page = Page(self.ask("get", "/sign-in"))
        return next(field["value"] for field in page.all("input") if field["name"] == "csrf_token")

    def ask(self, method: str, address: str, **more):
        """One request. Tests hold an application context open, so what one request left in `g` must not reach the next."""
        for name in list(g):
            g.pop(name)
        return getattr(self.client, method)(address, **more)
