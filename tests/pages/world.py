"""What a browser program needs to know of a running chain."""

import json
from pathlib import Path

from hardware.demo.chain import CARD, Chain

REPOSITORY = Path(__file__).resolve().parents[2]
PAGES = ("csms/web/operator", "csms/web/driver", "local_controller/web", "hardware/bench/web")


def missing_pages() -> list[str]:
    return [page for page in PAGES if not (REPOSITORY / page / "dist" / "index.html").is_file()]


def described(chain: Chain) -> str:
    """As JSON: addresses, accounts, charge points, the driver's card."""
    return json.dumps(
        {
            "csms": chain.csms_url,
            "site": chain.site_url,
            "bench": chain.bench_url,
            "operator": {"email": chain.admin.email, "password": chain.admin.password},
            "driver": {"email": chain.driver.email, "password": chain.driver.password},
            "sitePassword": chain.site_password,
            "chargePoints": chain.identities,
            "card": CARD,
        }
    )
