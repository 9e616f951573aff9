"""What ships inside an instrumented function, as a layer; imports nothing of the rest."""
