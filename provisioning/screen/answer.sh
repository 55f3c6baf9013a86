#!/bin/sh
# Answers one request of the screen while there is no clock: systemd gives us the connection, as inetd did. Nothing but
# shell, because it is what is shown where our Node is broken. /run/lintel-notice/notice holds `KIND CODE LANGUAGE`.
set -u
here=${LINTEL_SCREEN:-/usr/lib/lintel/provisioning/screen}
notice=${LINTEL_NOTICE:-/run/lintel-notice/notice}
# Of the clock's own page: its letters, where they are.
assets=${LINTEL_ASSETS:-$here/../../kiosk/ui/dist/assets}
cr=$(printf '\r')

read -r method path _ || exit 0
# What else the browser says is of no use; what is left unread would cut our answer off.
while read -r line; do
  case $line in '' | "$cr") break ;; esac
done

kind='' code='' lang=''
[ ! -r "$notice" ] || read -r kind code lang <"$notice" || :
# Both end in a page.
case $kind in out-of-order | not-set-up) ;; *) kind=out-of-order ;; esac
code=$(printf '%s' "${code:-unknown}" | tr -cd 'a-z0-9-' | cut -c1-40)
# Nothing is broken: its office ended this clock, and nobody is to mend it.
[ "$kind $code" != 'out-of-order decommissioned' ] || kind=ended

head() {
  printf 'HTTP/1.1 %s\r\nContent-Type: %s\r\nLintel-Notice: %s\r\nCache-Control: no-store\r\nConnection: close\r\n' "$1" "$2" "$code"
  printf 'Content-Security-Policy: default-src '\''none'\''; style-src '\''self'\'' '\''unsafe-inline'\''; font-src '\''self'\''; script-src '\''unsafe-inline'\''; connect-src '\''self'\''; frame-ancestors '\''none'\''\r\n\r\n'
}

case $method$path in
  GET/ | HEAD/)
    # 503: the page of the clock answers 200, which is how this one knows when to go.
    head '503 Service Unavailable' 'text/html; charset=utf-8'
    [ "$method" = GET ] || exit 0
    # What the page knows.
    case $lang in en | es | de | hi | ar | zh) ;; *) lang=en ;; esac
    sed -e "s/@LANG@/$lang/g" -e "s/@KIND@/$kind/g" -e "s/@CODE@/$code/g" "$here/notice.html"
    ;;
  GET/events)
    # The clock's page is still there and asks for news: a page that is not of its making lets it load anew. Another
    # number each time, because the page reloads on a change only.
    head '200 OK' 'text/event-stream'
    printf 'event: page\ndata: notice-%s\n\n' "$$"
    ;;
  GET/letters.css)
    head '200 OK' 'text/css'
    cat "$assets"/*.css 2>/dev/null | grep -o '@font-face{[^}]*}'
    ;;
  GET/assets/*.woff2)
    name=${path#/assets/}
    case $name in *[!A-Za-z0-9._-]*) name='' ;; esac
    if [ -f "$assets/$name" ] && [ -r "$assets/$name" ]; then
      head '200 OK' 'font/woff2'
      cat "$assets/$name"
    else
      head '404 Not Found' 'text/plain'
    fi
    ;;
  *) head '404 Not Found' 'text/plain' ;;
esac
