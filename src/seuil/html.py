"""Self-contained HTML: one file, our own style, nothing from elsewhere."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

STYLE = """
:root{--ink:#1b1d1f;--soft:#5a6268;--line:#d9dde0;--paper:#fff;--wash:#f4f6f7;--bad:#a4262c;--bad-wash:#fbeceb;
--warn:#7a4d00;--warn-wash:#fdf3dc;--good:#1c6b3f;--good-wash:#e8f4ec;--accent:#20507a}
*{box-sizing:border-box}
body{font:16px/1.5 system-ui,"Segoe UI","Noto Sans","DejaVu Sans",sans-serif;margin:0}
body{color:var(--ink);background:var(--paper)}
main{max-width:60rem;margin:0 auto;padding:1.5rem 1rem 4rem}
h1{font-size:1.7rem;line-height:1.2;margin:.2rem 0 .6rem}
h2{font-size:1.2rem;margin:2.2rem 0 .5rem;border-bottom:1px solid var(--line);padding-bottom:.25rem}
h3{font-size:1rem;margin:1.4rem 0 .3rem}
p{margin:.4rem 0;max-width:46rem}
.soft{color:var(--soft)}
.banner{border-left:.35rem solid;padding:.6rem .9rem;margin:1rem 0;font-weight:600}
.banner.bad{border-color:var(--bad);background:var(--bad-wash);color:var(--bad)}
.banner.good{border-color:var(--good);background:var(--good-wash);color:var(--good)}
.banner.warn{border-color:var(--warn);background:var(--warn-wash);color:var(--warn)}
.scroll{overflow-x:auto}
table{border-collapse:collapse;font-size:.92rem;margin:.5rem 0;font-variant-numeric:tabular-nums}
th,td{padding:.28rem .7rem;border-bottom:1px solid var(--line);text-align:left;vertical-align:top}
th{font-weight:600;background:var(--wash)}
td.number,th.number{text-align:right;white-space:nowrap}
tr.bad td{background:var(--bad-wash)} tr.warn td{background:var(--warn-wash)}
td.bad{background:var(--bad-wash);color:var(--bad);font-weight:600}
td.warn{background:var(--warn-wash);color:var(--warn);font-weight:600}
.sum{border:1px solid var(--line);border-radius:.3rem;padding:.7rem .9rem;margin:.8rem 0;break-inside:avoid}
.sum h3{margin:0 0 .3rem}
.sum ol{margin:.2rem 0;padding-left:1.4rem}
.calc{font-family:ui-monospace,"DejaVu Sans Mono",Consolas,monospace;font-size:.88rem;background:var(--wash);
padding:.5rem .7rem;margin:.4rem 0;white-space:pre-wrap;overflow-wrap:anywhere}
.bar{display:inline-block;height:.7rem;background:var(--accent);vertical-align:middle}
.bar.two{background:#d08a2e}
@media print{main{max-width:none;padding:0}}
"""


@dataclass(frozen=True)
class Page:
    """An HTML document."""

    html: str

    def save(self, path: Path | str) -> None:
        """Write it into a file."""
        Path(path).write_text(self.html, encoding="utf-8")

    def _repr_html_(self) -> str:
        return self.html


def page(title: str, parts: Iterable[str]) -> Page:
    """A whole document around its parts (HTML)."""
    body = "\n".join(parts)
    return Page(
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<title>{escape(title)}</title>\n<style>{STYLE}</style></head>\n<body><main>\n{body}\n</main></body></html>\n"
    )


def text(tag: str, words: str, kind: str = "") -> str:
    """One element that holds a text."""
    name = f' class="{kind}"' if kind else ""
    return f"<{tag}{name}>{escape(words)}</{tag}>"


def html_table(
    head: Sequence[str], rows: Iterable[Sequence[str]], *, numbers: Iterable[int] = (), kinds: Sequence[str] = ()
) -> str:
    """A table of texts. numbers: columns to the right; kinds: a class for each row."""
    right = set(numbers)

    def cell(tag: str, k: int, words: str) -> str:
        return text(tag, words, "number" if k in right else "")

    out = ["<tr>" + "".join(cell("th", k, words) for k, words in enumerate(head)) + "</tr>"]
    for k, row in enumerate(rows):
        name = f' class="{kinds[k]}"' if kinds and kinds[k] else ""
        out.append(f"<tr{name}>" + "".join(cell("td", j, words) for j, words in enumerate(row)) + "</tr>")
    return '<div class="scroll"><table>\n' + "\n".join(out) + "\n</table></div>"
