"""Who may do what: roles, function URLs, and whether a function in a VPC reaches anything outside of it."""
