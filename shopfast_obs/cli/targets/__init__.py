"""Where a change goes (overlay, template, deployed function), and whether it kept what was predicted."""
