"""The year's report as PDF, for who files it. Imported by who needs it, as pdf.py."""

from datetime import date

from fpdf import FPDF

from csms.api.pdf import table_row, text_line
from csms.store.reports import Report, Sum

_WIDTHS = (80, 30, 40, 40)


def year(report: Report) -> bytes:
    pdf = FPDF()
    pdf.set_title(f"Report {report.year}")
    pdf.add_page()
    text_line(pdf, f"Report {report.year}", size=18)
    text_line(pdf, f"Energy and earnings in {report.currency}, less what was given back.")
    text_line(pdf, "Sessions count where they ended.")
    months = [(f"{date(report.year, month.month, 1):%B}", month) for month in report.months]
    points = [(f"{p.name} ({p.charge_point})" if p.name != p.charge_point else p.name, p) for p in report.charge_points]
    for title, rows in (
        ("Month", months),
        ("Charge point", points),
        ("Tariff", [(tariff.tariff, tariff) for tariff in report.tariffs]),
    ):
        pdf.ln(4)
        table_row(pdf, _WIDTHS, (title, "Sessions", "kWh", report.currency), bold=True)
        for name, figures in rows:
            table_row(pdf, _WIDTHS, (name[:42], *_figures(figures)))
        table_row(pdf, _WIDTHS, ("Total", *_figures(report.total)), bold=True)
    return bytes(pdf.output())


def _figures(of: Sum) -> tuple[str, str, str]:
    return str(of.sessions), f"{of.energy_wh / 1000:.3f}", f"{of.earnings_cents / 100:.2f}"
