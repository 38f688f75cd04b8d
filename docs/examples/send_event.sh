#!/bin/sh
# Send an event to Baton with curl and openssl, signed as Standard Webhooks says:
#
#   BATON_URL=https://baton.example.com BATON_WEBHOOK_SECRET=whsec_… sh send_event.sh < event.json
#
# event.json holds {"type": …, "timestamp": …, "data": {…}}. Baton's answer is printed; the exit code is not 0 when it
# was not taken in. While curl and openssl run, others on the machine can see the key: send from a machine of your own.
set -eu
: "${BATON_URL:?}" "${BATON_WEBHOOK_SECRET:?}"

body=$(cat)
id=${EVENT_ID:-msg_$(openssl rand -hex 16)} # the same id again: it acts once
timestamp=$(date +%s)

key=$(printf '%s' "${BATON_WEBHOOK_SECRET#whsec_}" | openssl base64 -d -A | od -An -v -tx1 | tr -d ' \n')
signature=$(printf '%s.%s.%s' "$id" "$timestamp" "$body" |
    openssl dgst -sha256 -mac HMAC -macopt "hexkey:$key" -binary | openssl base64 -A)

# The body goes by standard input: a long one would not fit among the arguments.
printf '%s' "$body" | curl --silent --show-error --fail-with-body --max-time 10 --retry 5 --retry-connrefused \
    --header 'content-type: application/json' \
    --header "webhook-id: $id" \
    --header "webhook-timestamp: $timestamp" \
    --header "webhook-signature: v1,$signature" \
    --data-binary @- "$BATON_URL/webhooks/baton"
echo
