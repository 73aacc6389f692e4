#!/bin/sh
# Makes the secrets of docker-compose.yml in the given folder; what exists is kept. Losing root_keys loses every sealed
# configuration, losing token_pepper every token: back the folder up, apart from the database.
set -eu
folder=$1
mkdir -p "$folder"
chmod 700 "$folder"
# The containers read these as other users; the folder keeps everybody else out.
umask 022

random_hex() { od -An -N32 -tx1 /dev/urandom | tr -d ' \n'; }
keep() { [ -s "$folder/$1" ] || printf '%s' "$2" > "$folder/$1"; }

keep postgres_password "$(random_hex)"
keep owner_password "$(random_hex)"
keep app_password "$(random_hex)"
keep token_pepper "$(random_hex)"
keep internal_secret "$(random_hex)"
keep root_keys "root-1:$(head -c 32 /dev/urandom | base64 | tr -d '\n')"
keep database_url "postgres://muster_app:$(cat "$folder/app_password")@postgres:5432/muster"
keep migration_database_url "postgres://muster_owner:$(cat "$folder/owner_password")@postgres:5432/muster"
