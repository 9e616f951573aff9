"""What alarms read, whether they can fire, and when they are kept quiet."""
