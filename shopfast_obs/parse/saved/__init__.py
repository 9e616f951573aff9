"""Saved files of traces and logs: which form one has, told by its content, and the values that it holds."""
