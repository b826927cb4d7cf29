"""What the form offers is what saving accepts."""

from zoneinfo import ZoneInfo

import pytest

from services import regions
from services.public_holidays import checked_region
from services.translation import LANGUAGES


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_every_country_and_region_on_offer_is_accepted(language: str) -> None:
    offered = [
        f"{country}-{code}" if code else country
        for country in regions.countries(language)
        for code in ("", *regions.subdivisions(country))
    ]
    assert "DE-BY" in offered
    assert [region for region in offered if checked_region(region) != region] == []


def test_names_are_the_readers() -> None:
    assert regions.countries("de")["DE"] == "Deutschland"
    assert regions.countries("en")["DE"] == "Germany"
    assert regions.subdivisions("DE")["BY"] == "Bayern"


def test_every_time_zone_on_offer_exists() -> None:
    assert "Europe/Berlin" in regions.time_zones()
    assert [name for name in regions.time_zones() if ZoneInfo(name).key != name] == []
