"""Imports point one way through the house: the table below is the rule, read from the sources themselves."""
import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
OURS = ("firmware", "ocppj", "local_controller", "csms", "hardware", "tests")

# Who may import whom, by the longest name that fits; a package may always import itself.
MAY_IMPORT: dict[str, set[str]] = {
    "ocppj": set(),
    # the device: the rooms meet by arguments, only build knows everyone
    "firmware.evse": set(),
    "firmware.drivers": set(),
    "firmware.net": set(),
    "firmware.store": set(),
    "firmware.ocpp": set(),
    "firmware.boards": set(),
    "firmware.config": set(),
    "firmware.setup": {"firmware.modules"},
    "firmware.diagnostics": {"firmware.evse"},
    "firmware.log_lines": set(),
    "firmware.clock": {"firmware.modules"},
    "firmware.iso8601": set(),
    "firmware.authorizer": set(),
    "firmware.authorization": set(),
    "firmware.cards": set(),
    "firmware.cable_lock": {"firmware.evse"},
    "firmware.ev_link": set(),
    "firmware.register_map_check": set(),
    "firmware.ev_link_wiring": {"firmware.ev_link", "firmware.ocpp"},
    "firmware.panel": {"firmware.drivers", "firmware.modules"},
    "firmware.charge_point": {"firmware.connector", "firmware.evse"},
    "firmware.connector": set(),
    "firmware.turning_points": {"firmware.authorizer"},
    "firmware.modules": set(),
    "firmware.device": {"firmware.modules"},
    "firmware.sharing": {"firmware.evse"},
    "firmware.board": {"firmware.board_check", "firmware.board_parts"},
    "firmware.board_check": set(),
    "firmware.energy_check": set(),
    "firmware.energy_parts": {"firmware.evse"},
    "firmware.board_parts": {"firmware.drivers", "firmware.evse"},
    "firmware.build": {"firmware"},
    "firmware.main": {"firmware.modules"},
    # csms and local_controller never meet
    "local_controller.allocation": set(),
    "local_controller": {"ocppj"},
    "local_controller.main": {"local_controller", "ocppj", "hardware.pi"},
    "csms.domain": set(),
    "csms.config": set(),
    "csms.bus": set(),
    "csms.store": {"csms.domain", "ocppj.log", "ocppj.transaction_facts"},
    "csms.gateway": {"ocppj", "csms.bus", "csms.store.credentials"},
    # the gateway asks over the bus, so those who answer see it too
    "csms.handlers": {"ocppj", "csms.bus", "csms.domain", "csms.store"},
    "csms.commands": {"ocppj", "csms.bus", "csms.domain"},
    "csms.local_lists": {"csms.bus", "csms.commands", "csms.domain", "csms.store", "ocppj"},
    "csms.controller_lists": {"csms.bus", "csms.commands", "csms.domain", "csms.store", "ocppj"},
    "csms.zombies": {"csms.handlers", "csms.domain", "csms.store", "ocppj"},
    "csms.running_sessions": {"csms.domain", "csms.store", "ocppj.log"},
    "csms.outbox_relay": {"csms.bus", "csms.store", "ocppj.log"},
    "csms.reservation_keeper": {"ocppj.log", "csms.bus", "csms.commands", "csms.domain", "csms.store"},
    "csms.registrar": {"ocppj.log", "csms.bus", "csms.commands", "csms.domain", "csms.store"},
    "csms.metrics": set(),
    "csms.tls": {"csms.config", "csms.domain", "ocppj.log"},
    "csms.keeping": {"csms.store", "ocppj.log"},
    "csms.authority": {"csms.domain", "ocppj.log"},
    "csms.certificate_signing": {
        "csms.authority", "csms.bus", "csms.commands", "csms.domain", "csms.store", "ocppj.log",
    },
    "csms.message_log": {"csms.bus", "csms.domain"},
    "csms.house": {"csms.config", "csms.store", "ocppj.log"},
    "csms.backup": {"csms.config", "csms.domain", "csms.store"},
    "csms.on_site_teller": {"ocppj.log", "csms.bus", "csms.commands", "csms.domain", "csms.store"},
    "csms.display_teller": {"ocppj.log", "csms.bus", "csms.commands", "csms.domain", "csms.store"},
    "csms.notify": {"ocppj.log", "csms.domain", "csms.store"},
    "csms.payments": {"ocppj.log", "csms.bus", "csms.commands", "csms.domain"},
    "csms.api": {
        "csms.reservation_keeper", "csms.metrics", "csms.message_log", "csms.house",
        "csms.notify", "csms.payments", "csms.domain", "csms.store", "csms.commands", "csms.bus", "csms.config",
        "ocppj",
    },
    # service wires all of them, main is its command line
    "csms.service": {"csms", "ocppj.log"},
    "csms.main": {"csms", "ocppj.log"},
    # the world around the boards: nothing that is shipped to them knows it
    "hardware.board_files": {"firmware.board_check"},
    "hardware.ports": set(),
    "hardware.pi": {"hardware.ports"},
    "hardware.bench": {"firmware.boards", "ocppj.log"},
    "hardware.bench.fleet": {"ocppj", "hardware.bench.fleet_answers"},
    "hardware.bench.fleet_answers": {"ocppj"},
    "hardware.demo": set(),
    "hardware.wokwi": {"firmware.boards", "hardware.wiring.pins"},
    "hardware.wiring": {"hardware.board_files"},
    # what it puts on a board is what the bench runs, made by the same hand
    "hardware.flash.on_board": {"firmware"},   # runs on the board, among the firmware
    "hardware.flash": {"firmware.config", "hardware.bench.board", "hardware.bench.errors", "hardware.bench.image",
                       "hardware.bench.world"},
    "tests": set(OURS),
}


