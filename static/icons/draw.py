"""Draw the icons: the loop of six arcs, closed. `python static/icons/draw.py` writes the SVG, and its PNGs by Chromium."""

import shutil
from pathlib import Path

from playwright.sync_api import sync_playwright

HERE = Path(__file__).resolve().parent
GROUND, LOOP, OPEN = "#0b4a86", "#ffffff", "#8fc4fa"  # accent, white, and the night's accent: tokens.css
SIZES = {"icon-180": 180, "icon-192": 192, "icon-512": 512}


def main() -> None:
    (HERE / "icon.svg").write_text(drawing(radius=22, corner=22), encoding="utf-8")
    # A maskable icon is cut to a circle or a drop: its ground runs to the edge and the loop stays in the middle.
    (HERE / "icon-maskable.svg").write_text(drawing(radius=17, corner=0), encoding="utf-8")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for name, size in SIZES.items():
            draw(browser, drawing(radius=22, corner=0 if size == 180 else 22), HERE / f"{name}.png", size)
        draw(browser, drawing(radius=17, corner=0), HERE / "icon-maskable-512.png", 512)
        browser.close()


def drawing(radius: int, corner: int) -> str:
    """Six arcs on a square of 96; the fifth is the one that is open."""
    arcs = "".join(
        f'<circle cx="48" cy="48" r="{radius + 6}" pathLength="60" stroke-dasharray="7.6 52.4" stroke-dashoffset="{-10 * place - 1.2}" '
        f'stroke="{OPEN if place == 5 else LOOP}"/>'
        for place in range(6)
    )
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 96">'
        f'<rect width="96" height="96" rx="{corner}" fill="{GROUND}"/>'
        f'<g fill="none" stroke-width="{radius * 0.36:.1f}" transform="rotate(-90 48 48)">{arcs}</g></svg>\n'
    )


def draw(browser, svg: str, file: Path, size: int) -> None:
    page = browser.new_page(viewport={"width": size, "height": size})
    page.set_content(f"<style>body{{margin:0}}svg{{display:block;width:{size}px;height:{size}px}}</style>{svg}")
    page.screenshot(path=file, omit_background=True)
    page.close()


if __name__ == "__main__":
    main()
