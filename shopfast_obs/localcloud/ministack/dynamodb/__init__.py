"""DynamoDB's data path: MiniStack's tables and rules, with items whose size and JSON are kept.

MiniStack holds an item as a dictionary, measures it again for every page and encodes it again for every answer. Here
each stored item knows its size and its JSON, and each table its order, so that a page of a Scan is cut and joined.
Whatever these do not answer by themselves, MiniStack's own handlers answer, over the same items."""
