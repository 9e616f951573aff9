"""From a CDK app to its assembly: run the app, or bring the last assembly to what has changed since."""
