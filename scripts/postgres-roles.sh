#!/bin/sh
# Runs once, when the Postgres container makes its cluster: the owner of the schema and the unprivileged role of the
# services. The passwords come from Docker secrets and go in by psql variables, never by a command line.
set -eu
psql --set=ON_ERROR_STOP=1 --username=postgres --dbname=postgres <<SQL
\set owner_password \`cat /run/secrets/owner_password\`
\set app_password \`cat /run/secrets/app_password\`
CREATE ROLE muster_owner LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS PASSWORD :'owner_password';
CREATE ROLE muster_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS PASSWORD :'app_password';
CREATE DATABASE muster OWNER muster_owner;
REVOKE ALL ON DATABASE muster FROM PUBLIC;
GRANT CONNECT ON DATABASE muster TO muster_app;
SQL
