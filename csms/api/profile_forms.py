"""Charging profiles as they are sent to the API: for an operation, or for a charge that is to start with one."""

from datetime import UTC, datetime
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from csms.api.forms import Form, Moment
from csms.domain import charging_profiles
from ocppj import v16

MOST = 2**31 - 1
Positive = Annotated[int, Field(ge=1, le=MOST)]


class Period(Form):
    start_s: Annotated[int, Field(ge=0, le=MOST)]
    limit: Annotated[float, Field(ge=0, le=1_000_000)]  # in the schedule's unit, to one decimal
    phases: Annotated[int, Field(ge=1, le=3)] | None = None


class Schedule(Form):
    """What profiles of every purpose have."""

    id: Positive
    stack_level: Annotated[int, Field(ge=0, le=1000)] = 0
    kind: v16.ChargingProfileKind = "Absolute"
    recurrency: v16.RecurrencyKind | None = None
    valid_from: Moment | None = None
    valid_to: Moment | None = None
    unit: v16.ChargingRateUnit = "A"
    start_at: Moment | None = None
    duration_s: Annotated[int, Field(ge=1, le=MOST)] | None = None
    min_rate: Annotated[float, Field(ge=0, le=1_000_000)] | None = None
    periods: Annotated[list[Period], Field(min_length=1, max_length=100)]

    def trouble(self) -> str:
        """What is wrong with its times; "" if nothing is."""
        return charging_profiles.trouble_of_times(
            kind=self.kind,
            recurrency=self.recurrency,
            has_start=self.start_at is not None,
            starts_s=[period.start_s for period in self.periods],
        )

    def as_ocpp(self, purpose: v16.ChargingProfilePurpose, transaction_id: int | None = None) -> v16.ChargingProfile:
        periods = [v16.ChargingSchedulePeriod(p.start_s, round(p.limit, 1), p.phases) for p in self.periods]
        least = None if self.min_rate is None else round(self.min_rate, 1)
        return v16.ChargingProfile(
            self.id,
            self.stack_level,
            purpose,
            self.kind,
            v16.ChargingSchedule(self.unit, periods, self.duration_s, _utc(self.start_at), least),
            transaction_id,
            self.recurrency,
            _utc(self.valid_from),
            _utc(self.valid_to),
        )


class StartProfile(Schedule):
    """Of the transaction that is to start: it has no id yet (OCPP 1.6 errata 3.41)."""

    purpose: Literal["TxProfile"] = "TxProfile"
    kind: v16.ChargingProfileKind = "Relative"

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if wrong := self.trouble():
            raise ValueError(wrong)
        return self


def _utc(at: datetime | None) -> datetime | None:
    return None if at is None else at.astimezone(UTC)
