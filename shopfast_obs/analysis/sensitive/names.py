"""Whether a name (`DB_PASSWORD`, `x-api-key`, `clientSecret`) announces a secret, by its words."""

from __future__ import annotations

from enum import IntEnum
from functools import lru_cache

from shopfast_obs.patterns import late


class Level(IntEnum):
    """How sure a name is: WEAK needs a random value, FIRM one that is no plain word, STRONG masks all but references."""

    NONE = 0
    WEAK = 1
    FIRM = 2
    STRONG = 3
    HEADER = 4  # an authorization header: a scheme, then the credentials
    COOKIE = 5  # pairs of names and values


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_WORD = late(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")
_STRONG = _words(
    "password passwords passwd passwds passphrase passphrases passcode pwd pswd psk secret secrets mnemonic passwort "
    "contrasena motdepasse senha wachtwoord cvv cvc"
)
_FIRM = _words("token tokens apikey apikeys credential credentials jwt creds")
_WEAK = _words("pass pw pat auth sig signature otp totp pin bearer passkey cred")
# a key is a secret when the word before it says which
_KEYS = _words(
    "api access secret private signing encryption encrypt decryption crypto cipher aes rsa ssh pgp gpg hmac master "
    "license licence subscription admin deploy fernet jwt webhook tls ssl preshared symmetric wrapping ikm "
    "ingest ingestion rapidapi stripe openai anthropic sendgrid mailgun twilio datadog dd newrelic relic "
    "algolia gemini azure cosmos auth authentication authorization insert"
)
_WEAK_KEYS = _words(
    "account app application client consumer service storage session function functions shared root write read user "
    "server maps google host redis database db base provider data sas broker device"
)
_FUSED = late(
    r"(?:password|passwd|passphrase|passcode|pwd|secret|secrets|(?:api|secret|access|private|account|signing|encryption|master"
    r"|subscription|sharedaccess|auth)keys?|tokens?|credentials?"
    r"|\A(?:db|user|my|smtp|root|admin|bind|sql|mail|ftp|ldap|master|require)(?:pass|pw|auth))\Z"
)
# what follows the word when the name is about a secret without being one
_ABOUT = _words(
    "arn arns name names id ids path paths bucket buckets policy policies url urls uri uris endpoint endpoints host port table tables queue "
    "topic field fields header headers param params parameter parameters type types ttl expiry expires expiration "
    "expired in at on count counts counter length len size limit limits max min usage used version versions rotation "
    "manager provider providers file files filename dir directory folder prefix suffix format alg algorithm required "
    "enabled disabled valid validity invalid reset changed age use status state error errors attempts retries pattern "
    "regex class index indexes store vault location source ref reference region created updated modified date time "
    "timestamp days hours minutes minute seconds second ms budget cost price rate per scope scopes issuer audience mode label "
    "title description help hint prompt message messages template generator service lambda function role stack group "
    "owner validator checker handler factory tokenizer stage schema model strength complexity requirements rules "
    "column attribute attributes placeholder input form page view link button capacity quota remaining total exception found "
    "txt json py pem yml yaml env js ts md log logs html css svg recovery forgot history deleted lifetime duration "
    "estimate bytes chars last first metadata info tags cipher alias fingerprint thumbprint digest kid material "
    "scheme method flow authorizer context needed present exists protected selector permissions usages aliases "
    "spec usagelimit stdin spent sent generated accepted rejected issued revoked refreshed validated request requests response "
)
_AFTERWARDS = _words("value values text plain plaintext string raw b64 base64 encoded base data v1 v2 0 1 2 3 4 5")
_WHOSE = _words("ro rw prod production dev test staging admin user old new primary replica main backup")
# tokens of this kind say where something goes on or that it is not done twice; they open nothing
_HARMLESS_TOKENS = _words(
    "next page continuation pagination sync idempotency idempotent starting start resume delta skip max min total "
    "prompt completion input output num cached cache reasoning stop special pad eos bos unk cls sep mask sort first "
    "last previous prev cancel cancellation dedup deduplication clientrequest request checkpoint concurrency "
    "per by count used remaining estimated thinking image audio text creation"
)
_COOKIES = late(r"(?i)(?:set-?)?cookies?2?\Z")
_SESSIONS = late(r"(?i)(?:jsessionid|phpsessid|asp\.?net_sessionid|connect\.sid|sessionid|xsrf-token|csrftoken)\Z")
_HEADERS = late(r"(?i)(?:[\w-]*[-_])?(?:proxy-?)?authorization(?:token|header)?\Z")
_FOREIGN = late(
    r"(?i)(?:contrase\u00f1a|\u043f\u0430\u0440\u043e\u043b\u044c|\u5bc6\u7801|\u5bc6\u78bc|\u30d1\u30b9\u30ef\u30fc\u30c9|\ube44\ubc00\ubc88\ud638|has\u0142o|\u015fifre|l\u00f6senord"
    r"|jelsz\u00f3|mot_?de_?passe)\Z"
)
_ASCII = late(r"[^\x00-\x7f]")
_CODES = late(
    r"(?i)(?:.*[-_. ])?(?:otp|totp|pin|cvv2?|cvc2?|(?:mfa|pin|otp|sms|verification|security|confirmation|passcode|2fa|one-?time)[-_ ]?code)\Z|[a-z]{1,20}(?:Otp|Pin|VerificationCode)\Z"
)
_NUMBERED = late(r"\d+\Z")


@lru_cache(8192)
def level(name: str) -> Level:
    """How much a name says that its value is a secret."""
    if _HEADERS.match(name):
        return Level.HEADER
    if _COOKIES.match(name):
        return Level.COOKIE
    if _SESSIONS.match(name):
        return Level.FIRM
    if not name.isascii() or name.lower().startswith("mot"):
        return (
            Level.STRONG
            if _FOREIGN.search(name)
            else level(_ASCII.sub("_", name))
            if not name.isascii()
            else Level.NONE
        )
    words = [word.lower() for word in _WORD.findall(name)]
    while len(words) > 1 and (words[-1] in _AFTERWARDS or _NUMBERED.match(words[-1])):
        words.pop()
    if not words or words[-1] in _ABOUT:
        return Level.NONE
    found = Level.NONE
    for place, word in enumerate(words):
        found = max(found, _of(word, words[place - 1] if place else "", place, words))
    return found


@lru_cache(8192)
def is_code_name(name: str) -> bool:
    """True for the name of a short number that only its owner should know: a PIN, a one-time code."""
    return _CODES.match(name[-64:]) is not None


def _of(word: str, before: str, place: int, words: list[str]) -> Level:
    if word in _STRONG:
        return Level.STRONG
    if word in ("token", "tokens"):
        harmless = before in _HARMLESS_TOKENS or any(later in _ABOUT for later in words[place + 1 :])
        return Level.NONE if harmless else Level.FIRM
    if word in _FIRM:
        return Level.FIRM
    if word in ("key", "keys"):
        if before in _KEYS:
            return Level.FIRM
        return Level.WEAK if before in _WEAK_KEYS and word == "key" else Level.NONE
    if word in ("phrase", "words", "code", "codes"):
        return (
            Level.STRONG if before in ("seed", "pass", "recovery", "backup", "pin", "mfa", "otp", "pwd") else Level.NONE
        )
    if word in ("pass", "pw") and place and all(later in _WHOSE for later in words[place + 1 :]):
        return Level.FIRM
    if word in _WEAK:
        return Level.WEAK if place == len(words) - 1 else Level.NONE
    fused = _FUSED.search(word)
    if fused:
        return Level.STRONG if fused[0].startswith("pa") or fused[0] == "pwd" else Level.FIRM
    return Level.NONE
