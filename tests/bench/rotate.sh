# What an administrator writes who is careful: the files in place under their owners and modes, the program's own check, its reload, and then every
# port asked until it serves the new certificate. Above stand certificate= and key=, the new files; below, a few lines for each daemon.
set -euo pipefail
wanted=$(openssl x509 -in "$certificate" -noout -fingerprint -sha256)

put() { # NEW PLACE: beside it first, so that no reader sees half of it
	install -m "$(stat -c %a "$2")" -o "$(stat -c %U "$2")" -g "$(stat -c %G "$2")" "$1" "$2.new"
	mv "$2.new" "$2"
}
served() { # PORT [OPTION...]
	for _ in {1..600}; do
		shown=$(timeout 10 openssl s_client -connect "127.0.0.1:$1" -servername localhost "${@:2}" </dev/null 2>/dev/null |
			openssl x509 -noout -fingerprint -sha256 2>/dev/null) || true
		[ "$shown" != "$wanted" ] || return 0
		sleep 0.05
	done
	echo "port $1 serves another certificate" >&2
	exit 1
}

