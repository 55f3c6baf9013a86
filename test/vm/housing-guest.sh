#!/bin/sh
# Runs inside the machine, on this computer's files: a switch in a housing.
here=$(dirname "$0")
exec "$here/../../node_modules/.bin/node" "$here/housing-guest.ts"
