"""What the functions share about money."""


def cents(amount):
    """The amount as a whole number of cents."""
    return round(float(amount) * 100)
