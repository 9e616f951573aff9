"""Executed as the runtime process: sets the search path as Lambda does, then hands over to AWS's runtime client.

Runs under `python -S -s -P`, which leaves out every site-packages; what `site` adds to the builtins is restored.
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
