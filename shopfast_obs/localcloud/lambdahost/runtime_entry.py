"""Executed as the runtime process: sets up the search path as Lambda does, then hands over to AWS's runtime interface client.

Runs under `python -S -s -P`, which leaves out every site-packages; the helpers that `site` adds to the builtins are restored.
"""

import os
import site
import sys

if __name__ == "__main__":
    site.setquit()
    site.setcopyright()
    site.sethelper()
    sys.path[:0] = os.environ.pop("_SEARCH_PATH").split(os.pathsep)
    from awslambdaric.__main__ import main

    main(["awslambdaric", os.environ["_HANDLER"]])