def modules() -> Iterator[tuple[str, Path]]:
    for top in OURS[:-1]:
        for path in sorted((REPOSITORY / top).rglob("*.py")):
            if "node_modules" in path.parts or path.relative_to(REPOSITORY).parts[:3] == ("hardware", "bench", "shim"):
                continue
            dotted = ".".join(path.relative_to(REPOSITORY).with_suffix("").parts)
            yield dotted.removesuffix(".__init__"), path


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def within(module: str, package: str) -> bool:
    return module == package or module.startswith(package + ".")


def rule_for(module: str) -> str | None:
    return max((name for name in MAY_IMPORT if within(module, name)), key=len, default=None)


@pytest.mark.parametrize("module", [name for name, _ in modules()])
def test_imports_point_one_way(module: str) -> None:
    path = dict(modules())[module]
    rule = rule_for(module)
    if rule is None:
        assert not [name for name in imported(path) if name.split(".")[0] in OURS], f"{module} has no row in MAY_IMPORT"
        return
    allowed = MAY_IMPORT[rule] | {rule}
    strangers = [
        name for name in imported(path)
        if name.split(".")[0] in OURS and not any(within(name, package) for package in allowed)
    ]
    assert not strangers, f"{module} may import only {sorted(allowed)} of ours, but imports {strangers}"


def test_the_device_knows_nothing_of_the_bench() -> None:
    for module, path in modules():
        if within(module, "firmware"):
            assert "bench" not in path.read_text().lower() or module.startswith("firmware.boards.bench"), module


def test_no_circle_between_modules() -> None:
    seen = {name: set(imported(path)) for name, path in modules()}
    edges = {
        name: {target for target in seen if target != name and any(within(i, target) for i in names)}
        for name, names in seen.items()
    }
    done: set[str] = set()

    def visit(name: str, trail: tuple[str, ...]) -> None:
        assert name not in trail, " -> ".join([*trail[trail.index(name):], name])
        if name in done:
            return
        for target in sorted(edges[name]):
            # a package's __init__ that imports its own children is one room, not a circle
            if not (within(target, name) or within(name, target)):
                visit(target, (*trail, name))
        done.add(name)

    for name in sorted(edges):
        visit(name, ())
