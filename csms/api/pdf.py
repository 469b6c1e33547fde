"""PDF pages: a receipt, a year in figures, a sheet of codes to print and stick. Built-in fonts: nothing is embedded.

The built-in fonts know Latin-1; another letter is shown as a question mark. Imported by who needs it: the library takes
tens of megabytes.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO

import segno
from fpdf import FPDF, XPos, YPos

from csms.api.bill_words import LINE_NAMES
from csms.domain.pricing import Bill
from csms.domain.transactions import Session
from csms.store.reports import Report, Sum

_FONT = "helvetica"


@dataclass(frozen=True, slots=True)
class Label:
    """One connector's, for the sheet."""

    name: str  # of its charge point
    connector_id: int
    code: str
    link: str


def text(value: object) -> str:
    return str(value).encode("latin-1", "replace").decode("latin-1")


def receipt(session: Session, bill: Bill, currency: str, site: str, given_back_cents: int) -> bytes:
    """Of a session that has ended; what was given back since is on it."""
    pdf = FPDF()
    pdf.set_title(f"Receipt {session.transaction_id}")
    pdf.set_creation_date(session.ended_at)  # the same session, the same bytes
    pdf.add_page()
    _line(pdf, f"Receipt {session.transaction_id}", size=18)
    _line(pdf, f"{site}: {session.charge_point}, connector {session.connector_id}")
    _line(pdf, f"{session.started_at:%Y-%m-%d %H:%M} to {session.ended_at:%Y-%m-%d %H:%M} UTC")
    _line(pdf, f"Meter {session.meter_start_wh} Wh to {session.meter_stop_wh} Wh: {session.energy_wh / 1000:.3f} kWh")
    pdf.ln(4)
    widths = (70, 50, 25, 35)
    _row(pdf, widths, ("What", "How much", "VAT", currency), bold=True)
    for line in bill.lines:
        name = ("Reservation: " if line.reservation else "") + LINE_NAMES[line.type]
        cells = (name, f"{line.quantity} {line.unit}", f"{line.vat_percent} %", f"{line.amount_cents / 100:.4f}")
        _row(pdf, widths, cells)
    pdf.ln(2)
    _row(pdf, widths, ("Total", "", "", f"{bill.total_cents / 100:.2f}"), bold=True)
    _row(pdf, widths, ("of which VAT", "", "", f"{bill.vat_cents / 100:.2f}"))
    if given_back_cents:
        _row(pdf, widths, ("Corrected since", "", "", f"{-given_back_cents / 100:.2f}"))
        _row(pdf, widths, ("To be paid", "", "", f"{(bill.total_cents - given_back_cents) / 100:.2f}"), bold=True)
    return bytes(pdf.output())


def qr(link: str) -> segno.QRCode:
    """Small enough for a sticker: version 2 holds 47 such characters at level L."""
    return segno.make_qr(link, error="l", mode="alphanumeric", boost_error=True)


def qr_svg(link: str) -> bytes:
    out = BytesIO()
    qr(link).save(out, kind="svg", scale=8, border=4, xmldecl=True, nl=False)
    return out.getvalue()


def yearly_report(of: Report, rows: Sequence[tuple[str, str, int, int, int]]) -> bytes:
    """A table a section: months, charge points, tariffs, the whole. `rows` as in csms.api.reports."""
    pdf = FPDF()
    pdf.set_title(f"Energy and earnings {of.year}")
    pdf.add_page()
    _line(pdf, f"Energy and earnings {of.year}", size=18)
    widths, section = (85, 30, 35, 35), ""
    for by, name, sessions, energy_wh, cents in rows:
        if by != section:
            pdf.ln(4)
            _row(pdf, widths, (by.capitalize(), "Sessions", "kWh", of.currency), bold=True)
            section = by
        cells = (name[:45], str(sessions), f"{energy_wh / 1000:.3f}", f"{cents / 100:.2f}")
        _row(pdf, widths, cells, bold=by == "total")
    _matrix(pdf, of, "kWh", lambda sums: f"{sums.energy_wh / 1000:.1f}")
    _matrix(pdf, of, of.currency, lambda sums: f"{sums.earnings_cents / 100:.2f}")
    return bytes(pdf.output())


