"""Tokens that say by themselves who issued them: a prefix, an alphabet, a length."""

from __future__ import annotations

from collections.abc import Iterator

from shopfast_obs.analysis.sensitive.values import is_random
from shopfast_obs.patterns import late

Span = tuple[int, int, str]
_B = r"(?<![A-Za-z0-9_])"  # begins here; a percent-encoded or escaped character may be before it
_E = r"(?![A-Za-z0-9_-])"

# signs of which one must stand in the text, the kind, the pattern
_ISSUED: tuple[tuple[tuple[str, ...], str, str], ...] = (
    (("AKIA", "ASIA", "ABIA", "ACCA"), "AWS access key", r"(?<![A-Z0-9])(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}(?![A-Z0-9])"),
    (("IQoJb3", "FwoGZX", "FQoGZX", "FQoDYX"), "AWS session token", r"(?:IQoJb3JpZ2lu|FwoGZXIvYXdz|FQoGZXIvYXdz|FQoDYXdz)[\w/+=%-]{40,}"),
    (("ABSK",), "AWS Bedrock key", rf"{_B}ABSK[A-Za-z0-9+/]{{60,}}=*"),
    (("gh",), "GitHub token", rf"{_B}gh[pousr]_[A-Za-z0-9]{{30,255}}"),
    (("github_pat_",), "GitHub token", rf"{_B}github_pat_\w{{22,255}}"),
    (("gl",), "GitLab token", rf"{_B}(?:gl(?:pat|dt|rt|rtr|cbt|ptt|ft|imt|agent|soat|ffct|oas)-[\w.-]{{20,300}}|GR1348941[\w-]{{20,50}})"),
    (("xox", "xapp-", "xoxe."), "Slack token", rf"{_B}(?:xox[a-z](?:\.xox[bp])?-[A-Za-z0-9-]{{10,250}}|xapp-\d-[A-Za-z0-9-]{{10,250}})"),
    (("hooks.slack.com", "hooks.slack-gov.com"), "Slack webhook", r"/(?:services|workflows|triggers)/([A-Za-z0-9/_-]{20,120})"),
    (("_live_", "_test_", "whsec_"), "Stripe key", rf"{_B}(?:(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{{10,250}}|whsec_[A-Za-z0-9+/=]{{20,100}})"),
    (("AIza",), "Google API key", rf"{_B}AIza[\w-]{{35}}(?![\w-])"),
    (("ya29.", "1//0", "GOCSPX-"), "Google token", rf"{_B}(?:ya29\.[\w.-]{{20,2048}}|1//0[\w-]{{30,200}}|GOCSPX-[\w-]{{20,40}})"),
    (("npm_",), "npm token", rf"{_B}npm_[A-Za-z0-9]{{30,100}}"),
    (("pypi-",), "PyPI token", rf"{_B}pypi-[\w-]{{40,500}}"),
    (("rubygems_", "dckr_", "dop_v1_", "doo_v1_", "dor_v1_"), "registry token",
     rf"{_B}(?:rubygems_[a-f0-9]{{40,60}}|dckr_[po]at_[\w-]{{20,60}}|do[por]_v1_[a-f0-9]{{50,80}})"),
    (("sk-",), "API token", rf"{_B}(?:sk-ant-[\w-]{{20,250}}|sk-(?:proj|svcacct|admin|None|or-v1|lf)-[\w-]{{20,250}}|sk-[A-Za-z0-9]{{32,250}})"),
    (("SG.",), "SendGrid key", rf"{_B}SG\.[\w-]{{16,40}}\.[\w-]{{20,60}}"),
    (("SK",), "Twilio key", rf"{_B}SK[0-9a-f]{{32}}{_E}"),
    (("hf_", "api_org_"), "Hugging Face token", rf"{_B}(?:hf|api_org)_[A-Za-z]{{30,60}}{_E}|{_B}hf_[A-Za-z0-9]{{30,60}}"),
    (("hvs.", "hvb.", "hvr.", "s."), "Vault token", rf"{_B}(?:hv[sbr]\.[\w-]{{20,300}}|s\.[A-Za-z0-9]{{24}}{_E})"),
    (("NRAK-", "NRJS-", "NRII-", "NRBR-", "NRAL"), "New Relic key", rf"{_B}(?:NR(?:AK|JS|II|BR)-[A-Za-z0-9_-]{{15,60}}|[a-f0-9]{{36}}NRAL)"),
    ((":AA",), "Telegram token", r"(?<!\d)\d{8,10}:AA[\w-]{32,35}(?![\w-])"),
    (("key-", "pubkey-"), "Mailgun key", rf"{_B}key-[0-9a-f]{{32}}{_E}"),
    (("-us",), "Mailchimp key", rf"{_B}[0-9a-f]{{32}}-us\d{{1,2}}{_E}"),
    (("shp",), "Shopify token", rf"{_B}shp(?:at|ca|pa|ss|tka)_[A-Fa-f0-9]{{30,64}}"),
    (("ATATT3", "ATCTT3", "ATBB", "ATOA"), "Atlassian token", rf"{_B}(?:AT[AC]TT3[\w=-]{{20,300}}|ATBB[A-Za-z0-9]{{24,60}})"),
    (("lin_",), "Linear key", rf"{_B}lin_(?:api|oauth)_[A-Za-z0-9]{{30,80}}"),
    ((".atlasv1.",), "Terraform token", rf"{_B}[A-Za-z0-9]{{10,20}}\.atlasv1\.[\w=-]{{40,120}}"),
    (("AGE-SECRET-KEY-", "age-secret-key-"), "age key", r"(?i)AGE-SECRET-KEY-1[A-Z0-9]{40,80}"),
    (("sq0", "EAAA"), "Square token", rf"{_B}(?:sq0[a-z]{{3}}-[\w-]{{22,60}}|EAAA[\w-]{{50,70}}{_E})"),
    (("EAACEdEose0cBA", "EAAG", "EAAB"), "Facebook token", rf"{_B}EAA[A-Za-z0-9]{{60,300}}"),
    (("PMAK-", "pul-", "dapi", "glsa_", "glc_", "sntrys_", "sntryu_", "figd_", "pscale_", "ntn_", "secret_", "pnu_",
      "phc_", "phx_", "sbp_", "rdme_", "vercel_", "vc", "nfp_", "fo1_", "FlyV1", "tfp_", "gsk_", "xai-", "r8_", "AGPA", "dt0c01.",
      "CFPAT-", "ops_", "pat-", "patch", "key1", "sgp_", "dp.", "PRVTKEY", "ico-", "EZ", "shippo_", "access_token$", "duffel_",
      "frame_", "flb", "FLWSECK", "lip_", "AKCp", "cmVmd", "HRKU-", "CLOJARS_", "sgn", "tk-", "pplx-", "jina_", "fc-", "tvly-", "nvapi-", "fw_", "LTAI"), "API token",
     rf"{_B}(?:PMAK-[a-f0-9]{{24}}-[a-f0-9]{{34}}|pul-[a-f0-9]{{40}}|dapi[a-f0-9]{{32}}(?:-\d)?|gls?[ac]_[\w=+/-]{{30,400}}|sntry[su]_[\w=+/.-]{{40,500}}"
     r"|figd_[\w-]{30,60}|pscale_(?:tkn|oauth|pw)_[\w.=-]{30,70}|ntn_[A-Za-z0-9]{40,60}|secret_[A-Za-z0-9]{40,60}|pnu_[A-Za-z0-9]{36}|ph[cx]_[A-Za-z0-9]{40,60}"
     r"|sbp_[a-f0-9]{40}|rdme_[a-z0-9]{70}|vercel_[A-Za-z0-9_]{24,60}|nfp_[A-Za-z0-9]{30,50}|f[om]\d_[\w-]{40,200}|tfp_[A-Za-z0-9]{40,60}|gsk_[A-Za-z0-9]{40,60}"
     r"|xai-[A-Za-z0-9]{60,90}|r8_[A-Za-z0-9]{30,45}|dt0[a-z]01\.[A-Z0-9]{24}\.[A-Z0-9]{64}|CFPAT-[\w-]{40,50}|ops_eyJ[\w-]{100,1000}|pat-[a-z]{2}\d-[0-9a-f-]{36}"
     r"|sgp_[\w]{40,80}|dp\.(?:pt|st|ct|sa|scim|audit)\.[\w.-]{30,60}|shippo_(?:live|test)_[a-f0-9]{40}|duffel_(?:test|live)_[\w=-]{43}"
     r"|FLWSECK[\w-]{20,60}|AKCp[A-Za-z0-9]{60,80}|HRKU-[\w-]{30,70}|CLOJARS_[a-z0-9]{60}|pplx-[A-Za-z0-9]{40,60}|jina_[\w]{40,80}|fc-[a-f0-9]{32}|tvly-[\w-]{24,60}"
     r"|nvapi-[\w-]{50,90}|access_token\$production\$[a-z0-9]{16}\$[a-f0-9]{32}|LTAI[A-Za-z0-9]{16,24}|EZ[AT]K[A-Za-z0-9]{54}|ico-[A-Za-z0-9]{32})"),
    (("pat",), "Airtable token", rf"{_B}pat[A-Za-z0-9]{{14}}\.[a-f0-9]{{64}}"),
    (("CCIPAT_", "CCIPRJ_"), "CircleCI token", rf"{_B}CCIP(?:AT|RJ)_[A-Za-z0-9]{{20,24}}_[a-f0-9]{{40}}"),
    (("v1.0-",), "Cloudflare key", rf"{_B}v1\.0-[a-f0-9]{{24}}-[a-f0-9]{{146}}"),
    (("oy2",), "NuGet key", rf"{_B}oy2[a-z0-9]{{43}}{_E}"),
    (("xkeysib-", "xsmtpsib-"), "Brevo key", rf"{_B}x(?:key|smtp)sib-[a-f0-9]{{32,64}}-[A-Za-z0-9]{{10,32}}"),
    (("$2", "$5$", "$6$", "$y$", "$7$", "$1$", "$apr1$", "$argon2", "$scrypt"), "password hash",
     r"\$(?:2[abxy]?|5|6|y|7|1|apr1|argon2(?:id|i|d)|scrypt|pbkdf2-sha\d{1,3})\$[\w./$,=+-]{20,200}"),
    (("discord",), "Discord webhook", r"/webhooks/(\d{15,22}/[\w-]{40,90})"),
    (("MT", "MD", "Mz", "Mj", "NT", "ND", "Nz", "Nj", "OD", "OT"), "Discord token", rf"{_B}[MNO][A-Za-z\d_-]{{23,27}}\.[\w-]{{6}}\.[\w-]{{27,40}}{_E}"),
    (("office.com/webhook",), "webhook", r"office\.com/webhook\w{0,2}/([^\s\"']{20,300})"),
    (("AccountKey", "SharedAccess", "accountkey"), "Azure key", r"(?i)(?<=AccountKey=)[A-Za-z0-9+/=%]{20,}|(?<=SharedAccessKey=)[A-Za-z0-9+/=%]{20,}"),
    (("8Q~",), "Azure client secret", rf"{_B}[A-Za-z0-9_~.]{{3}}8Q~[A-Za-z0-9_~.-]{{31,34}}"),
    (("eyJ",), "JSON web token", r"(?<![\w-])eyJ[\w-]{6,8192}\.[\w-]{4,16384}\.[\w-]{0,8192}(?:\.[\w-]{0,8192}){0,2}"),
)  # fmt: skip
_COMPILED = tuple((kind, late(pattern)) for _, kind, pattern in _ISSUED)
_SIGNS = tuple((sign, place) for place, (signs, _, _) in enumerate(_ISSUED) for sign in signs)
_SECRET_KEY = late(r"(?<![A-Za-z0-9/+=_-])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=_-])")
# issuers that are not listed: a prefix with a word for a secret in it, then random letters
_OTHER = late(
    r"(?<![A-Za-z0-9])([a-z][a-z0-9]{0,11}(?:[_-][a-z0-9]{1,10}){0,3}[_-])(?=[a-z0-9_-]{0,40}[A-Z])([A-Za-z0-9]{16,200})(?![A-Za-z0-9])"
)
_SECRETIVE = late(
    r"(?:\A|[_-])(?:sk|rk|pat|tkn|tok|token|secret|api|oauth|auth|priv|live|key|access|apikey|refresh)[_-]"
)
_UNLISTED = len(_ISSUED)
_HEX = late(r"[0-9a-f]+\Z")
_SCHEMES = late(r"(?i)\b(bearer|basic|digest|negotiate|ntlm|apikey|api-key)[ ]([\w.~+/%=:-]{12,16384})")


