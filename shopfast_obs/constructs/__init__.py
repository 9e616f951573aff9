"""The CDK aspect that applies an overlay to any CDK app."""