_NAME_MM, _MONTH_MM, _SUM_MM = 48, 17, 21
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _matrix(pdf: FPDF, of: Report, unit: str, figure: Callable[[Sum], str]) -> None:
    """Charge points down, months across, sums at both edges; on pages that lie on their side."""

    def row(name: str, sums: Sequence[Sum], whole: Sum, *, bold: bool = False) -> None:
        if pdf.will_page_break(5):
            page()
        _cells(pdf, [name[:34], *(figure(each) if _any(each) else "" for each in sums), figure(whole)], bold=bold)

    def page() -> None:
        pdf.add_page(orientation="landscape")
        _line(pdf, f"By charge point and month {of.year}, {unit}", size=12)
        pdf.ln(2)
        _cells(pdf, ["", *_MONTHS, "Year"], bold=True)

    page()
    for point in of.charge_points:
        name = "" if point.name == point.charge_point else point.name
        row(f"{point.charge_point} {name}", point.months, point)
    row("All", of.months, of.total, bold=True)


def _any(sums: Sum) -> bool:
    return bool(sums.sessions or sums.energy_wh or sums.earnings_cents)


def _cells(pdf: FPDF, cells: Sequence[str], *, bold: bool) -> None:
    pdf.set_font(_FONT, "B" if bold else "", 7)
    widths = (_NAME_MM, *(_MONTH_MM,) * 12, _SUM_MM)
    for at, (width, cell) in enumerate(zip(widths, cells, strict=True)):
        pdf.cell(width, 5, text(cell), align="R" if at else "L")
    pdf.ln(5)


_COLUMNS, _ROWS = 3, 5
_CELL_MM, _TOP_MM, _LEFT_MM, _CODE_MM = (63.0, 54.0), 14.0, 10.0, 36.0


def qr_sheet(labels: Sequence[Label], emergency_number: str) -> bytes:
    """A4, fifteen to a page, in the order given."""
    pdf = FPDF(format="A4")
    pdf.set_auto_page_break(False)
    pdf.set_title("Connectors' codes")
    for at, label in enumerate(labels):
        place = at % (_COLUMNS * _ROWS)
        if place == 0:
            pdf.add_page()
        left = _LEFT_MM + (place % _COLUMNS) * _CELL_MM[0]
        top = _TOP_MM + (place // _COLUMNS) * _CELL_MM[1]
        _draw(pdf, label.link, left, top)
        pdf.set_font(_FONT, "B", 9)
        pdf.set_xy(left, top + _CODE_MM)
        pdf.cell(_CELL_MM[0] - 3, 4, text(f"{label.name[:28]} / {label.connector_id}"))
        pdf.set_font("courier", "B", 12)
        pdf.set_xy(left, top + _CODE_MM + 4)
        pdf.cell(_CELL_MM[0] - 3, 5, label.code)
        if emergency_number:
            pdf.set_font(_FONT, "", 7)
            pdf.set_xy(left, top + _CODE_MM + 9)
            pdf.cell(_CELL_MM[0] - 3, 3, text(f"Emergency: {emergency_number}"))
    return bytes(pdf.output())


def _draw(pdf: FPDF, link: str, left: float, top: float) -> None:
    """As rectangles, which print sharply at any size."""
    rows = [list(row) for row in qr(link).matrix]
    module = _CODE_MM / (len(rows) + 8)  # four modules of quiet on each side
    pdf.set_fill_color(0)
    for y, row in enumerate(rows):
        for x, dark in enumerate(row):
            if dark:
                pdf.rect(left + (x + 4) * module, top + (y + 4) * module, module, module, style="F")


def _line(pdf: FPDF, what: str, size: int = 11) -> None:
    pdf.set_font(_FONT, "B" if size > 11 else "", size)
    pdf.cell(0, size * 0.6, text(what), new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def _row(pdf: FPDF, widths: Sequence[int], cells: Sequence[str], *, bold: bool = False) -> None:
    pdf.set_font(_FONT, "B" if bold else "", 10)
    for at, (width, cell) in enumerate(zip(widths, cells, strict=True)):
        last = at == len(cells) - 1
        pdf.cell(width, 6, text(cell), align="R" if last else "L")
    pdf.ln(6)
