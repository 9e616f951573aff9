"""Lambda's own paths in place of this machine's, wherever a function's errors and logs show them: what was made for AWS
(a fingerprint, a test) fits, and a deploy, which changes the folder of the code, does not change an error."""

from __future__ import annotations

import re
import sysconfig

from shopfast_obs.localcloud.lambdahost.sandbox.variables import Place


class Mask:
    """Replaces the paths of one execution environment."""

    def __init__(self, place: Place) -> None:
        self._names = {
            str(place.task_root): "/var/task",
            str(place.runtime_dir): "/var/runtime",
            sysconfig.get_path("stdlib"): f"/var/lang/lib/python{sysconfig.get_python_version()}",
            **{str(layer): "/opt" for layer in place.layers},
        }
        self._pattern = re.compile("|".join(map(re.escape, sorted(self._names, key=len, reverse=True))))

    def text(self, text: str) -> str:
        """The text as Lambda would have it."""
        return self._pattern.sub(lambda match: self._names[match[0]], text)

    def body(self, body: bytes) -> bytes:
        """The same for bytes; what is not UTF-8 stays as it is."""
        try:
            return self.text(body.decode()).encode()
        except UnicodeDecodeError:
            return body
