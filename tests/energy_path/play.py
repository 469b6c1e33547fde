"""Plays random events against the energy path on a simulated board, judge.py looking on.

    python -m tests.energy_path.play bench bench_socket --steps 100000 --seed 1 [--no-chain]

A step is one event (a car, a card's decision, an offer, a fault, a stall, a power cut …) and the ticks until the next.
Each game of 2,000 steps has its own seed, told where one is lost, so that it can be played again alone.
"""
import argparse
import copy
import importlib
import random
import sys
import time
from collections import Counter
from typing import Any

from tests.energy_path import chip  # first: the firmware finds its words there
from tests.energy_path.judge import LONGEST_TICK_MS, Violation, judges
from tests.energy_path.world import Bay, World

GAME_STEPS = 2_000
METER_MS = 1_000
LONGEST_DELAY_S = 60
DELAYS_MS = (0, 0, 1_500, 7_500, 7_500)   # each a whole part of the longest: 2 ** 15 of them
OHMS = (50, 100, 220, 220, 220, 680, 1500, 100_000)
STALLS_MS = (45, 120, 200, 250, 400, 1_500, 4_000, 4_900, 5_200, 9_000)


class Nothing:
    """The parts of a board that no energy depends on."""


class Game:
    def __init__(self, name: str, seed: int, chain: bool = True) -> None:
        data = copy.deepcopy(importlib.import_module(f"firmware.boards.{name}").BOARD)
        for part in ("reader", "lamps", "ev_link", "panel"):
            data.pop(part, None)
        for connector in data["connectors"]:
            connector.pop("ev_link", None)
        self.data = data
        self.random = random.Random(seed)
        chip.pins.__init__()   # type: ignore[misc]
        self.offset_ms = self.random.choice((0, chip.WRAP_MS - 60_000))   # ticks wrap in the middle of a game
        self.start_delay_ms = self.random.choice(DELAYS_MS)
        self.world = World(data, chip.pins, chain)
        self.judges = judges(self.world, self.start_delay_ms)
        self.clock = 0
        self.last_ms = 0
        self.read_ms = 0
        self.events: Counter[str] = Counter()
        self.boot()

    def boot(self) -> None:
        from firmware.board_parts import build
        from firmware.evse.start_delay import begin
        for judge in self.judges:
            judge.boots()
        board: Any = build(Nothing(), self.data)
        self.controllers = board.controllers
        if self.start_delay_ms:   # as firmware/build.py does where BollardStartDelay is set; chance is the game's
            begin(self.controllers, LONGEST_DELAY_S,
                  lambda bits: (self.start_delay_ms << bits) // (LONGEST_DELAY_S * 1000))
        self.last_ms = self.world.now_ms
        for judge in self.judges:
            judge.restarted()

    # -- time

    def tick(self, ms: int) -> None:
        world = self.world
        world.advance(ms)
        now_ms = world.now_ms
        if now_ms - self.read_ms >= METER_MS:
            self.read_ms = now_ms
            for bay, controller in zip(world.bays, self.controllers, strict=True):
                self.read_meter(bay, controller)
        gap_ms = now_ms - self.last_ms
        self.clock += gap_ms if gap_ms <= LONGEST_TICK_MS else 20
        self.last_ms = now_ms
        for controller in self.controllers:
            controller.step((now_ms + self.offset_ms) % chip.WRAP_MS)
        for judge in self.judges:
            judge.look(self.clock, gap_ms)

    def read_meter(self, bay: Bay, controller: Any) -> None:
        controller.measured(round(bay.current_a() * 1000), (self.world.volts * 10,) * bay.spec["phases"])

    def run(self, ms: int) -> None:
        while ms > 0:
            step_ms = min(ms, 20 if ms > 200 else self.random.choice((9, 10, 11, 15, 20)))
            self.tick(step_ms)
            ms -= step_ms

    # -- events

    def step(self) -> None:
        dice, world = self.random, self.world
        number = dice.randrange(len(world.bays))
        bay, judge, controller = world.bays[number], self.judges[number], self.controllers[number]
        event = dice.choices(EVENTS, WEIGHTS)[0]
        self.events[event.__name__] += 1
        pause_ms = event(self, dice, bay, judge, controller)
        world.settle()
        self.run(pause_ms or dice.choice((3, 20, 20, 20, 40, 60)))

    def play(self, steps: int) -> None:
        for _ in range(steps):
            self.step()


def permit(judge: Any, controller: Any, allowed: bool) -> None:
    controller.permit(allowed)
    judge.permitted(allowed)


def offer(judge: Any, controller: Any, amperes: float) -> None:
    controller.offer(round(amperes * 10))
    judge.offer_a = amperes


def car(game: Game, dice: random.Random, bay: Bay, *_: Any) -> None:
    bay.car = dice.choice("ABBCCCCD")


def blip(game: Game, dice: random.Random, bay: Bay, *_: Any) -> int:
    """A contact that bounces, a plug that is pulled slowly."""
    was = bay.car
    for state in dice.choices("ABCDEF", k=dice.randrange(1, 4)):
        bay.car = state
        game.world.settle()
        game.run(dice.choice((5, 10, 20, 30)))
    bay.car = dice.choice((was, "A"))
    return 20


def charge(game: Game, dice: random.Random, bay: Bay, judge: Any, controller: Any) -> int:
    """What a day is full of: a car, a card, energy."""
    heal(game, dice, bay)
    if bay.car not in "BCD":
        bay.car = "B"
        game.world.settle()
        game.run(150)
    offer(judge, controller, dice.choice((6, 10, 16, 32)))
    permit(judge, controller, True)
    bay.car = "C"
    return dice.choice((540, 560, 560, 560, 560, 560, 600, 2_600))


def leave(game: Game, dice: random.Random, bay: Bay, judge: Any, controller: Any) -> int:
    heal(game, dice, bay)
    bay.car = "A"
    return dice.choice((60, 150, 150, 150, 150, 150, 200, 3_700))


def decide(game: Game, dice: random.Random, bay: Bay, judge: Any, controller: Any) -> None:
    permit(judge, controller, dice.random() < 0.6)


def withdraw(game: Game, dice: random.Random, bay: Bay, judge: Any, controller: Any) -> int:
    if dice.random() < 0.3:
        controller.open_now()
        judge.permitted(False)
    else:
        permit(judge, controller, False)
    return dice.choice((20, 100, 100, 500, 6_300))


def change_offer(game: Game, dice: random.Random, bay: Bay, judge: Any, controller: Any) -> int:
    offer(judge, controller, dice.choice((0, 5.9, 6, 8, 10, 16, 20, 32, 63)))
    return dice.choice((20, 20, 20, 20, 20, 20, 60, 60, 60, 60, 60, 60, 100, 100, 1_000, 6_300))


def spoil(game: Game, dice: random.Random, bay: Bay, *_: Any) -> int:
    world = game.world
    what = dice.choice(("leak", "earth", "stop", "heat", "diode", "bolt", "cable", "volts", "test"))
    if what == "leak":
        bay.guard.leak = True
    elif what == "earth":
        world.earth_lost = True
    elif what == "stop":
        world.stop = True
    elif what == "heat":
        world.heat_c = dice.choice((-40, 60, 64, 65, 67, 68, 70, 71, 90, 200))
    elif what == "diode":
        bay.diode = False
    elif what == "bolt":
        bay.bolt = False
    elif what == "cable":
        bay.cable_ohm = dice.choice(OHMS)
    elif what == "volts":
        world.volts = dice.choice((0, 150, 190, 200, 260, 270, 300))
    else:
        bay.guard.test_broken = True
    return dice.choice((10, 30, 30, 30, 30, 120, 120, 120, 120, 120, 120, 120, 400, 3_500))


def spoil_contactor(game: Game, dice: random.Random, bay: Bay, *_: Any) -> int:
    what = dice.choice(("welded", "stuck_open", "phases_welded", "phases_stuck_open"))
    setattr(bay, what, True)
    if what == "welded" and bay.car == "C":   # and the car is back before anybody can be sure of it
        for state, ms in (("B", dice.choice((60, 80))), ("C", 560)):
            bay.car = state
            game.world.settle()
            game.run(ms)
    return dice.choice((50, 700, 1_500))


def drive(game: Game, dice: random.Random, bay: Bay, *_: Any) -> int:
    bay.greedy = dice.random() < 0.5
    return dice.choice((100, 9_000))


def heal(game: Game, dice: random.Random, bay: Bay, *_: Any) -> int:
    world = game.world
    world.earth_lost = world.stop = bay.guard.leak = bay.guard.test_broken = False
    world.heat_c, world.volts = dice.choice((20, 61, 64)), 230
    bay.diode = True
    bay.welded = bay.stuck_open = bay.phases_welded = bay.phases_stuck_open = bay.greedy = False
    bay.bolt = bool(bay.spec.get("lock"))
    bay.cable_ohm = dice.choice((220, 220, 680))
    return dice.choice((20, 20, 20, 20, 20, 20, 20, 20, 20, 3_700))


def phases(game: Game, dice: random.Random, bay: Bay, judge: Any, controller: Any) -> int:
    if not bay.spec.get("phase_contactor"):
        return 20
    if dice.random() < 0.5:   # in the middle of a charge
        pause_ms = charge(game, dice, bay, judge, controller)
        game.world.settle()
        game.run(pause_ms)
    controller.phases.want(dice.choice((1, 3)))
    return dice.choice((20, 500, 19_000))


def outage(game: Game, dice: random.Random, bay: Bay, judge: Any, controller: Any) -> int:
    """The mains go for so long that the meter must see it, and return while a car waits with its authorization."""
    pause_ms = charge(game, dice, bay, judge, controller)
    if "voltage" not in game.data:
        return pause_ms
    game.world.settle()
    game.run(pause_ms)
    game.world.volts = dice.choice((0, 150))
    game.run(dice.choice((1_500, 4_500, 4_500)))
    game.world.volts = 230
    return dice.choice((1_500, 5_000, 5_000, 12_000))


def stall(game: Game, dice: random.Random, bay: Bay, *_: Any) -> int:
    game.tick(dice.choice(STALLS_MS))
    if dice.random() < 0.3:   # the world goes on meanwhile
        game.world.advance(dice.choice((5, 100, 900)))
        bay.car = dice.choice("ABC")
        game.world.settle()
        game.tick(dice.choice(STALLS_MS))
    return 20


def restart(game: Game, dice: random.Random, *_: Any) -> int:
    chip.pins.release()
    game.world.advance(dice.choice((30, 400)))
    game.boot()
    return 20


EVENTS = (car, blip, charge, leave, decide, withdraw, change_offer, spoil, spoil_contactor, drive, heal, phases, stall,
          outage, restart)
WEIGHTS = (26, 13, 10, 6, 8, 1.5, 7, 12, 1.2, 0.5, 9, 1.2, 8, 0.8, 1.5)


def lost(name: str, seed: int, steps: int, chain: bool) -> str | None:
    """Play one game; what the judge said where it ended early."""
    game = Game(name, seed, chain)
    try:
        game.play(steps)
    except Violation as violation:
        return f"{name}, seed {seed}, step {sum(game.events.values())}: {violation}"
    finally:
        TOTALS.update({"closings": sum(judge.closings for judge in game.judges), "ms": game.world.now_ms})
    return None


TOTALS: Counter[str] = Counter()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("boards", nargs="+")
    parser.add_argument("--steps", type=int, default=100_000, help="in all, shared among the boards")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--no-chain", action="store_true", help="without the hardware AND: the program alone")
    options = parser.parse_args()
    began, played, number = time.monotonic(), 0, 0
    while played < options.steps:
        steps = min(GAME_STEPS, options.steps - played)
        name = options.boards[number % len(options.boards)]
        found = lost(name, options.seed + number, steps, not options.no_chain)
        if found:
            print(found)
            return 1
        played, number = played + steps, number + 1
    print(f"steps={played} closings={TOTALS['closings']} simulated_h={TOTALS['ms'] / 3.6e6:.1f} "
          f"seconds={time.monotonic() - began:.0f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
