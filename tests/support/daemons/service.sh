# What follows is the same for each instance: start, stop, restart. The lines above set
#   room      directory of the instance; a process that names it in arguments or environment is one of the instance
#   pid_file  process id of the daemon
#   ports     ports it listens at, in hexadecimal
#   manner    own: it stays in the foreground and writes the file; told: the same, but we write the file; detached: it leaves by itself
# and run(), which becomes the daemon.

ours() { # a zombie is over, though kill -0 finds it
	[ -n "$1" ] && grep -qs '^State:.[^Z]' "/proc/$1/status" && grep -qsaF "$room" "/proc/$1/cmdline" "/proc/$1/environ"
}
pid() { [ ! -e "$pid_file" ] || tr -d ' \n' <"$pid_file"; }
listens() {
	for port in $ports; do
		grep -qs ":$port 0*:0000 0A " /proc/net/tcp /proc/net/tcp6 || return 1
	done
}
seconds() { read -r now _ </proc/uptime && now=${now%.*}; }
wait_until() { # a condition, for up to so many seconds: turns would be longer on a busy machine
	seconds
	limit=$((now + $1))
	shift
	until "$@"; do
		sleep 0.02
		seconds
		[ "$now" -lt $limit ] || return 1
	done
}
over() { ! ours "$leaving"; }
failed() {
	cat "$room/log/started" >&2
	exit 1
}

stop() { # as a service manager does it: also one that has not come so far as to write the file, and what it waits for
	for leaving in $(pid) $(cat "$room/log/child" 2>/dev/null); do
		ours "$leaving" || continue
		children=$(cat "/proc/$leaving/task/$leaving/children" 2>/dev/null)
		kill "$leaving"
		wait_until 15 over || kill -9 "$leaving"
		for left in $children; do
			! ours "$left" || kill -9 "$left"
		done
	done
	rm -f "$pid_file"
}
# Neither arguments nor environment tell anything in the instant in which a process becomes another program.
ended() { ! grep -qs '^State:.[^Z]' "/proc/$child/status"; }
started() { listens || ended; }
start() {
	: >"$room/log/started"
	if [ "$manner" = detached ]; then
		run >>"$room/log/started" 2>&1 </dev/null 9>&- || failed
	else
		# vsftpd complains at its standard input.
		run <>"$room/log/started" >>"$room/log/started" 2>&1 9>&- &
		child=$!
		echo $child >"$room/log/child"
		[ "$manner" = own ] || echo $child >"$pid_file"
		wait_until 30 started
		! ended || failed
	fi
}

# One at a time, as a service manager does it: whoever asked may have been killed meanwhile, and asks again.
exec 9>"$room/log/turn"
flock 9

case $1 in
start) start ;;
stop) stop ;;
restart) stop && start ;;
esac
