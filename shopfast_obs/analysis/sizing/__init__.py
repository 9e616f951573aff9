"""Memory and time of functions: what a size costs and brings, and what a change is predicted to bring."""
