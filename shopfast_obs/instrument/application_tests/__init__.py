"""What an application's own tests say about its instrumentation: how they are run, and what they bear."""
