"""A document names who is meant, also where an agency, a unit and a person have one id."""

from dataclasses import replace

from console.domain.incident import Incident
from console.reports.forms import resource_of
from console.reports.names import names_of
from tests.support_pack import assignment, incident, make_pack


def test_a_person_does_not_take_the_name_of_an_agency() -> None:
    pack = make_pack()
    known: Incident = incident()
    assert pack.users["fire"].name != pack.agencies["fire"].name, "one id, two names"
    names = names_of(pack)
    assert names.agencies["fire"] == pack.agencies["fire"].name
    sent = replace(assignment(known), unit="fire")  # no unit's id, but a person's
    assert resource_of(sent, names).name == resource_of(sent, names).agency == pack.agencies["fire"].name
