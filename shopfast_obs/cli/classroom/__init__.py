"""One learner at one project, and the deployed application as the checks of the workshop see it."""
