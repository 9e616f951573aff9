"""An application of durable functions, instrumented, in the SDK's own local runner and on the local cloud."""