def places(run: str) -> frozenset[int]:
    """Which forms of tokens a run of letters and signs can hold, by what stands in it."""
    found = {place for sign, place in _SIGNS if sign in run}
    if "_" in run or "-" in run:
        found.update(_UNLISTED for match in _OTHER.finditer(run) if _SECRETIVE.search(match[1]))
    return frozenset(found)


def spans(text: str, wanted: frozenset[int]) -> Iterator[Span]:
    """Where tokens of issuers stand that are of the wanted forms."""
    for place in sorted(wanted - {_UNLISTED}):
        kind, pattern = _COMPILED[place]
        for match in pattern.finditer(text):
            yield *match.span(match.lastindex or 0), kind
    for match in _OTHER.finditer(text) if _UNLISTED in wanted else ():
        if _SECRETIVE.search(match[1]) and is_random(match[2]):
            yield match.start(), match.end(), "API token"
    if "AKIA" in text or "ASIA" in text:
        for match in _SECRET_KEY.finditer(text):
            if is_random(match[0]) and not _HEX.match(match[0]):
                yield match.start(), match.end(), "AWS secret key"


def schemes(text: str) -> Iterator[Span]:
    """Where credentials stand after the name of an authorization scheme."""
    for match in _SCHEMES.finditer(text):
        if is_random(match[2]):
            kind = "bearer token" if match[1].lower() == "bearer" else "authorization header"
            yield match.start(2), match.end(2), kind


KINDS = ("AWS secret key", "bearer token", "authorization header", *(kind for _, kind, _ in _ISSUED))
