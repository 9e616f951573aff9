"""The live page: what a cloud observes, read again and again, over the same parts as the HTML report.

`observer.py` asks the cloud at a bounded rate, `rolling.py` keeps the last minutes, `board.py` holds what the page
shows, `server.py` sends it on as it changes.
"""
