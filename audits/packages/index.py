"""The pages inside a package: plain HTML that reads offline, without scripts and without anything from elsewhere."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from html import escape
from typing import Any
from urllib.parse import quote

from audits.packages.scopes import PackageScope

STYLE = """body{font:16px/1.5 system-ui,sans-serif;max-width:64rem;margin:2rem auto;padding:0 1rem;color:#1c2430;background:#fff}
h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2rem}table{border-collapse:collapse;width:100%}
th,td{text-align:left;vertical-align:top;padding:.35rem .6rem;border-bottom:1px solid #d5dae1}td.num{text-align:right}
code{font-size:.85em;overflow-wrap:anywhere}a{color:#0b57d0}.hidden{position:absolute;left:-9999px}
@media(prefers-color-scheme:dark){body{color:#e4e8ee;background:#12161c}th,td{border-color:#333c48}a{color:#8ab4f8}}"""


def sheet_page(title: str, says: str, body: str) -> bytes:
    """A page of an evidence sheet; `body` is the rendered table of its twelve facts."""
    return _page(title, f"<h1>{escape(title)}</h1><p>{escape(says)}</p>{body}")


def index_page(
    organization: str, scope: PackageScope, at: datetime, by: str, counts: Mapping[str, int], left_out: Sequence[str],
    files: Sequence[Mapping[str, Any]],
) -> bytes:  # fmt: skip
    """The front page: what this is, how it is verified, what it holds and what not."""
    figures = "".join(
        f"<tr><th scope='row'>{escape(name.capitalize())}</th><td class='num'>{number:,}</td></tr>" for name, number in counts.items()
    )
    missing = "".join(f"<li>{escape(each)}</li>" for each in left_out) or "<li>Nothing that its scope and the reader's role include.</li>"
    rows = "".join(
        f"<tr><td><a href='{quote(each['path'])}'>{escape(each['path'])}</a></td><td>{escape(each['what'])}</td>"
        f"<td class='num'>{each['size']:,}</td></tr>"
        for each in files
    )
    listed = (
        f"<table><thead><tr><th>File</th><th>What it is</th><th>Bytes</th></tr></thead><tbody>{rows}</tbody></table>"
        if files
        else "<p>The files are too many for a page; manifest.json lists them.</p>"
    )
    return _page(
        f"Evidence package of {organization}",
        f"<h1>Evidence package of {escape(organization)}</h1>"
        f"<p>Scope: {escape(scope.title)}, from {scope.start:%d %b %Y %H:%M} to {scope.until:%d %b %Y %H:%M} UTC. "
        f"Made {at:%d %b %Y %H:%M} UTC by {escape(by)} (role {escape(scope.role)}).</p>"
        "<p><strong>Verify it first</strong>: <a href='VERIFY.md'>VERIFY.md</a> says how, with <a href='verify.py'>verify.py</a>, with "
        "<a href='verify.html'>verify.html</a> in this browser, or by hand. The key has to come by another way than this package.</p>"
        f"<h2>What it holds</h2><table><tbody>{figures}</tbody></table><h2>What was left out</h2><ul>{missing}</ul>"
        f"<h2>Files</h2>{listed}"
        "<p>The log proves that these bytes were recorded then and have not changed since. It does not prove that the sources told the "
        "truth, and nothing here is an auditor's conclusion.</p>",
    )


def _page(title: str, body: str) -> bytes:
    return (
        f"<!doctype html><html lang='en'><head><meta charset='utf-8'><meta name='viewport' content='width=device-width'>"
        f"<title>{escape(title)}</title><style>{STYLE}</style></head><body><main>{body}</main></body></html>\n"
    ).encode()
