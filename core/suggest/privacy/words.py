"""Words that stand in the code, the settings and the examples of every program, so that hiding them hides nothing."""

from __future__ import annotations

_WORDS = """
true false yes no on off null none nil undefined enabled disabled auto always never default required optional
development develop dev production prod staging stage test testing tests local localhost preview sandbox live debug
info warn warning error verbose trace silent fatal postgres postgresql mysql mariadb sqlite mongodb mongo redis
rediss http https admin administrator root user users username password passwd pass secret secrets changeme change
me example examples public private guest demo dummy sample samples placeholder fake mock mocks node nodejs next nextjs
nextauth prisma vercel docker compose app apps server servers client clients api apis web www auth mail email smtp
imap main master strict lax memory file files stripe github gitlab google openai anthropic resend sendgrid postmark
mailgun aws azure gcp amazon database databases db cache caches session sessions token tokens key keys value values
hello world foo bar baz foobar company acme shop store dollars usd eur gbp string number boolean your my our the and
for with insert here todo fixme super safe very long random generate generated please replace real some any
url uri host hostname port path name com org net io credentials credential console json text base utf select schema
model models bucket buckets region east west north south central eu us ap pooled pooling require prefer verify full
disable sslmode connection limit timeout worker workers queue queues service services account accounts storage upload
uploads images assets static media typescript javascript
"""
COMMON = frozenset(_WORDS.split())
