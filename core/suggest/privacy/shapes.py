"""The shapes that providers give their keys, one row for each kind, from the providers' own pages on keys and tokens.

Every row begins with what only such a key begins with, so that a text is read once whatever it holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_BASE = "[A-Za-z0-9]"
_WEB = "[A-Za-z0-9_-]"
_HEX = "[a-f0-9]"
_HEADER = (
    r"(?:[A-Za-z0-9_]++|-(?!eyJ))++"  # ends where another token may begin, so that a row of beginnings is read once
)

SHAPES: tuple[tuple[str, str], ...] = (
    ("AWS access key", r"(?:A3T[A-Z0-9]|AKIA|ASIA|AGPA|AIDA|AROA|ABIA|ACCA)[A-Z0-9]{16}\b"),
    ("AWS Bedrock key", r"ABSK[A-Za-z0-9+/]{80,400}+={0,2}"),
    ("AWS Marketplace token", rf"amzn\.mws\.{_UUID}"),
    ("OpenAI, Anthropic or OpenRouter key", rf"sk-(?=[A-Za-z_-]{{0,60}}+\d){_WEB}{{20,}}+"),
    ("Stripe or Clerk secret key", rf"[sr]k_(?:live|test)_{_BASE}{{16,}}+"),
    ("webhook signing secret", r"whsec_[A-Za-z0-9+/=]{20,}+"),
    ("GitHub token", rf"gh[pousr]_{_BASE}{{30,}}+"),
    ("GitHub fine-grained token", r"github_pat_[A-Za-z0-9_]{40,}+"),
    ("GitLab token", rf"gl(?:pat|dt|rt|cbt|ptt|ft|soat|imt|agent|oas|wt|ffct)-{_WEB}{{20,}}+"),
    ("GitLab runner token", rf"GR1348941{_WEB}{{20,}}+"),
    ("Slack token", r"xox[abceoprs](?:\.xox[pb])?-[A-Za-z0-9-]{10,}+"),
    ("Slack app token", r"xapp-\d-[A-Za-z0-9-]{20,}+"),
    ("Slack webhook", r"hooks\.slack\.com/(?:services|workflows|triggers)/[A-Za-z0-9/_-]{20,}+"),
    ("Google API key", rf"AIza{_WEB}{{35}}"),
    ("Google OAuth token", rf"ya29\.{_WEB}{{20,}}+"),
    ("Google client secret", rf"GOCSPX-{_WEB}{{20,}}+"),
    ("Google refresh token", rf"1//0{_WEB}{{30,}}+"),
    ("SendGrid key", rf"SG\.{_WEB}{{16,40}}+\.{_WEB}{{30,}}+"),
    ("npm token", rf"npm_{_BASE}{{36}}"),
    ("Resend key", rf"re_{_BASE}{{8}}_{_BASE}{{20,}}+"),
    ("Twilio key", rf"SK{_HEX}{{32}}\b"),
    ("Mailgun key", rf"key-{_HEX}{{32}}\b"),
    ("Brevo key", rf"xkeysib-{_HEX}{{64}}-{_BASE}{{16}}"),
    ("Mailchimp key", rf"{_HEX}{{32}}-us\d{{1,2}}\b"),
    ("Discord bot token", rf"[MNO][A-Za-z0-9_]{{23,27}}\.{_WEB}{{6}}\.{_WEB}{{27,40}}+"),
    ("Discord webhook", rf"discord(?:app)?\.com/api/webhooks/\d{{15,21}}/{_WEB}{{50,}}+"),
    ("Telegram bot token", rf"\d{{8,11}}:AA{_WEB}{{33}}"),
    ("Shopify token", r"shp(?:at|ca|pa|ss|ua|tka)_[a-fA-F0-9]{32}\b"),
    ("Square token", rf"sq0[a-z]{{3}}-{_WEB}{{22,50}}+"),
    ("Square access token", rf"EAAA{_WEB}{{60}}"),
    ("Facebook token", rf"EAA[A-Z]{_BASE}{{80,}}+"),
    ("DigitalOcean token", rf"do[opr]_v1_{_HEX}{{64}}"),
    ("Doppler token", r"dp\.(?:pt|st|ct|sa|scim|audit)\.[A-Za-z0-9._-]{40,}+"),
    ("Linear key", rf"lin_(?:api|oauth|wh)_{_BASE}{{32,}}+"),
    ("Notion token", rf"(?:secret_{_BASE}{{43}}\b|ntn_{_BASE}{{40,}}+)"),
    ("Figma token", rf"fig[dur]_{_WEB}{{36,}}+"),
    ("Airtable token", rf"pat{_BASE}{{14}}\.{_HEX}{{64}}"),
    ("Atlassian token", r"AT(?:ATT3|CTT3|BB|OA)(?=[A-Za-z_=-]{0,60}+\d)[A-Za-z0-9_=-]{28,}+"),
    ("Hugging Face token", rf"(?:hf|api_org)_{_BASE}{{30,}}+"),
    ("Replicate token", rf"r8_{_BASE}{{37}}"),
    ("Groq key", rf"gsk_{_BASE}{{40,}}+"),
    ("xAI key", rf"xai-{_BASE}{{60,}}+"),
    ("Perplexity key", rf"pplx-{_BASE}{{40,}}+"),
    ("Together key", rf"tgp_v1_{_WEB}{{40,}}+"),
    ("Fireworks key", rf"fw_{_BASE}{{22,}}+"),
    ("Cerebras key", rf"csk-{_BASE}{{40,}}+"),
    ("NVIDIA key", rf"nvapi-{_WEB}{{60,}}+"),
    ("LangSmith key", rf"lsv2_(?:pt|sk)_{_HEX}{{32}}_{_HEX}{{10}}"),
    ("Langfuse secret key", rf"sk-lf-{_UUID}"),
    ("Databricks token", rf"dapi{_HEX}{{32}}(?:-\d)?"),
    ("PyPI token", rf"pypi-AgE{_WEB}{{50,}}+"),
    ("RubyGems key", rf"rubygems_{_HEX}{{48}}"),
    ("crates.io token", rf"cio{_BASE}{{32}}\b"),
    ("Docker Hub token", rf"dckr_(?:pat|oat)_{_WEB}{{24,}}+"),
    ("Vault token", rf"hv[sbr]\.{_WEB}{{24,}}+"),
    ("Terraform Cloud token", rf"{_BASE}{{14}}\.atlasv1\.{_WEB}{{60,}}+"),
    ("Grafana token", rf"(?:glc_[A-Za-z0-9+/]{{32,}}+={{0,2}}|glsa_{_BASE}{{32}}_{_HEX}{{8}})"),
    ("New Relic key", r"NR(?:AK|II|JS|IQ|BR|RA)-[A-Za-z0-9_-]{20,}+"),
    ("Sentry token", rf"(?:sntrys_eyJ[A-Za-z0-9+/=_-]{{50,}}+|sntryu_{_HEX}{{64}})"),
    ("PlanetScale token", r"pscale_(?:tkn|pw|oauth)_[A-Za-z0-9._=-]{30,}+"),
    ("Supabase key", rf"(?:sbp_(?:v0_)?{_HEX}{{40}}|sb_secret_{_WEB}{{20,}}+)"),
    ("Neon key", r"napi_[a-z0-9]{50,}+"),
    ("Upstash or Vercel Blob token", rf"vercel_blob_rw_{_WEB}{{30,}}+"),
    ("Vercel token", rf"vc[aikprt]_{_BASE}{{24,}}+"),
    ("Netlify token", rf"nf[pcou]_{_BASE}{{36,}}+"),
    ("Heroku key", rf"HRKU-(?:AA{_WEB}{{58}}|{_UUID})"),
    ("Fly.io token", r"(?:fo1_[A-Za-z0-9_-]{43}|fm[12][ar]?_[A-Za-z0-9+/=_-]{100,}+)"),
    ("Render key", rf"rnd_{_BASE}{{20,}}+"),
    ("Cloudflare origin key", rf"v1\.0-{_HEX}{{24}}-{_HEX}{{100,}}+"),
    ("Azure client secret", r"[A-Za-z0-9_~.-]{3}\dQ~[A-Za-z0-9_~.-]{31,34}+"),
    ("Azure storage key", r"(?:AccountKey|SharedAccessKey)=[A-Za-z0-9+/]{40,}+={0,2}"),
    ("Alibaba key", rf"LTAI{_BASE}{{17,24}}\b"),
    ("Tencent key", rf"AKID{_BASE}{{32}}\b"),
    ("age key", r"AGE-SECRET-KEY-1[0-9A-Z]{58}"),
    ("Postman key", rf"PMAK-{_HEX}{{24}}-{_HEX}{{34}}"),
    ("Pulumi token", rf"pul-{_HEX}{{40}}"),
    ("Prefect key", r"pn[ub]_[A-Za-z0-9]{36}"),
    ("Dynatrace token", r"dt0[a-z]\d{2}\.[A-Z0-9]{24}\.[A-Z0-9]{64}"),
    ("Contentful token", rf"CFPAT-{_WEB}{{43}}"),
    ("EasyPost key", rf"EZ[AT]K{_BASE}{{54}}"),
    ("Braintree token", rf"access_token\$(?:production|sandbox)\$[0-9a-z]{{16}}\${_HEX}{{32}}"),
    ("Plaid token", rf"access-(?:sandbox|development|production)-{_UUID}"),
    ("Typeform token", r"tfp_[A-Za-z0-9_.=-]{40,}+"),
    ("Tailscale key", r"tskey-[a-z]+-[A-Za-z0-9-]{20,}+"),
    ("1Password token", rf"ops_eyJ{_WEB}{{100,}}+"),
    ("1Password secret key", r"A3-[A-Z0-9]{6}-(?:[A-Z0-9]{11}|[A-Z0-9]{6}-[A-Z0-9]{5})(?:-[A-Z0-9]{5}){3}"),
    ("Buildkite token", rf"bk[ui]a_{_HEX}{{40}}"),
    ("CircleCI token", rf"CCI(?:PAT|PRJ)_{_BASE}{{20,24}}_{_HEX}{{40}}"),
    ("SonarQube token", rf"sq[pua]_{_HEX}{{40}}"),
    ("Artifactory key", rf"AKCp{_BASE}{{60,}}+"),
    ("Inngest key", rf"signkey-(?:prod|test|branch)-{_HEX}{{32,}}+"),
    ("Trigger.dev key", rf"tr_(?:dev|prod|stg|pat)_{_BASE}{{20,}}+"),
    ("PostHog personal key", rf"phx_{_BASE}{{40,}}+"),
    ("Mapbox secret token", rf"sk\.eyJ{_WEB}{{20,}}+\.{_WEB}{{16,}}+"),
    ("Duffel token", rf"duffel_(?:test|live)_{_WEB}{{40,}}+"),
    ("Lob key", rf"(?:live|test)_{_HEX}{{35}}\b"),
    ("Readme key", r"rdme_[a-z0-9]{70}"),
    ("Teams webhook", rf"[a-z0-9]{{1,60}}\.webhook\.office\.com/webhookb2/{_UUID}@[A-Za-z0-9/-]{{40,}}+"),
    ("Paddle key", r"pdl_(?:live|sdbx)_apikey_[A-Za-z0-9_]{40,}+"),
    ("WorkOS key", r"sk_(?:live|test)_[A-Za-z0-9+/=]{20,}+"),
    ("JSON Web Token", rf"eyJ(?={_WEB}{{10}}){_HEADER}\.eyJ{_WEB}{{10,}}+\.{_WEB}{{10,}}+"),
)  # fmt: skip
"""The name of each kind, and how such a key reads from its first character on."""

KNOWN = re.compile(r"(?<![A-Za-z0-9_])(?:" + "|".join(pattern for _, pattern in SHAPES) + ")")


def kind(found: str) -> str:
    """What kind of key a string is that ``KNOWN`` found."""
    return next((name for name, pattern in _each() if pattern.fullmatch(found)), "key")


@cache
def _each() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((name, re.compile(pattern)) for name, pattern in SHAPES)


def known(text: str) -> Iterator[tuple[int, int, str]]:
    """Where keys of a known shape stand, and of what kind each is."""
    for found in KNOWN.finditer(text):
        yield found.start(), found.end(), kind(found.group())
