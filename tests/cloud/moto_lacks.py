"""What moto 5 does not have, and every look at an account therefore tells as a gap."""

from shopfast_obs.model.resources import Gap, Inventory

LACKS = ("alarm mute rules",)


def gaps(inventory: Inventory) -> list[Gap]:
    """The gaps that are not moto's."""
    return [gap for gap in inventory.gaps if gap.what not in LACKS]
