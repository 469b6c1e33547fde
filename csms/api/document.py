"""The OpenAPI document without a running CSMS, for programs that make types of it: `python -m csms.api.document`."""

import json
import sys
from typing import Any, cast

from csms.api.app import create_app
from csms.api.deps import Parts
from csms.config import Settings


class _Nothing:
    """Stands where running parts would: the routes only tell their shapes here, and nobody asks them."""

    settings = Settings()
    metrics = writer = clock = None


def document() -> dict[str, Any]:
    return create_app(cast(Parts, _Nothing())).openapi()


def text() -> str:
    """The same for the same routes, in whatever order they were put together."""
    return json.dumps(document(), indent=1, sort_keys=True)


if __name__ == "__main__":
    sys.stdout.write(text())
