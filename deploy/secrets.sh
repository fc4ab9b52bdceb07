#!/bin/sh
# Makes the secrets of docker-compose.yml, in secrets/: what is missing, and nothing that is there.
#
# The folder can be entered by its owner alone.  The files in it can be read by everybody who gets
# that far, since a container's user is another than ours.
set -eu
cd "$(dirname "$0")/.."
umask 077
mkdir -p secrets
cd secrets

random() { LC_ALL=C tr -dc 'A-Za-z0-9' </dev/urandom | head -c "$1"; }
make() { # NAME, and its content on stdin
    if [ -s "$1" ]; then
        cat >/dev/null
    else
        cat >"$1.part"
        chmod 644 "$1.part"
        mv "$1.part" "$1"
        echo "made secrets/$1"
    fi
}

random 43 | make webhook_secrets
random 43 | make api_keys
random 32 | make postgres_password
random 32 | make rabbitmq_password
random 32 | make grafana_password
# Nothing is told to anybody until addresses stand there (docs/reports.md).
[ -e notify_urls ] || { : >notify_urls && chmod 644 notify_urls; }
echo "postgresql://novalgo:$(cat postgres_password)@postgres:5432/novalgo" | make database_url
echo "amqp://novalgo:$(cat rabbitmq_password)@rabbitmq:5672/" | make amqp_url
printf 'default_user = novalgo\ndefault_pass = %s\n' "$(cat rabbitmq_password)" | make rabbitmq.conf
