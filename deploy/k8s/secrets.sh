#!/bin/sh
# Gives each service its Secret, with what it reads and nothing else, from the files in secrets/.
# Again after a change: then restart what it concerns (docs/runbook.md, "Rotate secrets").
set -eu
cd "$(dirname "$0")/../../secrets"
[ -s erlang_cookie ] || (umask 077; LC_ALL=C tr -dc 'A-Z' </dev/urandom | head -c 32 >erlang_cookie)

secret() { # NAME FILE...
    name=$1
    shift
    for file in "$@"; do set -- "$@" "--from-file=$file"; shift; done
    kubectl create secret generic "$name" --namespace novalgo "$@" --dry-run=client --output=yaml |
        kubectl apply --filename -
}

kubectl get namespace novalgo >/dev/null 2>&1 || kubectl create namespace novalgo
secret novalgo-ingest amqp_url database_url webhook_secrets api_keys
secret novalgo-executor amqp_url database_url api_keys alpaca_key_id alpaca_secret_key
secret novalgo-sheets amqp_url database_url google_credentials
secret novalgo-analytics amqp_url database_url api_keys notify_urls
secret novalgo-rabbitmq rabbitmq.conf erlang_cookie
secret novalgo-postgres postgres_password
secret novalgo-backup database_url
